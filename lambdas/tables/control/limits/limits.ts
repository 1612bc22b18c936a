import { sleep } from '../../../kit/clock.ts';
import { digest } from '../../../kit/digest.ts';
import { getTogether } from '../../../kit/dynamo/gets.ts';
import { remove } from '../../../kit/dynamo/rows.ts';
import { errorFacts, TransientError } from '../../../kit/errors.ts';
import { logger } from '../../../kit/telemetry.ts';
import { reservationKey } from '../../keys.ts';
import { type Booking, beyond, type Counts, changed, type Days, partsOf } from './bookings.ts';
import { type Count, counting, type ReservationRow, type Row, released, type WindowRow } from './rows.ts';
import { takeTogether, takings, written } from './taking.ts';

/*
 * What holds: an item's action counts once in every limit, or in none. Its reservation and all its counts are written in one
 * transaction, so that a redelivery, a second worker or a crash at any moment finds either everything or nothing.
 */

/** An item in the generation that proposed the action. */
export interface Reserver {
  automation: string;
  itemId: string;
  generation: number;
}

/** What was counted. A delivery after midnight, or after a deploy with other limits, is not about another action. */
export function fingerprintOf({ action, cents, currency, tallies, more }: Booking): string {
  const rows = tallies.filter(({ of }) => of !== 'day').map(({ id }) => id);
  return digest({ action, cents, currency, rows, ...(more ? { more: more.map(fingerprintOf) } : {}) });
}

/** Each action of a list finds what those before it count already. */
function reasonOf(booking: Booking, counts: readonly Count[]): string | undefined {
  const days = new Map(counts.map((count) => [count.tally.id, daysOf(count, booking.day)]));
  for (const part of partsOf(booking)) {
    for (const tally of part.tallies) {
      const counted = days.get(tally.id) ?? {};
      const reason = part.uncounted ?? beyond(part, tally, counted);
      if (reason !== undefined) return reason;
      days.set(tally.id, changed(counted, part, 1));
    }
    if (part.uncounted !== undefined) return part.uncounted;
  }
  return undefined;
}

const MOST_TRIES = 25;

/** What is counted for the item, and what counts against it, at one moment. Every write is conditional: an old reading costs a round. */
export interface Reading {
  reservation: ReservationRow | undefined;
  counts: Count[];
}

/** Read together with whatever else is asked for at the same time. */
export async function readLimits(table: string, reserver: Reserver, booking: Booking): Promise<Reading> {
  const [reservation, counts] = await Promise.all([reservationOf(table, reserver), countsOf(table, booking)]);
  return { reservation, counts };
}

/**
 * Counts an action before it happens. Once counted it stays so, however often it is asked; one with other parameters replaces it.
 * @param capped false for what a person approved: it counts, and is not held back
 * @param seen what was read a moment ago. @default it is read now
 * @returns why the limits do not hold it, or undefined when it is counted
 * @throws TransientError when too many others write the same counts at once; whatever the table throws: then nothing is counted
 */
export async function reserve(
  table: string,
  reserver: Reserver,
  booking: Booking,
  capped: boolean,
  seen?: Reading,
): Promise<string | undefined> {
  const id = reservationKey(reserver.automation, reserver.itemId, reserver.generation);
  const fingerprint = fingerprintOf(booking);
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const first = attempt === 0 ? seen : undefined;
    const { reservation, counts } = first ?? (await readLimits(table, reserver, booking));
    if (reservation?.state === 'held') {
      if (reservation.fingerprint === fingerprint) return undefined;
      await giveBack(table, reserver);
      continue;
    }
    const full = capped ? reasonOf(booking, counts) : undefined;
    if (full !== undefined) return full;
    const taking = { table, id, booking, fingerprint, counts };
    if (await (capped ? takeTogether(taking) : written(takings([taking], false)))) return undefined;
    await pause(attempt);
  }
  throw new TransientError(`the limits of '${booking.action}' are written by too many at once`);
}

/** The fingerprint of what is counted for the item; undefined where nothing is. */
export async function countedFor(table: string, reserver: Reserver): Promise<string | undefined> {
  const reservation = await reservationOf(table, reserver);
  return reservation?.state === 'held' ? reservation.fingerprint : undefined;
}

/** Whether something ties the item to what is counted. */
export async function isReserved(table: string, reserver: Reserver): Promise<boolean> {
  return (await reservationOf(table, reserver)) !== undefined;
}

/** Unties the item from the counts. What it did stays counted until its days are over: those rows name nobody. */
export async function forgetReservation(
  table: string,
  { automation, itemId, generation }: Reserver,
): Promise<void> {
  await remove(table, reservationKey(automation, itemId, generation));
}

function reservationOf(
  table: string,
  { automation, itemId, generation }: Reserver,
): Promise<ReservationRow | undefined> {
  return getTogether(table, reservationKey(automation, itemId, generation));
}

/** Takes an action that certainly did not happen off every count. Never throws: the rest stays counted. */
export async function giveBack(table: string, reserver: Reserver): Promise<void> {
  const { automation, itemId, generation } = reserver;
  const id = reservationKey(automation, itemId, generation);
  try {
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
      const held = await reservationOf(table, reserver);
      if (held?.state !== 'held') return;
      // A count that has expired is none.
      const counts = (await countsOf(table, held.booking)).filter(({ row }) => row !== undefined);
      const changes = counts.map((count) => counting(table, [held.booking], count, -1));
      if (await written([released(table, id), ...changes])) return;
      await pause(attempt);
    }
    logger.warn('limit not given back', { automation, itemId, reason: 'too many write it at once' });
  } catch (error) {
    logger.warn('limit not given back', { automation, itemId, reason: errorFacts(error).message });
  }
}

/** One for each row: several actions of a list may count in the same. */
function countsOf(table: string, booking: Booking): Promise<Count[]> {
  const tallies = new Map(partsOf(booking).flatMap((part) => part.tallies.map((tally) => [tally.id, tally])));
  return Promise.all(
    [...tallies.values()].map(async (tally) => ({ tally, row: await getTogether<Row>(table, tally.id) })),
  );
}

function daysOf({ tally: { of }, row }: Count, day: string): Days {
  if (row === undefined) return {};
  return of === 'day' ? { [day]: row as Counts } : ((row as WindowRow).days ?? {});
}

function pause(attempt: number): Promise<void> {
  return sleep(Math.random() * Math.min(200, 10 * (attempt + 1)));
}
