import { randomUUID } from 'node:crypto';
import type { Priority } from '../contract/item/status.ts';
import type { Neighbour, NeighbourName } from '../contract/neighbour.ts';
import { clock, sleep } from '../kit/clock.ts';
import { sha256 } from '../kit/digest.ts';
import { TransientError } from '../kit/errors.ts';
import { count, logger } from '../kit/telemetry.ts';
import { type BreakerRow, standingOf } from '../tables/control/breakers.ts';
import type { RowChange } from '../tables/control/neighbours.ts';
import { breakerTimes, claimProbe, countCall, inEpoch } from './breaker.ts';
import { changeRow, keyOf, type Row, RowFault, readRow, remembered, rowOf } from './neighbour-row.ts';
import { looksIdle, rampOf, type Slot, slotOf, takeSlot, waitOf } from './rate-limiter.ts';
import { Waiting } from './waiting-error.ts';
import { LONGEST_WAIT_MS } from './waiting-time.ts';

/*
 * A permit for one call to a neighbour: its breaker lets the call through, and its rate limiter has a slot for it. One write takes
 * both, made on what this instance remembers of the row. A permit that is not used is not given back: its slot passes empty, and a
 * probe's claim ends by itself. Giving back would let the limiter's time go down, and every worker relies on that it only goes up.
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

export type NoPermit =
  | { refused: 'open'; until: number; reason: string }
  | { refused: 'busy'; retryAfterMs: number };

export interface Ask {
  /** Input and the longest answer. */
  tokens: number;
  priority: Priority;
  /** Whom a metric of this permit is about. */
  automation: string;
  /** Whose call it is for. @default nobody else's */
  item?: string | undefined;
}

/** Each round is lost only to a change in the meantime: of the breaker, of the window, of an idle limiter. */
const ROUNDS = 8;

/** A refusal out of memory is at most this old: an operator's word is heard, and a refused crowd costs one read a second. */
const FRESH_MS = 1000;

/** What a probe takes besides the call itself. */
const PROBE_MARGIN_MS = 5000;

/**
 * Takes a slot of the neighbour's rate limiter, if its breaker lets calls through and the wait fits the priority; else says why
 * not, and nothing is reserved.
 * @throws TransientError when the row cannot be reached just now; one that can never be reached lets the call through.
 */
export async function takePermit(table: string, neighbour: Neighbour, ask: Ask): Promise<Permit | NoPermit> {
  try {
    return await take(rowOf(table, neighbour), neighbour, ask);
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    if (error.transient)
      throw new TransientError(`${neighbour.kind} '${neighbour.name}': its breaker cannot be read now`, {
        cause: error,
      });
    logger.error('breaker unreadable, call admitted', { ...named(neighbour), reason: error.message });
    count('breakerUnreadable', ask.automation);
    const now = clock.now();
    return {
      waitMs: 0,
      probe: false,
      at: now,
      latest: now,
      pushedMs: 0,
      epoch: undefined,
      item: itemOf(ask),
    };
  }
}

/** Whom a line of the log is about, as a field named like its kind. */
export function named({ kind, name }: NeighbourName): Record<string, string> {
  return { [kind]: name };
}

async function take(of: Row, neighbour: Neighbour, ask: Ask): Promise<Permit | NoPermit> {
  const longest = LONGEST_WAIT_MS[ask.priority];
  let row = remembered(of) ?? (await readRow(of));
  for (let round = 0; round < ROUNDS; round += 1) {
    const now = clock.now();
    const plan = planFor(row, neighbour, ask, now, round === 0 && isCrowded(of));
    if ('refused' in plan) {
      if (remembered(of, FRESH_MS)) return plan;
      row = await readRow(of);
      continue;
    }
    const { done, row: seen } = await changeRow(of, plan.change);
    row = seen;
    if (!done) {
      if (plan.guessed && round === 0) guessOtherwise(of);
      continue;
    }
    const waitMs = waitOf(plan.slot, row, now);
    // A neighbour without limits was paused in this moment. A rate limiter would have failed the write.
    if (waitMs > longest) return { refused: 'busy', retryAfterMs: waitMs };
    const { pushedMs = 0, epoch = 0 } = row;
    return {
      waitMs,
      probe: plan.probe,
      at: now + waitMs,
      latest: now + longest,
      pushedMs,
      epoch,
      item: itemOf(ask),
    };
  }
  throw new TransientError(`${neighbour.kind} '${neighbour.name}': too many calls at once`, {
    retryAfterSeconds: 1,
  });
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

interface Plan {
  change: RowChange;
  slot: Slot | undefined;
  probe: boolean;
  /** Whether it goes by how the rate limiter probably is. */
  guessed: boolean;
}

function planFor(
  row: BreakerRow,
  neighbour: Neighbour,
  { tokens, priority }: Ask,
  now: number,
  keptUp: boolean,
): Plan | NoPermit {
  const standing = standingOf(row, now);
  if ('until' in standing && standing.until !== undefined) {
    const look = standing.state === 'half-open' ? now + breakerTimes.probeLookMs : standing.until;
    return { refused: 'open', until: Math.min(look, standing.until), reason: standing.reason };
  }
  const longest = LONGEST_WAIT_MS[priority];
  const slot = slotOf(neighbour, tokens, rampOf(row, now));
  const idle = slot !== undefined && looksIdle(slot, row, now);
  const last = slot && !idle ? { ...row, lineAt: (row.lineAt ?? 0) + slot.costMs } : row;
  const waitMs = waitOf(slot, last, now);
  if (waitMs > longest) return { refused: 'busy', retryAfterMs: waitMs };
  const guessed = idle && row.lineAt !== undefined;
  const parts = [countCall(row, now), { set: {}, add: {}, when: [inEpoch(row.epoch)] }];
  if (slot) parts.push(takeSlot(slot, idle && !(guessed && keptUp), now, longest));
  const probe = standing.state === 'half-open';
  if (probe) parts.push(claimProbe(now + longest + neighbour.timeoutSeconds * 1000 + PROBE_MARGIN_MS));
  return { change: together(parts), slot, probe, guessed };
}

function itemOf({ item = randomUUID() }: Ask): string {
  return sha256(item).slice(0, 8);
}

function together(parts: readonly RowChange[]): RowChange {
  return {
    remove: parts.flatMap(({ remove = [] }) => remove),
    set: Object.assign({}, ...parts.map(({ set }) => set)),
    add: Object.assign({}, ...parts.map(({ add }) => add)),
    when: parts.flatMap(({ when }) => when),
  };
}

/**
 * Waits until the permit's slot comes. Meanwhile the rate limiter may be pushed back, by a 429 that another call met, or the breaker
 * may open: a wait of more than a moment ends with a look at the row, which the calls of an instance share.
 */
export async function waitForSlot(
  table: string,
  neighbour: Neighbour,
  permit: Permit,
): Promise<'go' | NoPermit> {
  const of = rowOf(table, neighbour);
  let pushed = 0;
  for (let wait = permit.at - clock.now(); wait > 0; ) {
    await sleep(Math.ceil(wait));
    const row = permit.epoch === undefined ? undefined : await look(of);
    if (!row) return 'go';
    const standing = standingOf(row, clock.now());
    if ((row.epoch ?? 0) !== permit.epoch && standing.state !== 'closed') {
      const { until = permit.latest, reason } = standing;
      return { refused: 'open', until, reason };
    }
    wait = (row.pushedMs ?? 0) - permit.pushedMs - pushed;
    pushed += wait;
    if (permit.at + pushed > permit.latest) return { refused: 'busy', retryAfterMs: wait };
  }
  return 'go';
}

/** Takes a permit and waits until its slot comes. */
export async function enter(table: string, neighbour: Neighbour, ask: Ask): Promise<Permit | NoPermit> {
  const permit = await takePermit(table, neighbour, ask);
  if ('refused' in permit) return permit;
  const came = await waitForSlot(table, neighbour, permit);
  return came === 'go' ? permit : came;
}

/** What the item waits for that got no permit. */
export function waitingFor({ kind, name }: NeighbourName, refused: NoPermit, automation: string): Waiting {
  const open = refused.refused === 'open';
  if (open) count('breakersOpen', automation);
  const ms = open ? refused.until - clock.now() : refused.retryAfterMs;
  const why = open ? `its breaker is open (${refused.reason})` : 'it is busy';
  return new Waiting(`${kind} '${name}': ${why}`, Math.max(1, Math.ceil(ms / 1000)));
}

/** A row that cannot be read now changes nothing for who has a permit. */
async function look(of: Row): Promise<BreakerRow | undefined> {
  try {
    return remembered(of, FRESH_MS) ?? (await readRow(of));
  } catch (error) {
    if (error instanceof RowFault) return undefined;
    throw error;
  }
}
