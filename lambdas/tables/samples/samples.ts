import type { AuditAnswer, Sample } from '../../contract/audits/sample.ts';
import { clock, DAY_SECONDS, isoNow } from '../../kit/clock.ts';
import { getEvery } from '../../kit/dynamo/gets.ts';
import { absent, get, is, put } from '../../kit/dynamo/rows.ts';
import { TransientError } from '../../kit/errors.ts';
import type { Share } from '../../kit/numbers/shares.ts';
import { approvalId, automationOf, metKey, samplesKey, standingKey } from '../keys.ts';
import { hourOf, KEPT_DAYS } from '../statistics/hours.ts';
import type { Quality } from './quality.ts';

/* Samples by the hour in which their items ended, and what is known beside them. No content: facts, and what people said of them. */

export interface HourRow {
  id: string;
  version: number;
  samples: Readonly<Record<string, Sample>>;
  expiresAt: number;
}

/** More of one hour are not chosen: nobody would look at them. */
export const MOST_OF_HOUR = 40;
/** How far back samples are shown, and count. */
export const WINDOW_DAYS = 28;

const ROUNDS = 10;
const HOUR_MS = 3_600_000;

function keyOf({ itemId, generation }: Pick<Sample, 'itemId' | 'generation'>): string {
  return approvalId(itemId, generation);
}

/** What of them is not there yet. May be repeated. */
export async function addSamples(table: string, samples: readonly Sample[]): Promise<void> {
  const rows = Map.groupBy(samples, ({ itemId, at }) => samplesKey(automationOf(itemId), hourOf(at)));
  for (const [id, of] of rows)
    await change(table, id, (there) => {
      const fresh = of.filter((sample) => !Object.hasOwn(there, keyOf(sample)));
      const room = Math.max(0, MOST_OF_HOUR - Object.keys(there).length);
      const added = fresh.slice(0, room).map((sample) => [keyOf(sample), sample] as const);
      return added.length === 0 ? undefined : { ...there, ...Object.fromEntries(added) };
    });
}

export type Taken = 'taken' | 'answered' | 'gone';

/** An answer counts once: of one person the first, and of a sample as many as it asks for. */
export async function takeAnswer(table: string, sample: Sample, answer: AuditAnswer): Promise<Taken> {
  let taken: Taken = 'gone';
  await change(table, samplesKey(automationOf(sample.itemId), hourOf(sample.at)), (there) => {
    const now = there[keyOf(sample)];
    taken = now === undefined ? 'gone' : waitsFor(now, answer.by) ? 'taken' : 'answered';
    if (!now || taken !== 'taken') return undefined;
    return { ...there, [keyOf(sample)]: { ...now, answers: [...now.answers, answer] } };
  });
  return taken;
}

/** Whether this person is still asked. */
export function waitsFor({ answers, people }: Sample, by: string): boolean {
  return answers.length < people && !answers.some((answer) => answer.by === by);
}

async function change(
  table: string,
  id: string,
  to: (there: HourRow['samples']) => HourRow['samples'] | undefined,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const row = await get<HourRow>(table, id);
    const samples = to(row?.samples ?? {});
    if (samples === undefined) return;
    const expiresAt = Date.parse(`${id.slice(-13)}:00:00Z`) / 1000 + KEPT_DAYS * DAY_SECONDS;
    const next: HourRow = { id, version: (row?.version ?? 0) + 1, samples, expiresAt };
    const when = row ? is<keyof HourRow>('version', row.version) : absent<keyof HourRow>('id');
    if (await put(table, next, when)) return;
  }
  throw new TransientError('many write to the samples of one hour at once');
}

/** Samples whose items ended in the last days, the oldest first. */
export function recentSamples(table: string, automation: string, days = WINDOW_DAYS): Promise<Sample[]> {
  const now = clock.now();
  return samplesBetween(table, automation, now - days * DAY_SECONDS * 1000, now);
}

/** Those whose items ended in the hours of a time, the oldest first. */
export async function samplesBetween(
  table: string,
  automation: string,
  from: number,
  to: number,
): Promise<Sample[]> {
  const first = Math.floor(from / HOUR_MS);
  const ids = Array.from({ length: Math.floor(to / HOUR_MS) - first + 1 }, (_, at) =>
    samplesKey(automation, hourOf(new Date((first + at) * HOUR_MS).toISOString())),
  );
  const rows = await getEvery<HourRow>(table, ids, ['samples']);
  const found = [...rows.values()].flatMap(({ samples }) => Object.values(samples));
  return found.sort((a, b) => (a.at < b.at ? -1 : 1));
}

/**
 * Whether this item is the first with such a counterparty or prompt version that the choice has met; until `days` after it, for those that
 * count by time. Asked again of the same item it says the same.
 */
export async function isFirst(
  table: string,
  { automation, kind, hash }: { automation: string; kind: 'counterparty' | 'prompt'; hash: string },
  sample: Pick<Sample, 'itemId' | 'at'>,
  days = 0,
): Promise<boolean> {
  const id = metKey(automation, kind, hash);
  const expiresAt = Math.floor(Date.parse(sample.at) / 1000) + KEPT_DAYS * DAY_SECONDS;
  let met = await get<{ first: string; at: string }>(table, id);
  if (!met) {
    await put(table, { id, first: sample.itemId, at: sample.at, expiresAt }, absent<'id'>('id'));
    met = await get<{ first: string; at: string }>(table, id);
  }
  if (!met) return false;
  return (
    met.first === sample.itemId || Date.parse(sample.at) < Date.parse(met.at) + days * DAY_SECONDS * 1000
  );
}

/** By label: whether it is held for its audits, and since when its answers count. */
export interface Standing {
  held: readonly string[];
  since: Readonly<Record<string, string>>;
  /** Of what ended alone in the last days: what was right. For pages that may not read all samples. */
  precision?: Share;
  byLabel?: Readonly<Record<string, Quality>>;
}

export async function readStanding(table: string, automation: string): Promise<Standing> {
  const row = await get<Standing>(table, standingKey(automation));
  const { held = [], since = {}, precision, byLabel } = row ?? {};
  return { held, since, ...(precision ? { precision } : {}), ...(byLabel ? { byLabel } : {}) };
}

export async function writeStanding(table: string, automation: string, standing: Standing): Promise<void> {
  await put(table, { id: standingKey(automation), ...standing, at: isoNow() });
}
