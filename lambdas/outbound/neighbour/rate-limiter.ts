import type { Neighbour } from '../../contract/neighbour.ts';
import type { BreakerRow } from '../../tables/control/breakers.ts';
import type { RowChange } from '../../tables/control/neighbours.ts';
import type { RateHeaders } from '../rate-headers.ts';
import { breakerTimes } from './breaker.ts';

/*
 * A neighbour's rate limiter, as GCRA keeps it: one time (`lineAt`), up to which slots are taken. A slot moves it on by what the
 * call costs, so one blind addition reserves it and the answer says how long to wait; workers at the same moment do not fail each
 * other's writes. In any interval no more go than a second's worth and what the pace allows.
 *
 * A call costs its share of the requests or of the tokens of a minute, whichever is more. Two limiters would hold calls back in one
 * of them and let them go together past the other. The price: where large and small calls are mixed and both limits are near, up
 * to half of the pace is not used.
 *
 * An addition does not bring an idle limiter up to now. It need not while that is at most `slackMs` behind, which then is part of
 * the burst; behind that, a conditional write sets it. Without slack, workers would fail each other around "now".
 */

/** Of the limit: clocks differ, and calls on their way bunch up. */
export const SHARE = 0.95;

/** What one write may safely assume of an idle limiter; several times the round trip to the table. */
const SLACK_MS = 250;

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

/** Right after an outage: this part of the pace, then more by the second. */
const RAMP_START = 0.25;
/** Not quite all of it: who has no limit is not paced any more when the time is over, and not before. */
const RAMP_END = 0.99;

/** The full pace after an outage of a neighbour whose limit nobody wrote down. */
const RAMP_REQUESTS_PER_MINUTE = 600;

/** What a call takes of the rate limiter, in milliseconds. */
export interface Slot {
  costMs: number;
  /** How far ahead of now the limiter may be, this call included, before the call has to wait. */
  aheadMs: number;
  slackMs: number;
}

interface Units {
  requestMs: number;
  tokenMs: number;
}

/** What one request and one token cost; undefined where calls are not paced. */
function unitsOf(neighbour: Neighbour, ramp: number): Units | undefined {
  const { requestsPerMinute = ramp < 1 ? RAMP_REQUESTS_PER_MINUTE : undefined, tokensPerMinute } = neighbour;
  if (requestsPerMinute === undefined && tokensPerMinute === undefined) return undefined;
  const unit = (limit = Number.POSITIVE_INFINITY) => MINUTE_MS / (limit * SHARE * ramp);
  return { requestMs: unit(requestsPerMinute), tokenMs: unit(tokensPerMinute) };
}

/** Undefined when nobody is paced there. */
export function slotOf(neighbour: Neighbour, tokens: number, ramp: number): Slot | undefined {
  const units = unitsOf(neighbour, ramp);
  if (!units) return undefined;
  const { requestMs, tokenMs } = units;
  // More than a minute's tokens can never come: such a call takes the minute, and the neighbour has the last word.
  const cost = Math.max(requestMs, Math.min(tokens * tokenMs, MINUTE_MS));
  // Microseconds: thousands of calls a minute are less than 2 ms apart.
  const costMs = Math.ceil(cost * 1000) / 1000;
  const burstMs = requestMs > 0 ? Math.max(1, Math.floor(SECOND_MS / requestMs)) * requestMs : SECOND_MS;
  const slackMs = Math.min(SLACK_MS, (burstMs - requestMs) / 2);
  return { costMs, aheadMs: Math.max(costMs, burstMs - slackMs), slackMs };
}

/**
 * The part of the pace that the neighbour is up to: all of it, but for a while after an outage. Behind others it is what it will be
 * when the slot comes: counted at its beginning, a crowd that comes then would hold the pace down long after.
 */
export function rampOf({ rampFrom, lineAt = 0 }: BreakerRow, now: number): number {
  const { rampMs } = breakerTimes;
  if (rampFrom === undefined || now - rampFrom >= rampMs) return 1;
  const risen = Math.max(0, Math.max(now, lineAt) - rampFrom) / rampMs;
  return RAMP_START + (RAMP_END - RAMP_START) * Math.min(1, risen);
}

/** How long a call waits whose slot is the last in `row`. */
export function waitOf(slot: Slot | undefined, row: BreakerRow, now: number): number {
  const behind = slot ? (row.lineAt ?? 0) - now - slot.aheadMs : 0;
  return Math.max(0, (row.pausedUntil ?? 0) - now, behind);
}

/** Whether the limiter of `row` is idle, unless others took slots since the row was seen. */
export function looksIdle({ slackMs }: Slot, { lineAt }: BreakerRow, now: number): boolean {
  return lineAt === undefined || lineAt < now - slackMs;
}

interface Place {
  slot: Slot | undefined;
  upToMs: number;
  longestMs: number;
}

/**
 * The write that takes the slots of `places`, one after the other: of an idle limiter, or behind those of one that others keep busy.
 * None of them then waits longer than it may.
 */
export function takeSlots(places: readonly Place[], idle: boolean, now: number): RowChange {
  const field = 'lineAt';
  const all = places.at(-1)?.upToMs ?? 0;
  const edge = now - (places[0]?.slot?.slackMs ?? 0);
  if (idle) return { set: { lineAt: now + all }, add: {}, when: [{ field, is: 'absent or <', value: edge }] };
  const latest = places.map(({ slot, upToMs, longestMs }) => longestMs + (slot?.aheadMs ?? 0) - upToMs);
  const upper = now + Math.min(...latest);
  return { set: {}, add: { lineAt: all }, when: [{ field, is: 'between', value: edge, upper }] };
}

/**
 * Pushes everybody back until `until`: those who come later by the limiter, those who wait by `pushedMs`. The burst is gone by
 * then, for the neighbour has just said that it has none. Undefined when the limiter is back as far already.
 */
export function pushBack(
  neighbour: Neighbour,
  row: BreakerRow,
  now: number,
  until: number,
): RowChange | undefined {
  const { pausedUntil, lineAt } = row;
  if (pausedUntil !== undefined && pausedUntil >= until) return undefined;
  const by = until - Math.max(now, pausedUntil ?? 0);
  const change: RowChange = { set: { pausedUntil: until }, add: { pushedMs: by }, when: [] };
  change.when.push(
    pausedUntil === undefined
      ? { field: 'pausedUntil', is: 'absent' }
      : { field: 'pausedUntil', is: '=', value: pausedUntil },
  );
  // Unpaced, those who come meanwhile would all go at `until`.
  const slow = neighbour.requestsPerMinute === undefined ? { rampFrom: until } : {};
  Object.assign(change.set, slow);
  const slot = slotOf(neighbour, 0, rampOf({ ...row, ...slow }, now));
  if (!slot) return change;
  const spent = until + slot.aheadMs - slot.costMs;
  if (lineAt === undefined) {
    change.set.lineAt = spent;
    change.when.push({ field: 'lineAt', is: 'absent' });
  } else change.add.lineAt = Math.max(by, spent - lineAt);
  return change;
}

/** How far ahead the limiter must be for what the neighbour reports as left: it counts better than we do. */
export function leastTaken(neighbour: Neighbour, headers: RateHeaders, now: number): number {
  const units = unitsOf(neighbour, 1);
  const slot = slotOf(neighbour, 0, 1);
  if (!units || !slot) return 0;
  const { limitRequests, remainingRequests, resetRequestsMs } = headers;
  const { limitTokens, remainingTokens, resetTokensMs } = headers;
  const calls = leftOf(roomOf(limitRequests, remainingRequests, resetRequestsMs), units.requestMs);
  const tokens = leftOf(roomOf(limitTokens, remainingTokens, resetTokensMs), units.tokenMs);
  const least = Math.min(calls, tokens);
  return Number.isFinite(least) ? now + slot.aheadMs - least : 0;
}

/** NaN where nothing is said. Nothing is left where a limit and its reset are named and the rest is not: no 0 comes through. */
function roomOf(limit?: number, remaining?: number, resetMs?: number): number {
  return remaining ?? (limit !== undefined && resetMs !== undefined ? 0 : Number.NaN);
}

/** How much of the limiter the room is; endless where nothing is said of it, or the limiter does not count this kind. */
function leftOf(room: number, unitMs: number): number {
  return Number.isNaN(room) || unitMs === 0 ? Number.POSITIVE_INFINITY : room * unitMs;
}
