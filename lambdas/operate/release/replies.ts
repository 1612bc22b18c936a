import { randomBytes } from 'node:crypto';
import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import type { ModelChoice, Release, Serving } from '../../contract/steps/release.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { wrongBody } from '../../kit/request-body.ts';
import { logger } from '../../kit/telemetry.ts';
import { cutText } from '../../kit/text.ts';
import { comparisonOf, viewOf } from '../../reports/release/standing.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { type ReleasesRow, readReleases, writeReleases } from '../../tables/releases/releases.ts';
import { servingOf } from '../../tables/releases/serving.ts';
import { endRelease, servingText, withoutPromotion } from './end.ts';

type Env = EnvFor<'operate/commands'>;

export async function releasesReply({ automation }: Asked<'releases'>, env: Env): Promise<Reply> {
  return standing(automation, await readReleases(env.CONTROL_TABLE, automation.name), env);
}

/** Tries a candidate on a part of the items, or beside them. */
export async function releaseReply(
  { caller, body, automation }: Asked<'release'>,
  models: readonly ModelChoice[],
  env: Env,
): Promise<Reply> {
  const { step, mode, reason } = body;
  let row = await readReleases(env.CONTROL_TABLE, automation.name);
  const follows = row?.running?.mode === 'shadow' && row.running.step === step && mode !== 'shadow';
  if (row?.running && !follows)
    throw new Problem(409, `'${row.running.step}' is being released: ${endsBy(row.running)} first`);
  const faults = faultsIn(body);
  if (faults.length > 0) throw wrongBody(faults);
  const stable = stableOf(automation, step, row);
  const candidate = candidateOf(automation, body, stable, models);
  if (row?.running) {
    const over = { as: 'over', by: caller.name, reason: `a ${mode} follows: ${reason}`, items: 0 } as const;
    if (!(await endRelease(automation, { ...row, running: row.running }, over, env))) throw changed();
    row = await readReleases(env.CONTROL_TABLE, automation.name);
    // Another operator was quicker.
    if (row?.running) throw changed();
  }
  const now = isoNow();
  const release: Release = {
    ...{ id: randomBytes(4).toString('hex'), step, mode, stable, candidate },
    share: mode === 'shadow' ? (body.share ?? 1) : (body.share ?? 0.05),
    declared: automation.prompts[step] ?? '',
    ...(body.promotes && mode !== 'shadow' ? { promotes: true } : {}),
    ...(mode === 'shadow' ? { perDayUsd: body.perDayUsd ?? automation.budget.perDayUsd / 10 } : {}),
    ...(mode === 'shadow'
      ? { until: new Date(clock.now() + (body.hours ?? SHADOW_HOURS) * 3_600_000).toISOString() }
      : {}),
    ...{ by: caller.name, at: now, reason },
  };
  const command = `release ${mode} ${step}=${servingText(candidate)} share=${release.share}`;
  await recordCommand(auditOf(env), { by: caller.name, command, automation: automation.name, reason });
  const { promoted, ended } = row ?? {};
  const change = { running: release, ...(promoted ? { promoted } : {}), ...(ended ? { ended } : {}) };
  if (!(await writeReleases(env.CONTROL_TABLE, automation.name, row, change))) throw changed();
  logger.info('release', { automation: automation.name, by: caller.name, command });
  return standing(automation, await readReleases(env.CONTROL_TABLE, automation.name), env);
}

const SHADOW_HOURS = 48;

const endsBy = ({ mode }: Release) => (mode === 'shadow' ? 'roll it back' : 'promote it or roll it back');

/** The candidate serves all items. */
export async function promoteReply({ caller, body, automation }: Asked<'promote'>, env: Env): Promise<Reply> {
  const row = await readReleases(env.CONTROL_TABLE, automation.name);
  if (!row?.running)
    throw new Problem(409, `no release of '${automation.name}' runs: begin one, and promote that`);
  mustBeMeant(body, row);
  const { mode, step, declared } = row.running;
  if (mode === 'shadow')
    throw new Problem(409, 'it is a shadow, which no item has met: begin a canary, which ends it');
  if (automation.prompts[step] !== declared)
    throw new Problem(409, `a deployment declares another prompt for '${step}': it ends by itself`);
  return ended('promoted', row, { by: caller.name, reason: body.reason }, automation, env);
}

/** The stable one serves all items again, from what runs or from what was last promoted. */
export async function rollbackReply(
  { caller, body, automation }: Asked<'rollback'>,
  env: Env,
): Promise<Reply> {
  const row = await readReleases(env.CONTROL_TABLE, automation.name);
  const by = { by: caller.name, reason: body.reason };
  mustBeMeant(body, row);
  if (row?.running) return ended('rolled-back', row, by, automation, env);
  const back = row && withoutPromotion(row, automation.prompts, by);
  if (!back) throw nothingRuns(automation);
  const { taken, ...change } = back;
  const command = `release rolled-back ${taken.step}=${servingText(taken.candidate)}`;
  await recordCommand(auditOf(env), { ...by, command, automation: automation.name });
  if (!(await writeReleases(env.CONTROL_TABLE, automation.name, row, change))) throw changed();
  return standing(automation, await readReleases(env.CONTROL_TABLE, automation.name), env);
}

/** What runs, or else what ended last, is what the caller has seen. @throws Problem 409 */
function mustBeMeant(
  { ifRelease: id }: { ifRelease?: string | undefined },
  row: ReleasesRow | undefined,
): void {
  if (id === undefined || id === (row?.running?.id ?? row?.ended?.[0]?.id)) return;
  const words = `the release '${cutText(id, 40)}' is not what runs, or ended last, any more: look at it again`;
  throw new Problem(409, words);
}

async function ended(
  as: 'promoted' | 'rolled-back',
  row: ReleasesRow,
  by: { by: string; reason: string },
  automation: RegistryEntry,
  env: Env,
): Promise<Reply> {
  const { running } = row;
  if (!running) throw nothingRuns(automation);
  const { items } = await comparisonOf(env.CONTROL_TABLE, automation, running);
  const ending = { ...by, as, items: items.candidate };
  if (!(await endRelease(automation, { ...row, running }, ending, env))) throw changed();
  logger.info('release', { automation: automation.name, as, ...by });
  return standing(automation, await readReleases(env.CONTROL_TABLE, automation.name), env);
}

async function standing(automation: RegistryEntry, row: ReleasesRow | undefined, env: Env): Promise<Reply> {
  return json(200, await viewOf(automation, row, env.CONTROL_TABLE));
}

function stableOf(automation: RegistryEntry, step: string, row: ReleasesRow | undefined): Serving {
  const serving = servingOf(automation.prompts, row);
  const stable = Object.hasOwn(serving, step) ? serving[step] : undefined;
  if (stable) return stable;
  throw wrongBody([{ pointer: '/step', message: `must be one of ${Object.keys(serving).join(', ')}` }]);
}

function candidateOf(
  { versions }: RegistryEntry,
  { step, version, model }: Asked<'release'>['body'],
  stable: Serving,
  models: readonly ModelChoice[],
): Serving {
  if (version === undefined && model === undefined)
    throw wrongBody([{ pointer: '/version', message: 'must be given, or a model, or both' }]);
  const prompt = version === undefined ? stable.prompt : `${step}.${version}`;
  const own = versions.filter((it) => it.startsWith(`${step}.`));
  if (!own.includes(prompt))
    throw wrongBody([
      { pointer: '/version', message: `must be deployed first: there are ${own.join(', ')}` },
    ]);
  const [endpoint = '', ...rest] = model?.split('/') ?? [];
  const name = rest.join('/');
  const known = models.some((it) => it.endpoint === endpoint && it.name === name);
  if (model !== undefined && !known) {
    const all = models.map((it) => `${it.endpoint}/${it.name}`).join(', ');
    throw wrongBody([{ pointer: '/model', message: `must be a model of the configuration: ${all}` }]);
  }
  if (prompt === stable.prompt && model === undefined)
    throw wrongBody([{ pointer: '/version', message: `is what serves '${step}' already` }]);
  const chosen = model === undefined ? stable.model : { endpoint, name };
  return { prompt, ...(chosen ? { model: chosen } : {}) };
}

/** A canary without a stable side would be compared with nothing. */
const MOST_SHARE = 0.9;

function faultsIn({ step, mode, share = 0, hours, perDayUsd, promotes }: Asked<'release'>['body']) {
  const shadow = mode === 'shadow';
  return [
    // It is asked before anything is chosen for an item.
    ...(step === 'repair'
      ? [{ pointer: '/step', message: 'must not be repair: it changes by a deployment' }]
      : []),
    ...(!shadow && share > MOST_SHARE
      ? [
          {
            pointer: '/share',
            message: `must be at most ${MOST_SHARE}: the rest is what it is compared with`,
          },
        ]
      : []),
    ...(!shadow && hours !== undefined ? [{ pointer: '/hours', message: 'is of a shadow alone' }] : []),
    ...(!shadow && perDayUsd !== undefined
      ? [{ pointer: '/perDayUsd', message: 'is of a shadow alone' }]
      : []),
    ...(shadow && promotes ? [{ pointer: '/promotes', message: 'is of no shadow' }] : []),
  ];
}

function nothingRuns({ name }: RegistryEntry): Problem {
  return new Problem(
    409,
    `no release of '${name}' runs, and what happened last is no promotion that still counts: to go back further, release the version that is wanted as a canary, and promote it`,
  );
}

function changed(): Problem {
  return new Problem(409, 'somebody else has changed it at this moment: look at it, and ask again');
}

function auditOf({ AUDIT_TABLE: table, ITEM_DAYS: days }: Env) {
  return { table, days };
}
