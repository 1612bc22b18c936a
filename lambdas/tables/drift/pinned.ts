import { DAY_SECONDS, isoNow } from '../../kit/clock.ts';
import { get, put } from '../../kit/dynamo/rows.ts';
import { driftKey } from '../keys.ts';
import { KEPT_DAYS } from '../statistics/hours.ts';

/* Four weeks that an operator wants the last one held against, in the place of those before it. The audit has all that was ever pinned. */

export interface Pinned {
  /** The first day of them: `2026-11-02` */
  from: string;
  by: string;
  at: string;
  reason: string;
}

interface PinnedRow extends Partial<Pinned> {
  id: string;
  /** Seconds since 1970; the table's time to live. */
  expiresAt?: number;
}

/** As long as what was counted of them is kept. */
export async function readPinned(table: string, automation: string): Promise<Pinned | undefined> {
  const row = await get<PinnedRow>(table, driftKey(automation, 'pinned'));
  if (!row?.from || !row.by || !row.at || !row.reason) return undefined;
  const { from, by, at, reason } = row;
  return endOf(from) > Date.parse(isoNow()) ? { from, by, at, reason } : undefined;
}

/** @param pin undefined: the weeks before are the reference again */
export async function writePinned(
  table: string,
  automation: string,
  pin: Pick<Pinned, 'from' | 'by' | 'reason'> | undefined,
): Promise<Pinned | undefined> {
  const pinned = pin && { from: pin.from, by: pin.by, at: isoNow(), reason: pin.reason };
  const until = pinned ? { expiresAt: endOf(pinned.from) / 1000 } : {};
  await put(table, { id: driftKey(automation, 'pinned'), ...pinned, ...until } satisfies PinnedRow);
  return pinned;
}

function endOf(from: string): number {
  return Date.parse(`${from}T00:00:00Z`) + KEPT_DAYS * DAY_SECONDS * 1000;
}
