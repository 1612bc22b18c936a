import type { Neighbour } from '../../contract/neighbour.ts';
import { type BreakerRow, standingOf } from '../../tables/control/breakers.ts';
import type { RowChange } from '../../tables/control/neighbours.ts';
import { breakerTimes, claimProbe, countCalls, inEpoch, isTriedOften } from './breaker.ts';
import { looksIdle, rampOf, type Slot, slotOf, takeSlots, waitOf } from './rate-limiter.ts';

/* What one write on a neighbour's row would give to those who ask for permits at the same time. */

/** What a probe takes besides the call itself. */
const PROBE_MARGIN_MS = 5000;

/** Why there is no permit, and when it is worth another look. */
export type NoPermit =
  /** `often`: it is tried every few seconds. */
  | { refused: 'open'; until: number; reason: string; often: boolean }
  | { refused: 'busy'; retryAfterMs: number };

export interface Claim {
  /** Input and the longest answer. */
  tokens: number;
  longestMs: number;
}

/** A slot among those that are taken together; undefined where nobody is paced. */
export interface Place<One> {
  one: One;
  slot: Slot | undefined;
  /** What all of them up to this one take of the rate limiter. */
  upToMs: number;
  longestMs: number;
}

export interface Plan<One> {
  /** Those who get a permit by it, in their order. */
  places: readonly Place<One>[];
  changes: readonly RowChange[];
  probe: boolean;
  /** Whether it goes by how the rate limiter probably is. */
  guessed: boolean;
}

/** Whether a call there waits for nobody, and need not be written down: no pace, no pause, a breaker that is closed. */
export function isUnpaced(row: BreakerRow, neighbour: Neighbour, now: number): boolean {
  if (standingOf(row, now).state !== 'closed' || (row.pausedUntil ?? 0) > now) return false;
  return slotOf(neighbour, 0, rampOf(row, now)) === undefined;
}

/** Why nobody gets a permit while the breaker is as it is in `row`; undefined where it lets a call through. */
export function refusedBy(row: BreakerRow, now: number): NoPermit | undefined {
  const standing = standingOf(row, now);
  if (!('until' in standing) || standing.until === undefined) return undefined;
  const { openAskMs, probeLookMs } = breakerTimes;
  const often = isTriedOften(row);
  const soon = now + (often ? openAskMs : probeLookMs);
  const look = standing.state === 'half-open' ? soon : standing.until;
  return { refused: 'open', until: Math.min(look, standing.until), reason: standing.reason, often };
}

/**
 * Who of them gets a permit by one write, and that write: all that fit, one after the other; of a half-open breaker the first alone.
 * Where nobody gets one, why not, for each.
 */
export function planFor<One extends Claim>(
  row: BreakerRow,
  neighbour: Neighbour,
  all: readonly One[],
  now: number,
  keptUp: boolean,
): Plan<One> | { refused: NoPermit[] } {
  const shut = refusedBy(row, now);
  if (shut) return { refused: all.map(() => shut) };
  const probe = standingOf(row, now).state === 'half-open';
  const first = slotOf(neighbour, 0, rampOf(row, now));
  const idle = first !== undefined && looksIdle(first, row, now);
  const line = idle ? now : (row.lineAt ?? 0);
  const places: Place<One>[] = [];
  const refused: NoPermit[] = [];
  for (const one of all) {
    const { longestMs } = one;
    const before = places.at(-1)?.upToMs ?? 0;
    // While the pace rises, each pays what it will be when its turn comes.
    const slot = slotOf(neighbour, one.tokens, rampOf({ ...row, lineAt: line + before }, now));
    const upToMs = before + (slot?.costMs ?? 0);
    const waitMs = waitOf(slot, { ...row, lineAt: line + upToMs }, now);
    if (waitMs > longestMs) refused.push({ refused: 'busy', retryAfterMs: waitMs });
    else if (!probe || places.length === 0) places.push({ one, slot, upToMs, longestMs });
  }
  if (places.length === 0) return { refused };
  const guessed = idle && row.lineAt !== undefined;
  const changes: RowChange[] = [{ set: {}, add: {}, when: [inEpoch(row.epoch)] }];
  if (first) changes.push(takeSlots(places, idle && !(guessed && keptUp), now));
  const [{ longestMs }] = places as [Place<One>];
  if (probe) changes.push(claimProbe(now + longestMs + neighbour.timeoutSeconds * 1000 + PROBE_MARGIN_MS));
  return { places, changes, probe, guessed };
}

/** How long each of them waits, once the write is made. `row`: as it then is. */
export function waitsOf(places: readonly Place<unknown>[], row: BreakerRow, now: number): number[] {
  const all = places.at(-1)?.upToMs ?? 0;
  return places.map(({ slot, upToMs }) =>
    waitOf(slot, { ...row, lineAt: (row.lineAt ?? 0) - (all - upToMs) }, now),
  );
}

/** Calls that began before the write of a plan, in one change with it. */
export function counting(
  row: BreakerRow,
  now: number,
  calls: number,
  changes: readonly RowChange[],
): RowChange {
  const parts = [countCalls(row, now, calls), ...changes];
  return {
    remove: parts.flatMap(({ remove = [] }) => remove),
    set: Object.assign({}, ...parts.map(({ set }) => set)),
    add: Object.assign({}, ...parts.map(({ add }) => add)),
    when: parts.flatMap(({ when }) => when),
  };
}
