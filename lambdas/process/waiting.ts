import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { WorkMessage } from '../contract/item/messages.ts';
import type { ItemRow, TimelineEvent, Wait } from '../contract/item/row.ts';
import type { ItemStatus } from '../contract/item/status.ts';
import { sqs } from '../kit/aws.ts';
import { clock, DAY_SECONDS, isoNow } from '../kit/clock.ts';
import { count } from '../kit/telemetry.ts';
import { spent } from '../models/budget.ts';
import { BudgetSpent, Waiting } from '../outbound/waiting-error.ts';
import { type Amount, couldHold, hasRoom, readBudget } from '../tables/control/budgets.ts';
import { changeItem, event } from '../tables/items/items.ts';

/*
 * An item that cannot go on now is postponed: its next message is sent with a delay, and this one is done with. A message that came
 * back instead would use up its receives and end among the dead letters.
 *
 * The next message has a ticket, and is sent before the row names that ticket: what the row names is on its way, so a message with
 * another ticket is a duplicate and ends, and a crash in between costs a second message, never the item. The row's ticket is changed
 * on condition of what this delivery found there, so that of several deliveries at work one alone goes on waiting. Messages without a
 * ticket are those of intake, of `signalbox resume` and of operators: one that comes well before its time is a duplicate.
 */

type Env = EnvFor<'process/process'>;

/** The longest delay that SQS knows; also how often a suspended item looks whether its budget has room again. */
export const MOST_DELAY_SECONDS = 900;

/** How long an endpoint is waited for without a break, before the item is parked like one whose neighbour is down. */
const MOST_WAITING_SECONDS = DAY_SECONDS;

/**
 * An item that was last to go on longer ago than this has lain among the dead letters since. Less would take a queue that is behind
 * for a break, and the item would wait for ever. One that was parked has no wait any more.
 */
const BREAK_SECONDS = DAY_SECONDS;

/** What clocks of two machines and the delay of a queue may differ by. */
const SLACK_SECONDS = 60;

export type Held = 'postponed' | 'duplicate';

/** Whether the item has sent itself another message since it sent this one. */
export function isReplaced({ ticket }: ItemRow, message: WorkMessage): boolean {
  return message.ticket !== undefined && ticket !== undefined && message.ticket !== ticket;
}

/** Whether the item's own message, due then, has yet to come: what is here now is another one. */
export function isEarly(message: WorkMessage, due: string): boolean {
  return message.ticket === undefined && Date.parse(due) > clock.now() + SLACK_SECONDS * 1000;
}

/** Sends the item's next message and lets the row say what it waits for; false when the item has moved on meanwhile. */
export async function postpone(
  env: Env,
  { id, generation, ticket: held }: ItemRow,
  seconds: number,
  change: { from: readonly ItemStatus[]; to: ItemStatus; set: Partial<ItemRow>; events: TimelineEvent[] },
): Promise<boolean> {
  const ticket = randomUUID();
  const message: WorkMessage = { itemId: id, generation, ticket };
  await sqs().send(
    new SendMessageCommand({
      QueueUrl: env.WORK_QUEUE_URL,
      MessageBody: JSON.stringify(message),
      DelaySeconds: seconds,
    }),
  );
  // Refused, another delivery resumed or postponed it, an operator moved it, or it was judged and has a run that must find it as
  // it was left: either way it is done with here.
  return changeItem(env.ITEM_TABLE, { id, generation }, change.from, {
    status: change.to,
    set: { ...change.set, ticket },
    events: change.events,
    ...(held === undefined
      ? { without: ['verdict', 'ticket'] }
      : { without: ['verdict'], having: { ticket: held } }),
  });
}

/** Whether a message of an item that waits ends here, at the price of one look at most; false when the item is to go on. */
export async function stillWaits(
  env: Env,
  row: ItemRow,
  automation: Pick<Automation, 'name' | 'budget'>,
  message: WorkMessage,
): Promise<false | Held> {
  const wait = waitOf(row);
  if (!wait || row.verdict) return false;
  if (isReplaced(row, message)) return 'duplicate';
  if (row.status !== 'suspended' || !wait.needs) return isEarly(message, wait.until) && 'duplicate';
  const day = await readBudget(env.CONTROL_TABLE, row.automation);
  if (hasRoom(automation.budget, day, wait.needs)) return false;
  // No day will ever hold what is written here. A deploy may have made the call smaller, which only thinking can tell: it is tried
  // once a day, and whenever somebody sends the item to work. More often, its caller would be told of it four times an hour.
  const forNever = !couldHold(automation.budget, day, wait.needs);
  if (forNever && (message.ticket === undefined || !wasToldToday(row, 'suspended'))) return false;
  if (isEarly(message, wait.until)) return 'duplicate';
  await suspend(env, row, spent(automation, wait.needs));
  return 'postponed';
}

/**
 * Runs the thinking of an item, and puts the item off where it cannot go on now. What it has paid for is remembered.
 * @throws whatever it throws for other reasons, and `Waiting` when the item has waited long enough
 */
export async function orWait(env: Env, row: ItemRow, think: () => Promise<void>): Promise<'done' | 'waits'> {
  try {
    await think();
    return 'done';
  } catch (error) {
    if (error instanceof BudgetSpent) await suspend(env, row, error);
    else if (!(error instanceof Waiting && (await waitForEndpoint(env, row, error)))) throw error;
    return 'waits';
  }
}

/**
 * What the row says of an item that is thought about. One that has waited says nothing new, because it may do so thousands of times;
 * and a delivery without a ticket that comes back must not be taken for a duplicate.
 */
export function goingOn(row: ItemRow, attempt: number): { set: Partial<ItemRow>; events: TimelineEvent[] } {
  const wait = waitOf(row);
  if (!wait) return { set: {}, events: [event('processing', { attempt })] };
  return { set: { wait: { ...wait, until: isoNow() } }, events: [] };
}

const MAY_WAIT: readonly ItemStatus[] = ['received', 'processing', 'deferred', 'suspended'];

async function suspend(env: Env, row: ItemRow, { message, needs }: BudgetSpent): Promise<void> {
  const tomorrow = nextDay();
  const seconds = delay(tomorrow - clock.now());
  const set = { wait: waitFor('budget', row, seconds, needs) };
  const until = new Date(tomorrow).toISOString();
  const events = onceToday(row, event('suspended', { until, reason: message }));
  const written = await postpone(env, row, seconds, { from: MAY_WAIT, to: 'suspended', set, events });
  if (written && events.length > 0) count('itemsSuspended', row.automation);
}

/** False when it has waited for endpoints for a day. */
async function waitForEndpoint(env: Env, row: ItemRow, error: Waiting): Promise<boolean> {
  const seconds = error.lookSeconds;
  const wait = waitFor('endpoint', row, seconds);
  if (clock.now() >= Date.parse(wait.since) + MOST_WAITING_SECONDS * 1000) return false;
  const events = onceToday(row, event('waiting', { reason: error.message }));
  await postpone(env, row, seconds, { from: MAY_WAIT, to: 'processing', set: { wait }, events });
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

/** Undefined also for what an earlier generation waited for. */
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

/** Whole seconds that SQS takes as a delay. */
function delay(milliseconds: number): number {
  return Math.max(1, Math.min(MOST_DELAY_SECONDS, Math.ceil(milliseconds / 1000) || 1));
}

/** Midnight UTC, when a budget begins anew. */
function nextDay(): number {
  const day = DAY_SECONDS * 1000;
  return (Math.floor(clock.now() / day) + 1) * day;
}
