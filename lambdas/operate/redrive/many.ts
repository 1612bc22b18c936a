import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { RedriveFilter } from '../../contract/item/redrive.ts';
import { STATUSES } from '../../contract/item/status.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { errorFacts } from '../../kit/errors.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { getApproval } from '../../tables/approvals/approvals.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { newRedriveId } from '../../tables/keys.ts';
import { putRedrive, type RedriveRow } from '../../tables/redrives/redrives.ts';
import { lanesOf } from '../resume.ts';
import { advance } from './advance.ts';
import { BEGINNING, candidates, fitting } from './candidates.ts';
import { questionOf } from './item.ts';
import { ENDED, refusalOf } from './refusal.ts';

type Env = EnvFor<'operate/commands'>;

/** An answer must be there in thirty seconds: so long for counting, then so long for the first items. */
const COUNTING_MS = 15_000;
const FIRST_MS = 5_000;
const AT_ONCE = 50;

/**
 * `POST /v1/automations/{name}/redrives`: lets many items go on, at a pace. What fits is counted and the first of it is let go on here;
 * the clock goes on with the rest. A dry run looks at the same items, and changes none.
 * @throws Problem 409 for statuses that are an end, or an automation that is not deployed; 503 where counting takes too long
 */
export async function redrivesReply(
  { caller, body, automation }: Asked<'redrives'>,
  registry: readonly RegistryEntry[],
  env: Env,
): Promise<Reply> {
  const { filter: given, dryRun, ratePerMinute, reason, fresh, version } = body;
  const { name } = automation;
  const filter = filterOf(given);
  await lanesOf(automation, env.STAGE);
  const asked = { automation: name, filter, startedAt: isoNow() };
  const counted = await count(asked, { fresh, version }, dryRun, env);
  const redrive = newRedriveId(name);
  const row: Omit<RedriveRow, 'id' | 'expiresAt'> = {
    ...{ ...asked, redrive, by: caller.name, reason, ratePerMinute, matched: counted.matched },
    ...{ place: BEGINNING, inHand: [], tries: 0, done: 0, failed: 0, skipped: 0 },
    ...(fresh ? { fresh } : {}),
    ...(version ? { version } : {}),
    state: dryRun || counted.matched === 0 ? 'done' : 'running',
    ...(dryRun ? { dryRun, done: counted.matched - counted.refused, skipped: counted.refused } : {}),
  };
  if (!dryRun) await recordCommand(auditOf(env), { ...commandOf(row), reason });
  await putRedrive(env.CONTROL_TABLE, row);
  logger.info('redrive asked', { redrive, automation: name, by: caller.name, matched: counted.matched });
  if (row.state === 'running') await begin(redrive, registry, env);
  return json(202, { id: redrive, matched: counted.matched });
}

const auditOf = (env: Env) => ({ table: env.AUDIT_TABLE, days: env.ITEM_DAYS });

/** Names of the filter's fields; their words, such as labels, are the automation's own. */
function commandOf({
  redrive,
  automation,
  by,
  filter,
  fresh,
  version,
  matched,
  ratePerMinute,
}: Omit<RedriveRow, 'id' | 'expiresAt'>) {
  const { ids, ...fields } = filter;
  const said = Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [`${field}=${value}`],
  );
  const command = [
    ...['redrive', `id=${redrive}`, `matched=${matched}`, `perMinute=${ratePerMinute}`],
    ...(fresh ? ['fresh'] : []),
    ...(version ? [`version=${version}`] : []),
    ...said,
    ...(ids ? [`ids=${ids.length}`] : []),
  ].join(' ');
  return { by, command, automation };
}

/** What rests because something was wrong. */
const RESTS = ['parked', 'quarantined'] as const;
const MAY_GO_ON = STATUSES.filter((it) => !ENDED.includes(it));

/** Without a status it is about what rests because something was wrong; with ids, about these whatever they are. */
function filterOf({ status, ...rest }: Asked<'redrives'>['body']['filter']): RedriveFilter {
  const ended = status?.filter((it) => ENDED.includes(it)) ?? [];
  if (ended.length > 0)
    throw new Problem(
      409,
      `what is ${ended.map((it) => `'${it}'`).join(', ')} is at its end, and is not redriven: post the work anew`,
    );
  const { since, until, ...more } = rest;
  return {
    ...{ status: status ?? (more.ids ? MAY_GO_ON : RESTS), ...more },
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  };
}

/** How many items fit; in a dry run, too, how many of them would not be let go on. */
async function count(
  asked: Pick<RedriveRow, 'automation' | 'filter' | 'startedAt'>,
  wish: Pick<RedriveRow, 'fresh' | 'version'> | object,
  dryRun: boolean,
  env: Env,
): Promise<{ matched: number; refused: number }> {
  const until = clock.now() + COUNTING_MS;
  let [matched, refused] = [0, 0];
  let place: string | undefined = BEGINNING;
  while (place !== undefined) {
    if (clock.now() > until)
      throw new Problem(503, 'there are too many items to look at: narrow the filter by since and until');
    const some = await candidates(asked, place, AT_ONCE, env);
    const rows = await Promise.all(some.ids.map((id) => fitting(id, asked, env)));
    const found = rows.filter((row) => row !== undefined);
    matched += found.length;
    if (dryRun) {
      const stays = await Promise.all(
        found.map(async (row) =>
          refusalOf(row, await getApproval(env.APPROVAL_TABLE, questionOf(row)), wish),
        ),
      );
      refused += stays.filter((why) => why !== undefined).length;
    }
    place = some.place;
  }
  return { matched, refused };
}

/** It is written down: what fails from here on is the clock's. */
async function begin(redrive: string, registry: readonly RegistryEntry[], env: Env): Promise<void> {
  await advance(redrive, registry, env, clock.now() + FIRST_MS).catch((error: unknown) =>
    logger.warn('redrive not begun', { redrive, reason: errorFacts(error).message }),
  );
}
