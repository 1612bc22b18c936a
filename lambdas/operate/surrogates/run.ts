import type { Automation } from '../../contract/automation.ts';
import type { SurrogatePolicy } from '../../contract/steps/surrogate.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { putContent } from '../../kit/objects.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { fileOf, versionOf } from '../../models/surrogate/file.ts';
import { BY_ITSELF, withTried } from '../../models/surrogate/tried.ts';
import { tellAlarm } from '../../tables/alarms/told.ts';
import { surrogateFileKey } from '../../tables/keys.ts';
import {
  begunSurrogate,
  changeSurrogate,
  type OfStep,
  readSurrogate,
  type SurrogateModel,
  type SurrogateRow,
} from '../../tables/surrogates/surrogates.ts';
import { type Corrected, gather, newestOf, type TrainStores } from './gather.ts';
import { isDue, type Trained, trainBest } from './train.ts';

type Of = Pick<Automation, 'name' | 'steps' | 'audit'>;

/** Trains the surrogates of an automation where that is due. A crash anywhere leaves the one before. */
export async function trainSurrogates(automation: Of, env: TrainStores): Promise<void> {
  for (const [step, { surrogate }] of Object.entries(automation.steps ?? {}))
    if (surrogate) await trainStep(automation, { automation: automation.name, step }, surrogate, env);
}

async function trainStep(
  automation: Of,
  of: OfStep,
  policy: SurrogatePolicy,
  env: TrainStores,
): Promise<void> {
  const row = (await readSurrogate(env.CONTROL_TABLE, of)) ?? (await begun(of, env));
  if (!row) return;
  const { at = new Date(0).toISOString(), examples = 0 } = row.trained ?? {};
  const fresh = await newestOf(env.ITEM_TABLE, of.automation, at);
  const hours = (clock.now() - Date.parse(at)) / 3_600_000;
  if (!isDue({ examples, fresh: fresh.length, hours }, isOff(row))) return;
  const started = isoNow();
  const found = await gather(automation, of, row.lots, env);
  const known = await withCorrections(of, found.corrected, policy, env);
  const { since, closed: labelSince } = known ?? row;
  const trained = trainBest(found.examples, { ...policy, since, labelSince });
  const model = trained && (await kept(of, trained, found.prompt, env));
  let broke = false;
  await changeSurrogate(env.CONTROL_TABLE, of, (now) => {
    if (!now) return undefined;
    const learnt = { at: started, examples: found.examples.length };
    const next = withModel(withUsed(now, found.usedAt, learnt), trained, model);
    broke = !now.off && next.off !== undefined;
    return next;
  });
  if (broke) await tell(of, env);
  logger.info('surrogate trained', {
    ...of,
    examples: found.examples.length,
    ...model?.held,
    labels: model?.labels ?? 0,
  });
}

/** With the answers that were used since the last training, each counted once. */
function withUsed(
  row: SurrogateRow,
  usedAt: readonly string[],
  trained: NonNullable<SurrogateRow['trained']>,
): SurrogateRow {
  const before = row.trained;
  // The version before did not count: all that is kept is counted then.
  const from = row.answered === undefined ? '' : (before?.at ?? '');
  const fresh = usedAt.filter((at) => at > from && at <= trained.at).length;
  // One that began later may have been faster, and has counted more.
  const last = before && before.at > trained.at ? before : trained;
  return { ...row, trained: last, answered: (row.answered ?? 0) + fresh };
}

async function tell(
  { automation }: OfStep,
  { CONTROL_TABLE }: Pick<TrainStores, 'CONTROL_TABLE'>,
): Promise<void> {
  count('surrogatesOff', automation);
  await tellAlarm(CONTROL_TABLE, 'surrogate/off', automation);
}

function isOff({ off, closed = {} }: SurrogateRow): boolean {
  return off !== undefined || Object.keys(closed).length > 0;
}

function begun(of: OfStep, { CONTROL_TABLE }: TrainStores): Promise<SurrogateRow | undefined> {
  return changeSurrogate(CONTROL_TABLE, of, (now) => now ?? begunSurrogate());
}

/** What people said of answers that nobody had tried is as good as a try. */
async function withCorrections(
  of: OfStep,
  corrected: readonly Corrected[],
  { agreement }: SurrogatePolicy,
  { CONTROL_TABLE }: TrainStores,
): Promise<SurrogateRow | undefined> {
  let broke = false;
  const row = await changeSurrogate(CONTROL_TABLE, of, (now) => {
    broke = false;
    if (!now?.model || now.off) return undefined;
    const { tried = [], model } = now;
    const heard = new Set(tried.map(({ itemId }) => itemId));
    const fresh = corrected.filter(({ itemId, at }) => at > model.at && !heard.has(itemId));
    if (fresh.length === 0) return undefined;
    const all = [
      ...tried,
      ...fresh.map(({ itemId, guess, label, at }) => ({ itemId, label: guess, wrong: guess !== label, at })),
    ];
    all.sort((a, b) => (a.at < b.at ? -1 : 1));
    const next = withTried(now, all, agreement);
    broke =
      next.off !== undefined || Object.keys(next.closed ?? {}).length > Object.keys(now.closed ?? {}).length;
    return next;
  });
  if (broke) await tell(of, { CONTROL_TABLE });
  return row;
}

/** The file lies there before a row names it. */
async function kept(
  of: OfStep,
  { surrogate, examples, held }: Trained,
  prompt: string,
  { CONTENT_BUCKET }: TrainStores,
): Promise<SurrogateModel> {
  const file = fileOf(surrogate);
  const version = versionOf(file);
  await putContent(CONTENT_BUCKET, surrogateFileKey(of.automation, of.step, version), file);
  return { version, prompt, at: isoNow(), examples, labels: Object.keys(surrogate.least).length, held };
}

/**
 * What the row is once this was learned. What it switched off by itself comes back with the labels that hold their bound on what was seen
 * since; what an operator switched off stays off.
 */
export function withModel(
  row: SurrogateRow,
  trained: Trained | undefined,
  model: SurrogateModel | undefined,
): SurrogateRow {
  if (!trained || !model) return row;
  const { off, closed = {}, tried, ...rest } = row;
  const holds = model.labels > 0;
  const still = Object.entries(closed).filter(([label]) => !Object.hasOwn(trained.surrogate.least, label));
  const next: SurrogateRow = {
    ...rest,
    model,
    ...(still.length > 0 ? { closed: Object.fromEntries(still) } : {}),
  };
  if (off && (off.by !== BY_ITSELF || !holds)) return { ...next, off, ...(tried ? { tried } : {}) };
  if (off) return next;
  const had = row.model !== undefined && row.model.labels > 0;
  if (had && !holds)
    return { ...next, off: { at: isoNow(), by: BY_ITSELF, reason: 'no label holds its bound any more' } };
  return { ...next, ...(tried ? { tried } : {}) };
}
