import { clock, DAY_SECONDS, epochSeconds } from '../../../kit/clock.ts';
import {
  absent,
  all,
  atMost,
  type Change,
  either,
  is,
  present,
  updateWrite,
  type Write,
} from '../../../kit/dynamo/rows.ts';
import {
  type Booking,
  type Counts,
  changed,
  type Days,
  dayOf,
  partsOf,
  type Tally,
  within,
} from './bookings.ts';

/* The rows of limits: what is counted for an item, and the counts themselves. */

export interface ReservationRow {
  id: string;
  state: 'held' | 'back';
  booking: Booking;
  fingerprint: string;
  expiresAt: number;
}

export interface Count {
  tally: Tally;
  row: Row | undefined;
}

/** Of a day: its counts. Of a subject or recipient: each day's counts, and how often they changed. */
export type Row = Counts | WindowRow;

export interface WindowRow {
  id: string;
  version: number;
  days: Days;
  expiresAt: number;
}

/** The actions that count in this row. */
function countedIn(bookings: readonly Booking[], { id }: Tally): Booking[] {
  return bookings.flatMap(partsOf).filter(({ tallies }) => tallies.some((tally) => tally.id === id));
}

/** Longer than a run may take, so that a late action finds its reservation. */
const KEEP_DAYS = 90;

export function held(table: string, id: string, booking: Booking, fingerprint: string): Write {
  return updateWrite<ReservationRow>(table, id, {
    set: { state: 'held', booking, fingerprint, expiresAt: epochSeconds(KEEP_DAYS * DAY_SECONDS) },
    when: either(absent('id'), is('state', 'back')),
  });
}

export function released(table: string, id: string): Write {
  return updateWrite<ReservationRow>(table, id, { set: { state: 'back' }, when: is('state', 'held') });
}

/** One write for all that is counted in this row. */
export function counting(
  table: string,
  bookings: readonly Booking[],
  count: Count,
  sign: 1 | -1,
  capped = false,
) {
  const parts = countedIn(bookings, count.tally);
  return count.tally.of === 'day'
    ? updateWrite(table, count.tally.id, added(parts, count.tally, sign, capped))
    : updateWrite(table, count.tally.id, replaced(parts, count, sign));
}

/** All actions of an automation write the day's row by adding: no write is in another's way. */
function added(
  parts: readonly Booking[],
  { count, cents }: Tally,
  sign: 1 | -1,
  capped: boolean,
): Change<Counts> {
  const money = new Map<string, number>();
  for (const part of parts) money.set(part.currency, (money.get(part.currency) ?? 0) + part.cents);
  // Several together may be more than all of it, where nothing is counted yet.
  const fits = (field: string, left: number) =>
    left < 0 ? atMost(field, left) : either(absent(field), atMost(field, left));
  const conditions = [
    ...(capped && count !== undefined ? [fits('n', count - parts.length)] : []),
    ...(capped && cents !== undefined
      ? [...money].map(([currency, sum]) => fits(currency, cents - sum))
      : []),
    // A row that somebody removed must not come back with less than nothing in it.
    ...(sign === -1 ? [present('n')] : []),
  ];
  return {
    add: {
      n: sign * parts.length,
      ...Object.fromEntries([...money].map(([name, sum]) => [name, sign * sum])),
    },
    set: { expiresAt: epochSeconds(2 * DAY_SECONDS) },
    when: conditions.length > 0 ? all(...conditions) : undefined,
  };
}

/** What no longer counts is left out, so that the row holds as many days as the limit has. */
function replaced(parts: readonly Booking[], count: Count, sign: 1 | -1): Change<WindowRow> {
  const { tally, row } = count;
  const version = (row as WindowRow | undefined)?.version;
  const today = dayOf(clock.now());
  return {
    set: {
      days: within(
        parts.reduce((days, part) => changed(days, part, sign), (row as WindowRow | undefined)?.days ?? {}),
        today,
        tally.days,
      ),
      version: (version ?? 0) + 1,
      expiresAt: epochSeconds((tally.days + 1) * DAY_SECONDS),
    },
    when: version === undefined ? absent('id') : is('version', version),
  };
}
