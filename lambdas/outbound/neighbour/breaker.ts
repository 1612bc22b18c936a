import type { BreakerRow } from '../../tables/control/breakers.ts';
import type { Check, RowChange } from '../../tables/control/neighbours.ts';
import { neighbourKey } from '../../tables/keys.ts';

/** In one place so that tests and benches can shorten them. Milliseconds. */
export const breakerTimes = {
  /** Calls and failures are counted together for this long at most. */
  windowMs: 60_000,
  /** After the first opening; each one soon after another waits twice as long, up to `openMostMs`. */
  openMs: 10_000,
  openMostMs: 25_000,
  /** After a failed probe where the next one does no harm: one more question, or call that is known by its key, in vain. */
  openAskMs: 5000,
  /** Of a destination that stays down: what tries it is an action, and one of unclear outcome is a person's to look at. */
  openActMostMs: 120_000,
  /** Closed for longer than this, the next opening is a first one again. */
  calmMs: 300_000,
  quotaMs: 3_600_000,
  keyMs: 300_000,
  /** From a quarter of the pace back to all of it: who is overrun says so within a few calls, and is left alone again. */
  rampMs: 10_000,
  /** Until the next probe, where the same item failed twice. */
  againMs: 1000,
  /** While one call tries a destination out, others look again so soon: where it closes, they are woken. */
  probeLookMs: 25_000,
  /** So that those who wait do not all look at the same moment. */
  spreadMs: 5000,
  /**
   * Who waits where probes do no harm looks at any moment of this time: of many there is always one when a probe may go, so that the
   * neighbour is the sooner known to be back the more wait.
   */
  lookAskMs: 30_000,
};

/** Failures mean nothing in fewer calls than these. */
const SAMPLE = 10;
const FAILURE_RATE = 0.5;
/** One text may make a server fail each time it is sent; an outage meets whoever comes. */
export const SAMPLE_ITEMS = 3;
/** A window also ends after this many calls: otherwise thousands of good calls would hide an outage. */
const WINDOW_CALLS = 100;
/** After so many openings in a row, some five minutes, a destination is tried more rarely: where probes do no harm, and elsewhere. */
const HARMLESS_OPENINGS = 60;
const ACT_OPENINGS = 12;

export type OpenKind = 'transient' | 'quota' | 'key' | 'region';

/** Counts calls in the window, or begins the next one with them. */
export function countCalls(row: BreakerRow, now: number, calls: number): RowChange {
  return isWindowOver(row, now)
    ? nextWindow(row, now, { calls, failures: 0 })
    : { set: {}, add: { calls }, when: [] };
}

/**
 * Counts one failure of a call that was counted when it began, perhaps in an earlier window, and whose it was; with it the `calls` that
 * began uncounted.
 */
export function countFailure(row: BreakerRow, now: number, item: string, calls = 0): RowChange {
  if (isWindowOver(row, now, calls)) {
    const change = nextWindow(row, now, { calls: calls < WINDOW_CALLS ? calls : 0, failures: 1 });
    const set = { ...change.set, failedItems: item };
    return { set, add: {}, when: [...change.when, inEpoch(row.epoch)] };
  }
  const { failedItems } = row;
  const items = failedItems?.split(' ') ?? [];
  const add = calls > 0 ? { failures: 1, calls } : { failures: 1 };
  const counted: RowChange = { set: {}, add, when: [inEpoch(row.epoch)] };
  if (items.includes(item) || items.length >= SAMPLE_ITEMS) return counted;
  const asSeen: Check =
    failedItems === undefined
      ? { field: 'failedItems', is: 'absent' }
      : { field: 'failedItems', is: '=', value: failedItems };
  return { ...counted, set: { failedItems: [...items, item].join(' ') }, when: [...counted.when, asSeen] };
}

function isWindowOver({ windowAt, calls = 0 }: BreakerRow, now: number, more = 0): boolean {
  return windowAt === undefined || now - windowAt >= breakerTimes.windowMs || calls + more >= WINDOW_CALLS;
}

function nextWindow(
  { windowAt }: BreakerRow,
  now: number,
  counts: { calls: number; failures: number },
): RowChange {
  const when: Check =
    windowAt === undefined
      ? { field: 'windowAt', is: 'absent' }
      : { field: 'windowAt', is: '=', value: windowAt };
  return { set: { windowAt: now, ...counts }, add: {}, remove: ['failedItems'], when: [when] };
}

/** A report, or a slot, counts only while the breaker is as it was when the permit was given. */
export function inEpoch(epoch = 0): Check {
  // It is only ever added to, so 0 is never written.
  return epoch === 0 ? { field: 'epoch', is: 'absent' } : { field: 'epoch', is: '=', value: epoch };
}

export function isTripped(row: BreakerRow): boolean {
  const { breaker = 'closed', forced, calls = 0, failures = 0, failedItems = '' } = row;
  if (breaker !== 'closed' || forced?.state === 'closed') return false;
  if (failedItems.split(' ').length < SAMPLE_ITEMS) return false;
  // Failures of calls that began in an earlier window are a sample of their own.
  const sample = Math.max(calls, failures);
  return sample >= SAMPLE && failures >= sample * FAILURE_RATE;
}

/** Opens, for as long as the kind of failure takes to pass. */
export function open(row: BreakerRow, now: number, kind: OpenKind, reason: string): RowChange {
  const { calmMs, quotaMs, keyMs } = breakerTimes;
  if (kind === 'quota') return openUntil(row, now + quotaMs, reason);
  if (kind === 'key' || kind === 'region') return openUntil(row, now + keyMs, reason);
  const calm = row.rampFrom !== undefined && row.breaker === 'closed' && now - row.rampFrom > calmMs;
  const openings = calm ? 1 : (row.openings ?? 0) + 1;
  const change = openUntil(row, now + openFor(row, openings), reason);
  return { ...change, set: { ...change.set, openings } };
}

/** Whether it is only asked: what tries it does nothing there. */
function isAsked({ id }: BreakerRow): boolean {
  return !id.startsWith(neighbourKey('destination', ''));
}

/** Whether it is tried again every few seconds: it is only asked, or the call that tried it last did no harm. */
export function isTriedOften(row: BreakerRow): boolean {
  if (isAsked(row)) return true;
  return row.lastProbe === 'harmless' && (row.openings ?? 0) <= HARMLESS_OPENINGS;
}

function openFor(row: BreakerRow, openings: number): number {
  const { openMs, openMostMs, openActMostMs } = breakerTimes;
  const ms = Math.min(openMostMs, openMs * 2 ** (openings - 1));
  const often = row.lastProbe === 'harmless' ? HARMLESS_OPENINGS : ACT_OPENINGS;
  const over = isAsked(row) ? 0 : Math.max(0, openings - often);
  return over > 0 ? Math.min(openActMostMs, ms * 2 ** over) : ms;
}

export function openUntil({ epoch }: BreakerRow, until: number, reason: string): RowChange {
  return {
    set: { breaker: 'open', openUntil: until, reason },
    add: { epoch: 1 },
    remove: ['probeUntil'],
    when: [inEpoch(epoch)],
  };
}

/**
 * Opens again after a failed probe. After the same item twice, another one comes soon.
 * @param harmless of a destination: the call did nothing there, or is known by its key when it comes again
 */
export function reopen(row: BreakerRow, now: number, item: string, harmless: boolean): RowChange {
  const reason = 'the probe failed';
  const { againMs, openAskMs } = breakerTimes;
  if (row.probeItem === item) return failedAgain(openUntil(row, now + againMs, reason), item);
  if (isAsked(row)) return failedAgain(openUntil(row, now + openAskMs, reason), item);
  const lastProbe = harmless ? 'harmless' : 'acted';
  const change = open({ ...row, lastProbe }, now, 'transient', reason);
  const { openings } = change.set;
  const often = isTriedOften({ ...row, lastProbe, openings: Number(openings) });
  const until = often ? { openUntil: now + openAskMs } : {};
  return failedAgain({ ...change, set: { ...change.set, ...until, lastProbe } }, item);
}

/** Whose call it was, and that it failed: it was counted as it began. */
function failedAgain(change: RowChange, item: string): RowChange {
  return { ...change, set: { ...change.set, probeItem: item }, add: { ...change.add, failures: 1 } };
}

/** The next call is the probe; if it never reports, another one may be after `until`. */
export function claimProbe(until: number): RowChange {
  // Of a breaker that was given back nothing else says that its opening goes on, and closing ends one.
  return {
    set: { breaker: 'half-open', probeUntil: until, openUntil: until },
    add: { epoch: 1 },
    when: [],
  };
}

export function close({ epoch }: BreakerRow, now: number): RowChange {
  return {
    set: { breaker: 'closed', rampFrom: now, windowAt: now, calls: 0, failures: 0 },
    add: { epoch: 1 },
    remove: ['openUntil', 'probeUntil', 'reason', 'failedItems', 'probeItem', 'lastProbe'],
    when: [inEpoch(epoch)],
  };
}
