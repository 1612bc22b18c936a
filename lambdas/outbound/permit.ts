import { randomUUID } from 'node:crypto';
import type { Endpoint } from '../contract/endpoint.ts';
import type { Priority } from '../contract/item/status.ts';
import { clock, sleep } from '../kit/clock.ts';
import { sha256 } from '../kit/digest.ts';
import { TransientError } from '../kit/errors.ts';
import { count, logger } from '../kit/telemetry.ts';
import { type BreakerRow, standingOf } from '../tables/control/breakers.ts';
import { breakerTimes, claimProbe, countCall, inEpoch } from './breaker.ts';
import { changeRow, type Row, type RowChange, RowFault, readRow, remembered } from './neighbour-row.ts';
import { looksIdle, type Place, placeOf, rampOf, takePlace, waitOf } from './rate-limiter.ts';
import { Waiting } from './waiting-error.ts';
import { LONGEST_WAIT_MS } from './waiting-time.ts';

/*
 * A turn at an endpoint: its breaker lets the call through and it has a place in the line. One write takes both, made on what
 * this instance remembers of the row. A turn that is not used is not given back: its place passes empty, and a probe's claim ends
 * by itself. Giving back would let a line's time go down, and every worker relies on that it only goes up.
 */

export interface Turn {
  /** Until its place in the line comes, as things stood when it was taken. */
  waitMs: number;
  /** It alone decides whether a half-open breaker closes. */
  probe: boolean;
  /** When its place comes, and the last moment it may be put off to. */
  at: number;
  latest: number;
  /** How far the line had been pushed back. */
  pushedMs: number;
  /** Undefined when the row could not be reached: nothing is reported of such a turn. */
  epoch: number | undefined;
  /** Whose call it is for, by the beginning of its digest. */
  item: string;
}

export type NoTurn =
  | { refused: 'open'; until: number; reason: string }
  | { refused: 'busy'; retryAfterMs: number };

export interface Ask {
  /** Input and the longest answer. */
  tokens: number;
  priority: Priority;
  /** Whom a metric of this turn is about. */
  automation: string;
  /** Whose call it is for. @default nobody else's */
  item?: string | undefined;
}

/** Each round is lost only to a change in the meantime: of the breaker, of the window, of an idle line. */
const ROUNDS = 8;

/** A refusal out of memory is at most this old: an operator's word is heard, and a refused crowd costs one read a second. */
const FRESH_MS = 1000;

/** What a probe takes besides the call itself. */
const PROBE_MARGIN_MS = 5000;

/**
 * Takes a place in the endpoint's line, if its breaker lets calls through and the wait fits the priority; else says why not,
 * and nothing is reserved.
 * @throws TransientError when the row cannot be reached just now; one that can never be reached lets the call through.
 */
export async function takeTurn(table: string, endpoint: Endpoint, ask: Ask): Promise<Turn | NoTurn> {
  try {
    return await take({ table, name: endpoint.name }, endpoint, ask);
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    if (error.transient)
      throw new TransientError(`endpoint '${endpoint.name}': its breaker cannot be read now`, {
        cause: error,
      });
    logger.error('breaker unreadable, call admitted', { endpoint: endpoint.name, reason: error.message });
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

async function take(of: Row, endpoint: Endpoint, ask: Ask): Promise<Turn | NoTurn> {
  const longest = LONGEST_WAIT_MS[ask.priority];
  let row = remembered(of) ?? (await readRow(of));
  for (let round = 0; round < ROUNDS; round += 1) {
    const now = clock.now();
    const plan = planFor(row, endpoint, ask, now, round === 0 && isCrowded(of));
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
    const waitMs = waitOf(plan.place, row, now);
    // An endpoint without limits was paused in this moment. A line would have failed the write.
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
  throw new TransientError(`endpoint '${endpoint.name}': too many calls at once for a turn`, {
    retryAfterSeconds: 1,
  });
}

/**
 * Endpoints whose line others keep up between two calls of this instance. What is remembered cannot tell such a line from an idle
 * one; what was wrong the last time is guessed the other way, so that the first write mostly holds.
 */
const crowded = new Set<string>();

function isCrowded({ table, name }: Row): boolean {
  return crowded.has(`${table} ${name}`);
}

function guessOtherwise({ table, name }: Row): void {
  const key = `${table} ${name}`;
  if (!crowded.delete(key)) crowded.add(key);
}

interface Plan {
  change: RowChange;
  place: Place | undefined;
  probe: boolean;
  /** Whether it goes by how the line probably is. */
  guessed: boolean;
}

function planFor(
  row: BreakerRow,
  endpoint: Endpoint,
  { tokens, priority }: Ask,
  now: number,
  keptUp: boolean,
): Plan | NoTurn {
  const standing = standingOf(row, now);
  if ('until' in standing && standing.until !== undefined) {
    const look = standing.state === 'half-open' ? now + breakerTimes.probeLookMs : standing.until;
    return { refused: 'open', until: Math.min(look, standing.until), reason: standing.reason };
  }
  const longest = LONGEST_WAIT_MS[priority];
  const place = placeOf(endpoint, tokens, rampOf(row, now));
  const idle = place !== undefined && looksIdle(place, row, now);
  const last = place && !idle ? { ...row, lineAt: (row.lineAt ?? 0) + place.costMs } : row;
  const waitMs = waitOf(place, last, now);
  if (waitMs > longest) return { refused: 'busy', retryAfterMs: waitMs };
  const guessed = idle && row.lineAt !== undefined;
  const parts = [countCall(row, now), { set: {}, add: {}, when: [inEpoch(row.epoch)] }];
  if (place) parts.push(takePlace(place, idle && !(guessed && keptUp), now, longest));
  const probe = standing.state === 'half-open';
  if (probe) parts.push(claimProbe(now + longest + endpoint.timeoutSeconds * 1000 + PROBE_MARGIN_MS));
  return { change: together(parts), place, probe, guessed };
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
 * Waits until the turn's place comes. Meanwhile the line may be pushed back, by a 429 that another call met, or the breaker
 * open: a wait of more than a moment ends with a look at the row, which the calls of an instance share.
 */
export async function waitForTurn(table: string, endpoint: Endpoint, turn: Turn): Promise<'go' | NoTurn> {
  const of = { table, name: endpoint.name };
  let pushed = 0;
  for (let wait = turn.at - clock.now(); wait > 0; ) {
    await sleep(Math.ceil(wait));
    const row = turn.epoch === undefined ? undefined : await look(of);
    if (!row) return 'go';
    const standing = standingOf(row, clock.now());
    if ((row.epoch ?? 0) !== turn.epoch && standing.state !== 'closed') {
      const { until = turn.latest, reason } = standing;
      return { refused: 'open', until, reason };
    }
    wait = (row.pushedMs ?? 0) - turn.pushedMs - pushed;
    pushed += wait;
    if (turn.at + pushed > turn.latest) return { refused: 'busy', retryAfterMs: wait };
  }
  return 'go';
}

/** Takes a turn and waits until it comes. */
export async function comeTo(table: string, endpoint: Endpoint, ask: Ask): Promise<Turn | NoTurn> {
  const turn = await takeTurn(table, endpoint, ask);
  if ('refused' in turn) return turn;
  const came = await waitForTurn(table, endpoint, turn);
  return came === 'go' ? turn : came;
}

/** What the item waits for that got no turn. */
export function waitFor({ name }: Endpoint, refused: NoTurn, automation: string): Waiting {
  const open = refused.refused === 'open';
  if (open) count('endpointsShut', automation);
  const ms = open ? refused.until - clock.now() : refused.retryAfterMs;
  const why = open ? `its breaker is open (${refused.reason})` : 'it is busy';
  return new Waiting(`endpoint '${name}': ${why}`, Math.max(1, Math.ceil(ms / 1000)));
}

/** A row that cannot be read now changes nothing for who has a turn. */
async function look(of: Row): Promise<BreakerRow | undefined> {
  try {
    return remembered(of, FRESH_MS) ?? (await readRow(of));
  } catch (error) {
    if (error instanceof RowFault) return undefined;
    throw error;
  }
}
