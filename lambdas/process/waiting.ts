import { randomUUID } from 'node:crypto';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { WorkMessage } from '../contract/item/messages.ts';
import type { ItemRow, TimelineEvent, Wait } from '../contract/item/row.ts';
import type { ItemStatus } from '../contract/item/status.ts';
import { clock, DAY_SECONDS, isoNow } from '../kit/clock.ts';
import { count } from '../kit/telemetry.ts';
import { BatchPending } from '../models/batch/pending.ts';
import { spent } from '../models/budget.ts';
import { whileShut } from '../outbound/permit.ts';
import { BudgetSpent, Waiting } from '../outbound/waiting-error.ts';
import { tellAlarm } from '../tables/alarms/told.ts';
import { type Amount, couldHold, hasRoom, readBudget } from '../tables/control/budgets.ts';
import type { HoldNote } from '../tables/control/hold.ts';
import { event, type ItemChange } from '../tables/items/items.ts';
import { toWork } from '../tables/items/lanes.ts';
import { leaseLeft } from '../tables/items/lease.ts';
import { awaited, waitsOn } from '../tables/redrives/waiting.ts';
import { endWork, type Work } from './work.ts';

/*
 * An item that cannot go on now is postponed: its next message is sent with a delay, and this one is done with. A message that came
 * back instead would use up its receives and end among the dead letters.
 *
 * The next message has a ticket, and is sent before the row names that ticket: what the row names is under
 * way, so a message with another ticket is a duplicate and ends, and a crash in between costs a second
 * message, never the item. The row's ticket changes only if it is still the one this delivery found, so that
 * of several deliveries only one goes on waiting. Messages without a ticket come from intake, from `signalbox
 * resume` and from operators: one that comes well before its time is a duplicate.
 */

type Env = EnvFor<'process/process'>;

/** The longest delay of SQS; also how often a suspended item checks its budget. */
export const MOST_DELAY_SECONDS = 900;

/** How long an endpoint is waited for without a break, before the item is parked. */
const MOST_WAITING_SECONDS = DAY_SECONDS;

/**
 * An item whose next message is overdue by more than this has lain among the dead letters since. A shorter
 * time would take a queue that is behind for a break, and the item would wait forever. A parked item has no
 * wait any more.
 */
const BREAK_SECONDS = DAY_SECONDS;

/** The possible difference between two machines' clocks, and in the delay of a queue. */
export const SLACK_SECONDS = 60;

export type Held = 'postponed' | 'duplicate';

/** Whether the item has sent itself another message since this one. */
export function isReplaced({ ticket }: ItemRow, message: WorkMessage): boolean {
  return message.ticket !== undefined && ticket !== undefined && message.ticket !== ticket;
}

/** Whether the item's own message, due then, has yet to come: the present one is another. */
export function isEarly(message: WorkMessage, due: string): boolean {
  return message.ticket === undefined && Date.parse(due) > clock.now() + SLACK_SECONDS * 1000;
}

/** Sends the item's next message and stores what it waits for; false if the item has moved on. */
export async function postpone(
  env: Env,
  work: Work,
  seconds: number,
  change: { from: readonly ItemStatus[]; to: ItemStatus; set: Partial<ItemRow>; events: TimelineEvent[] },
): Promise<boolean> {
  const ticket = randomUUID();
  await toWork(env, work.row, { ticket, delaySeconds: seconds });
  // Refused, another delivery resumed or postponed it, an operator moved it, or it was judged and has a run that must find it as
  // it was left: either way it is done with here.
  const { done } = await endWork(env, work, change.from, {
    status: change.to,
    set: { ...change.set, ticket },
    events: change.events,
    ...asItWas(work.row),
  });
  return done;
}

/** Once judged, it is not thought about again; with another ticket, another message carries it on. */
export function asItWas({ ticket }: ItemRow) {
  return ticket === undefined
    ? { without: ['verdict', 'ticket'] as const }
    : { without: ['verdict'] as const, having: { ticket } };
}

/** Whether a waiting item's message ends here, at the cost of one check; false if it is to go on. */
export async function stillWaits(
  env: Env,
  row: ItemRow,
  automation: Pick<Automation, 'name' | 'budget'>,
  message: WorkMessage,
): Promise<false | Held> {
  const wait = waitOf(row);
  if (!wait || row.verdict) return false;
  if (isReplaced(row, message)) return 'duplicate';
  if (wait.for === 'hold' || wait.for === 'batch') return false;
  if (wait.for === 'endpoint' && (await isShut(env, row, message))) return 'postponed';
  if (row.status !== 'suspended' || !wait.needs) return isEarly(message, wait.until) && 'duplicate';
  const day = await readBudget(env.CONTROL_TABLE, row.automation);
  if (hasRoom(automation.budget, day, wait.needs)) return false;
  // No day's budget will ever hold this call. A deploy may have made it smaller, which only thinking can
  // tell: it is tried once a day, and whenever somebody resumes the item. More often would tell its caller
  // four times an hour.
  const forNever = !couldHold(automation.budget, day, wait.needs);
  if (forNever && (message.ticket === undefined || !wasToldToday(row, 'suspended'))) return false;
  if (isEarly(message, wait.until)) return 'duplicate';
  await suspend(env, { row, calls: [] }, spent(automation, wait.needs));
  return 'postponed';
}

/** How often an item that waits says so in its row: what has been quiet for two hours is taken for lost. */
const TOLD_MS = 1_800_000;

/**
 * Whether whom it waits for is down as before: then its next message goes out with the same ticket, and nothing is claimed or written.
 */
async function isShut(env: Env, row: ItemRow, { ticket, woken }: WorkMessage): Promise<boolean> {
  const neighbour = awaited(row);
  if (!neighbour || woken || ticket === undefined || leaseLeft(row) > 0) return false;
  if (clock.now() - Date.parse(row.updatedAt) > TOLD_MS) return false;
  const shut = await whileShut(env.CONTROL_TABLE, neighbour, row);
  if (shut) await toWork(env, row, { ticket, delaySeconds: shut.lookSeconds });
  return shut !== undefined;
}

/**
 * Runs the thinking of an item, and postpones the item if it cannot go on now. Paid steps are remembered.
 * @throws whatever it throws for other reasons, and `Waiting` when the item has waited long enough
 */
export async function orWait(env: Env, work: Work, think: () => Promise<void>): Promise<'done' | 'waits'> {
  try {
    await think();
    return 'done';
  } catch (error) {
    if (error instanceof BatchPending) await awaitBatch(env, work, error);
    else if (error instanceof BudgetSpent) await suspend(env, work, error);
    else if (!(error instanceof Waiting && (await waitForEndpoint(env, work, error)))) throw error;
    return 'waits';
  }
}

/** One that has waited writes nothing new; a redelivery without a ticket is no duplicate. What was held goes on as if it came now. */
export function goingOn(row: ItemRow, attempt: number): ItemChange {
  const wait = waitOf(row);
  if (!wait || wait.for === 'hold')
    return { ...(wait ? { remove: ['wait'] } : {}), events: [event('processing', { attempt })] };
  return { set: { wait: { ...wait, until: isoNow() } }, events: [] };
}

const MAY_WAIT: readonly ItemStatus[] = ['received', 'processing', 'deferred', 'suspended'];

async function suspend(env: Env, work: Work, { message, needs }: BudgetSpent): Promise<void> {
  const { row } = work;
  const tomorrow = nextDay();
  const seconds = delay(tomorrow - clock.now());
  const set = { wait: waitFor('budget', row, seconds, needs) };
  const until = new Date(tomorrow).toISOString();
  const events = onceToday(row, event('suspended', { until, reason: message }));
  const written = await postpone(env, work, seconds, { from: MAY_WAIT, to: 'suspended', set, events });
  if (!written || events.length === 0) return;
  count('itemsSuspended', row.automation);
  await tellAlarm(env.CONTROL_TABLE, 'budget/spent', row.automation);
}

/** For as long as an operator holds its automation: what it waited for before begins anew then. */
export async function hold(env: Env, work: Work, { at, by, reason }: HoldNote): Promise<void> {
  const { row } = work;
  const isTold = row.timeline.some((it) => it.event === 'suspended' && it.by === by && it.since === at);
  const events = isTold ? [] : [event('suspended', { by, since: at, reason })];
  const set = { wait: waitFor('hold', row, MOST_DELAY_SECONDS) };
  await postpone(env, work, MOST_DELAY_SECONDS, { from: MAY_WAIT, to: 'suspended', set, events });
}

/** Until its answer comes with a batch. It has no message meanwhile: whoever keeps the batches sends it on, `until` then at the latest. */
async function awaitBatch(env: Env, work: Work, { until, message: reason }: BatchPending): Promise<void> {
  const { row } = work;
  const deferredUntil = new Date(until).toISOString();
  const wait = { ...waitFor('batch', row, 0), until: deferredUntil };
  await endWork(env, work, MAY_WAIT, {
    status: 'deferred',
    // With another ticket, whatever carried it on before ends.
    set: { wait, deferredUntil, ticket: randomUUID() },
    events: onceToday(row, event('deferred', { until: deferredUntil, reason })),
    ...asItWas(row),
  });
}

/** False if it has waited for endpoints for a day. */
async function waitForEndpoint(env: Env, work: Work, error: Waiting): Promise<boolean> {
  const { row } = work;
  const seconds = error.lookSeconds;
  const wait = waitFor('endpoint', row, seconds);
  if (clock.now() >= Date.parse(wait.since) + MOST_WAITING_SECONDS * 1000) return false;
  const events = onceToday(row, event('waiting', { reason: error.message }));
  const waits = error.open ? waitsOn(row, error).set : {};
  await postpone(env, work, seconds, { from: MAY_WAIT, to: 'processing', set: { wait, ...waits }, events });
  return true;
}

/* An item may wait thousands of times, and its row is bounded. */
function onceToday(row: ItemRow, told: TimelineEvent): TimelineEvent[] {
  return wasToldToday(row, told.event) ? [] : [told];
}

function wasToldToday({ timeline }: ItemRow, name: string): boolean {
  const day = isoNow().slice(0, 10);
  return timeline.some(({ event, at }) => event === name && at.startsWith(day));
}

/** How long an item waits for what it can do without. */
const PATIENT_SECONDS = 600;

/** Whether it has waited in this generation for as long as anything that it does not need is worth. */
export function hasWaited(row: ItemRow): boolean {
  const wait = waitOf(row);
  return (
    wait !== undefined &&
    wait.for !== 'batch' &&
    Date.parse(wait.since) + PATIENT_SECONDS * 1000 <= clock.now()
  );
}

/** Undefined also for a wait of an earlier generation. */
function waitOf({ wait, generation }: ItemRow): Wait | undefined {
  return wait?.generation === generation ? wait : undefined;
}

function waitFor(what: Wait['for'], row: ItemRow, seconds: number, needs?: Amount): Wait {
  const before = waitOf(row);
  const unbroken = before?.for === what && Date.parse(before.until) > clock.now() - BREAK_SECONDS * 1000;
  const since = unbroken ? before.since : isoNow();
  const until = new Date(clock.now() + seconds * 1000).toISOString();
  return { for: what, generation: row.generation, since, until, ...(needs ? { needs } : {}) };
}

function delay(milliseconds: number): number {
  return Math.max(1, Math.min(MOST_DELAY_SECONDS, Math.ceil(milliseconds / 1000) || 1));
}

function nextDay(): number {
  const day = DAY_SECONDS * 1000;
  return (Math.floor(clock.now() / day) + 1) * day;
}
