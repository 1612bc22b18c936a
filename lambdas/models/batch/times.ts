import { type BatchPolicy, type OffPeak, slaMs } from '../../contract/steps/batch.ts';

/*
 * When what is done with a request that is to have its answer by a time. Before that time there is a buffer, for what nobody thought of
 * and for a file that is slow to stop; and before that the drain, in which what no file has answered is asked at once.
 */

const MINUTE_MS = 60_000;

/** A file that is stopped tells what it has within this time. */
export const STOP_MS = 10 * MINUTE_MS;

/** As if each request that is asked at once took this long of one of the automation's places. */
const EACH_MS = 10_000;

/** With less than this until the cut-off, no file is begun. */
const LEAST_IN_FILE_MS = 15 * MINUTE_MS;

/** Of its time a request waits for others to fill a file with: one in twelve, and five minutes at least. */
const GATHER_SHARE = 1 / 12;
const GATHER_MS = 5 * MINUTE_MS;

/** When the answer of a step has to be there. */
export function dueOf({ sla }: BatchPolicy, receivedAt: string): number {
  return Date.parse(receivedAt) + (slaMs(sla) ?? 0);
}

/** From when on a request that is due then is in no file any more, with so many others that would have to be asked at once. */
export function cutoffOf(
  { dueAt, askedAt }: { dueAt: number; askedAt: number },
  { others, places }: { others: number; places: number },
): number {
  // A tenth of its time, a quarter of an hour at least: a stopped file tells within ten minutes.
  const buffer = Math.max(STOP_MS + 5 * MINUTE_MS, (dueAt - askedAt) / 10);
  return dueAt - buffer - Math.ceil((others * EACH_MS) / Math.max(1, places));
}

/** Whether a request that comes now has the time for a file at all. */
export function hasTimeForFile(dueAt: number, now: number): boolean {
  return cutoffOf({ dueAt, askedAt: now }, { others: 1, places: 1 }) - now >= LEAST_IN_FILE_MS;
}

/** Whether a request has waited for others long enough. @param mostMs it waits no longer than that */
export function hasGathered(
  { askedAt, dueAt }: { askedAt: number; dueAt: number },
  mostMs: number,
  now: number,
): boolean {
  return now - askedAt >= Math.min(mostMs, Math.max(GATHER_MS, (dueAt - askedAt) * GATHER_SHARE));
}

/** Whether files are submitted at that moment. */
export function isOffPeak(window: OffPeak | undefined, now: number): boolean {
  if (!window) return true;
  const { from, to, timeZone } = window;
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
    now,
  );
  return from <= to ? clock >= from && clock < to : clock >= from || clock < to;
}
