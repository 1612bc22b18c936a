import { createHmac } from 'node:crypto';
import type { SurrogatePolicy } from '../../contract/steps/surrogate.ts';
import { isoNow } from '../../kit/clock.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { tellAlarm } from '../../tables/alarms/told.ts';
import {
  changeSurrogate,
  type OfStep,
  type SurrogateRow,
  type TriedAnswer,
} from '../../tables/surrogates/surrogates.ts';
import { watched } from './watch.ts';

/** Whose answers are tried: a keyed hash of the item decides, so that a redelivery decides the same and nobody outside can tell. From 0 up to 1. */
export function lotOf(key: string, itemId: string): number {
  return createHmac('sha256', key).update(`tried|${itemId}`).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** So many are remembered: a bet starts anew long before. */
const MOST_TRIED = 300;
/** What was seen before the last so many that were tried says nothing, once the bound is broken. */
const UNTIL_NOTICED = 20;

/** Notes what was tried, and what the model took for it. A broken bound closes a label, or switches all of it off, in the same write. */
export async function noteTried(
  table: string,
  of: OfStep,
  { usd, ...one }: Omit<TriedAnswer, 'at'> & { usd: number },
  { agreement }: SurrogatePolicy,
): Promise<void> {
  let broke: string | undefined;
  await changeSurrogate(table, of, (now) => {
    broke = undefined;
    // Another delivery of the item was here, or there is nothing to try any more.
    if (!now?.model || now.off || now.tried?.some(({ itemId }) => itemId === one.itemId)) return undefined;
    const tried = [...(now.tried ?? []), { ...one, at: isoNow() }].slice(-MOST_TRIED);
    const { calls = 0, callsUsd = 0 } = now;
    const next = withTried({ ...now, calls: calls + 1, callsUsd: callsUsd + usd }, tried, agreement);
    if (next.off) broke = 'all';
    else if (next.closed && one.label in next.closed && !(one.label in (now.closed ?? {}))) broke = one.label;
    return next;
  });
  if (broke === undefined) return;
  logger.warn('a surrogate is off', { ...of, label: broke });
  count('surrogatesOff', of.automation);
  await tellAlarm(table, 'surrogate/off', of.automation);
}

/** The row with these tries, and with what follows of them. */
export function withTried(row: SurrogateRow, tried: readonly TriedAnswer[], agreement: number): SurrogateRow {
  const found = watched(tried, agreement);
  if (found.state !== 'broken') return { ...row, tried };
  const at = isoNow();
  if (found.label === undefined) {
    const since = tried.at(-UNTIL_NOTICED)?.at ?? tried[0]?.at ?? at;
    return { ...row, tried, since, off: { at, by: BY_ITSELF, reason: 'tried answers disagree too often' } };
  }
  const others = tried.filter(({ label }) => label !== found.label);
  return { ...row, tried: others, closed: { ...row.closed, [found.label]: at } };
}

/** Who switched it off: what it switched off by itself, it may switch on again by itself. */
export const BY_ITSELF = 'signalbox';
