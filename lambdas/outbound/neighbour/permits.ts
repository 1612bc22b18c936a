import { randomUUID } from 'node:crypto';
import type { Neighbour } from '../../contract/neighbour.ts';
import { clock } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { TransientError } from '../../kit/errors.ts';
import type { BreakerRow } from '../../tables/control/breakers.ts';
import { counting, isUnpaced, type NoPermit, type Plan, planFor, waitsOf } from './plan.ts';
import { changeRow, countLater, keyOf, type Row, readRow, remembered, takeUncounted } from './row.ts';

/*
 * Permits of one neighbour, taken together: one write counts their calls and moves the rate limiter on by what all of them take; each
 * has a slot of its own. It is made on what this instance remembers of the row. Where nobody is paced and all was well a moment ago,
 * nothing is written: the next write counts those calls too, or the first failure among them.
 */

export interface Permit {
  /** Until its slot comes, as things stood when it was taken. */
  waitMs: number;
  /** It alone decides whether a half-open breaker closes. */
  probe: boolean;
  /** When its slot comes, and the last moment it may be postponed to. */
  at: number;
  latest: number;
  /** How far the rate limiter had been pushed back. */
  pushedMs: number;
  /** Undefined when the row could not be reached: nothing is reported of such a permit. */
  epoch: number | undefined;
  /** Whose call it is for, by the beginning of its digest. */
  item: string;
}

/** One of those that take permits together. */
export interface Wanted {
  /** Input and the longest answer. */
  tokens: number;
  longestMs: number;
  /** Whose call it is for. @default nobody else's */
  item?: string | undefined;
}

/** Each round is lost only to a change in the meantime: of the breaker, of the window, of an idle limiter. */
const ROUNDS = 8;

/** A refusal out of memory is at most this old: an operator's word is heard, and a refused crowd costs one read a second. */
export const FRESH_MS = 1000;

/** That all is well is believed for this long: then an operator's word is heard, and what other instances met. */
const TRUSTED_MS = 10_000;

/** For each its permit, or why it has none. Those that fit take theirs with one write. */
export async function takeAll(
  of: Row,
  neighbour: Neighbour,
  all: readonly Wanted[],
): Promise<(Permit | NoPermit | Error)[]> {
  const answers = new Map<Wanted, Permit | NoPermit>();
  const keep = (to: readonly Wanted[], given: readonly (Permit | NoPermit)[]) => {
    for (const [index, answer] of given.entries()) answers.set(to[index] as Wanted, answer);
  };
  let row = remembered(of) ?? (await readRow(of));
  for (let lost = 0; lost < ROUNDS && answers.size < all.length; ) {
    const left = all.filter((one) => !answers.has(one));
    const free = left.map((one) => freePermit(of, neighbour, one));
    if (free.every((permit) => permit !== undefined)) {
      keep(left, free);
      break;
    }
    const now = clock.now();
    const plan = planFor(row, neighbour, left, now, lost === 0 && isCrowded(of));
    if ('places' in plan) {
      const { done, row: seen } = await write(of, row, plan, now);
      row = seen;
      if (done) keep(...grantedBy(plan, row, now));
      else if (plan.guessed && lost === 0) guessOtherwise(of);
      if (!done) lost += 1;
    } else if (remembered(of, FRESH_MS)) keep(left, plan.refused);
    else {
      row = await readRow(of);
      lost += 1;
    }
  }
  const { kind, name } = neighbour;
  const tooMany = new TransientError(`${kind} '${name}': too many calls at once`, { retryAfterSeconds: 1 });
  return all.map((one) => answers.get(one) ?? tooMany);
}

/** A permit without a write, where all is well: nobody is paced, nothing is paused, the breaker is closed. */
export function freePermit(of: Row, neighbour: Neighbour, wanted: Wanted): Permit | undefined {
  const now = clock.now();
  const row = remembered(of, TRUSTED_MS);
  if (!row || !isUnpaced(row, neighbour, now)) return undefined;
  countLater(of, 1);
  return permitOf(wanted, row, now, 0);
}

async function write(of: Row, row: BreakerRow, { places, changes }: Plan<Wanted>, now: number) {
  const uncounted = takeUncounted(of);
  const outcome = await changeRow(of, counting(row, now, places.length + uncounted, changes));
  if (!outcome.done && outcome.row.epoch === row.epoch) countLater(of, uncounted);
  return outcome;
}

function grantedBy(
  { places, probe }: Plan<Wanted>,
  row: BreakerRow,
  now: number,
): [Wanted[], (Permit | NoPermit)[]] {
  const given = waitsOf(places, row, now).map((waitMs, index): Permit | NoPermit => {
    const { one } = places[index] as (typeof places)[number];
    // A neighbour without limits was paused in this moment. A rate limiter would have failed the write.
    if (waitMs > one.longestMs) return { refused: 'busy', retryAfterMs: waitMs };
    return permitOf(one, row, now, waitMs, probe);
  });
  return [places.map(({ one }) => one), given];
}

export function permitOf(
  { item = randomUUID(), longestMs }: Omit<Wanted, 'tokens'>,
  { pushedMs = 0, epoch = 0 }: BreakerRow,
  now: number,
  waitMs: number,
  probe = false,
): Permit {
  const times = { waitMs, at: now + waitMs, latest: now + longestMs };
  return { ...times, probe, pushedMs, epoch, item: sha256(item).slice(0, 8) };
}

/**
 * Neighbours whose rate limiter others keep busy between two calls of this instance. What is remembered cannot tell such a limiter
 * from an idle one; what was wrong the last time is guessed the other way, so that the first write mostly holds.
 */
const crowded = new Set<string>();

function isCrowded(of: Row): boolean {
  return crowded.has(keyOf(of));
}

function guessOtherwise(of: Row): void {
  const key = keyOf(of);
  if (!crowded.delete(key)) crowded.add(key);
}
