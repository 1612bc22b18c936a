import { transact, type Write } from '../../../kit/dynamo/rows.ts';
import { TransientError } from '../../../kit/errors.ts';
import { together } from '../../../kit/together.ts';
import type { Booking } from './bookings.ts';
import { type Count, counting, held } from './rows.ts';

/* Room is taken: an item's reservation and all its counts, in one transaction. */

/** What one item takes, on what was read. */
export interface Taking {
  table: string;
  id: string;
  booking: Booking;
  fingerprint: string;
  counts: readonly Count[];
}

/** A transaction has a hundred rows at most. */
const MOST_TOGETHER = 10;
const MOST_ROWS = 100;

/**
 * Items that come to it at the same moment take their room in one transaction, where the day's row is written once for all of them.
 * Where that does not hold, each tries it by itself: no item is held back by another one's limits.
 */
export const takeTogether = /* @__PURE__ */ together<Taking, boolean>(MOST_TOGETHER, async (group) => {
  const chosen = fitting(group);
  const done = chosen.length > 1 && (await written(takings(chosen, true)));
  return Promise.all(
    group.map((one) => chosen.includes(one) && (done || written(takings([one], true)).catch(asError))),
  );
});

/** Those that write no row by its version which one before them writes: what they have read will be old. */
function fitting(group: readonly Taking[]): Taking[] {
  const [rows, versions] = [new Set<string>(), new Set<string>()];
  return group.filter(({ id, counts }) => {
    const own = [id, ...counts.flatMap(({ tally }) => (tally.of === 'day' ? [] : tally.id))];
    const all = new Set([...rows, ...own, ...counts.map(({ tally }) => tally.id)]);
    if (own.some((row) => versions.has(row)) || (rows.size > 0 && all.size > MOST_ROWS)) return false;
    for (const row of all) rows.add(row);
    for (const row of own) versions.add(row);
    return true;
  });
}

export function takings(group: readonly Taking[], capped: boolean): Write[] {
  const counted = Map.groupBy(
    group.flatMap(({ table, booking, counts }) => counts.map((count) => ({ table, booking, count }))),
    ({ count }) => count.tally.id,
  );
  return [
    ...group.map(({ table, id, booking, fingerprint }) => held(table, id, booking, fingerprint)),
    ...[...counted.values()].flatMap((all) => {
      const [first] = all;
      const bookings = all.map(({ booking }) => booking);
      return first ? [counting(first.table, bookings, first.count, 1, capped)] : [];
    }),
  ];
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

/** False when somebody else wrote one of the rows meanwhile. */
export async function written(writes: readonly Write[]): Promise<boolean> {
  const cancelled = await transact(writes);
  if (!cancelled) return true;
  if (cancelled.overtaken) return false;
  throw new TransientError('the limits could not be written', { cause: cancelled.error });
}
