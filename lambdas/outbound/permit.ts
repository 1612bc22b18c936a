import type { Priority } from '../contract/item/status.ts';
import type { Neighbour, NeighbourName } from '../contract/neighbour.ts';
import { clock, sleep } from '../kit/clock.ts';
import { TransientError } from '../kit/errors.ts';
import { count, logger } from '../kit/telemetry.ts';
import { together } from '../kit/together.ts';
import { type BreakerRow, standingOf } from '../tables/control/breakers.ts';
import { breakerTimes, isTriedOften } from './neighbour/breaker.ts';
import { FRESH_MS, freePermit, type Permit, permitOf, takeAll, type Wanted } from './neighbour/permits.ts';
import { type NoPermit, refusedBy } from './neighbour/plan.ts';
import { keyOf, type Row, RowFault, readRow, remembered, rowOf } from './neighbour/row.ts';
import { Waiting } from './waiting-error.ts';
import { LONGEST_WAIT_MS } from './waiting-time.ts';

export type { NoPermit, Permit };

/*
 * A permit for one call to a neighbour: its breaker lets the call through, and its rate limiter has a slot for it. One write takes
 * both, made on what this instance remembers of the row. A permit that is not used is not given back: its slot passes empty, and a
 * probe's claim ends by itself. Giving back would let the limiter's time go down, and every worker relies on that it only goes up.
 */

export interface Ask {
  /** Input and the longest answer. */
  tokens: number;
  priority: Priority;
  /** Whom a metric of this permit is about. */
  automation: string;
  /** Whose call it is for. @default nobody else's */
  item?: string | undefined;
}

/** Permits in one write. */
const MOST = 100;

/**
 * Takes a slot of the neighbour's rate limiter, if its breaker lets calls through and the wait fits the priority; else says why
 * not, and nothing is reserved.
 * @throws TransientError when the row cannot be reached just now; one that can never be reached lets the call through.
 */
export async function takePermit(table: string, neighbour: Neighbour, ask: Ask): Promise<Permit | NoPermit> {
  const wanted: Wanted = { ...ask, longestMs: LONGEST_WAIT_MS[ask.priority] };
  try {
    const of = rowOf(table, neighbour);
    return freePermit(of, neighbour, wanted) ?? (await counterOf(of, neighbour)(wanted));
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    if (error.transient)
      throw new TransientError(`${neighbour.kind} '${neighbour.name}': its breaker cannot be read now`, {
        cause: error,
      });
    logger.error('breaker unreadable, call admitted', { ...named(neighbour), reason: error.message });
    count('breakerUnreadable', ask.automation);
    return { ...permitOf({ ...wanted, longestMs: 0 }, { id: '' }, clock.now(), 0), epoch: undefined };
  }
}

/** Whom a line of the log is about, as a field named like its kind. */
export function named({ kind, name }: NeighbourName): Record<string, string> {
  return { [kind]: name };
}

type Counter = (wanted: Wanted) => Promise<Permit | NoPermit>;
const counters = new Map<string, Counter>();

/** Permits of one neighbour that are asked for at the same time are taken together. */
function counterOf(of: Row, neighbour: Neighbour): Counter {
  const { requestsPerMinute, tokensPerMinute, timeoutSeconds } = neighbour;
  const key = [keyOf(of), requestsPerMinute, tokensPerMinute, timeoutSeconds].join(' ');
  const counter = counters.get(key) ?? together(MOST, (group) => takeAll(of, neighbour, group));
  counters.set(key, counter);
  return counter;
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
      return { refused: 'open', until, reason, often: isTriedOften(row) };
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
export function waitingFor(neighbour: NeighbourName, refused: NoPermit, automation: string): Waiting {
  const { kind, name } = neighbour;
  const open = refused.refused === 'open';
  if (open) count('breakersOpen', automation);
  const ms = open ? refused.until - clock.now() : refused.retryAfterMs;
  const why = open ? `its breaker is open (${refused.reason})` : 'it is busy';
  const { spreadMs, lookAskMs } = breakerTimes;
  const over = open && refused.often ? Math.max(spreadMs, lookAskMs - ms) : spreadMs;
  const spread = open ? Math.random() * over : 0;
  const seconds = Math.max(1, Math.ceil((ms + spread) / 1000));
  return new Waiting(`${kind} '${name}': ${why}`, seconds, { open, neighbour });
}

/**
 * What there is to wait for while its breaker lets no call through, as a look at its row tells: nothing is taken. `anew`: what is
 * remembered of it may be from before it closed.
 */
export async function whileShut(
  table: string,
  neighbour: NeighbourName,
  { automation, anew = false }: { automation: string; anew?: boolean | undefined },
): Promise<Waiting | undefined> {
  const row = await look(rowOf(table, neighbour), anew ? 0 : FRESH_MS);
  const refused = row && refusedBy(row, clock.now());
  return refused && waitingFor(neighbour, refused, automation);
}

/** A row that cannot be read now changes nothing for who has a permit. */
async function look(of: Row, withinMs = FRESH_MS): Promise<BreakerRow | undefined> {
  try {
    return (withinMs > 0 ? remembered(of, withinMs) : undefined) ?? (await readRow(of));
  } catch (error) {
    if (error instanceof RowFault) return undefined;
    throw error;
  }
}
