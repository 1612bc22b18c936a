import type { Automation } from '../../contract/automation.ts';
import { clock, DAY_SECONDS, epochSeconds, isoNow } from '../../kit/clock.ts';
import { get, put, remove } from '../../kit/dynamo/rows.ts';
import { behindKey } from '../keys.ts';
import { allowance, extraOf, readBudget } from './budgets.ts';
import { readLate, takeSlot } from './lane.ts';

/** How long low-priority work is postponed at a time: the longest delay of SQS. */
export const DEFER_SECONDS = 900;

/** After this long it goes on, whatever it waited for. */
export const MOST_DEFERRED_SECONDS = DAY_SECONDS;

/** The timekeeper looks each minute; a timekeeper that stands still must not hold work back for long. */
const HOLDS_SECONDS = 180;

/** The control table's row of an automation whose oldest open approval is overdue. */
export interface Behind {
  id: string;
  /** Since when without a break (ISO 8601). */
  since: string;
  /** When the oldest approval was asked for (ISO 8601). */
  oldestAt: string;
  /** Milliseconds since 1970: later this row means nothing. */
  until: number;
  expiresAt: number;
}

/** Undefined when approvals are on time, or nobody has looked lately. */
export async function readBehind(table: string, automation: string): Promise<Behind | undefined> {
  const behind = await get<Behind>(table, behindKey(automation));
  return behind && behind.until > clock.now() ? behind : undefined;
}

/** Says that approvers are behind, for the next few minutes. */
export async function writeBehind(table: string, automation: string, oldestAt: string): Promise<void> {
  const before = await readBehind(table, automation);
  await put<Behind>(table, {
    id: behindKey(automation),
    since: before?.since ?? isoNow(),
    oldestAt,
    until: clock.now() + HOLDS_SECONDS * 1000,
    expiresAt: epochSeconds(DAY_SECONDS),
  });
}

/** Says that approvers have caught up. */
export async function clearBehind(table: string, automation: string): Promise<void> {
  await remove(table, behindKey(automation));
}

/** What low-priority work gives way to. */
export type Cause = 'approvers' | 'queue' | 'budget';

/** What of a day's budget low-priority work may use up, where nothing else is declared: the rest is for what was promised. */
const SHARE_FOR_LOW = 0.8;

/** The one place that decides whether low-priority work waits, and for what; undefined if it may go on. */
export async function whyLowWaits(
  table: string,
  { name, promise, budget }: Pick<Automation, 'name' | 'promise' | 'budget'>,
): Promise<Cause | undefined> {
  // What is not promised cannot be broken, and is not asked for.
  const [behind, late, day] = await Promise.all([
    readBehind(table, name),
    promise && readLate(table, name),
    promise && readBudget(table, name),
  ]);
  if (behind) return 'approvers';
  if (late) return 'queue';
  if (!promise) return undefined;
  const { microUsd, tokens } = allowance(budget, extraOf(day));
  const share = promise.budgetForLow ?? SHARE_FOR_LOW;
  const spent = (day?.spentMicroUsd ?? 0) >= share * microUsd || (day?.spentTokens ?? 0) >= share * tokens;
  return spent ? 'budget' : undefined;
}

/** As if each took this long of one of the automation's places. */
const EACH_MS = 10_000;

/** When an item that is deferred now comes back (milliseconds since 1970): in its turn, and paced. */
export function backAt(
  table: string,
  { name, maxConcurrency }: Pick<Automation, 'name' | 'maxConcurrency'>,
): Promise<number> {
  const earliest = clock.now() + DEFER_SECONDS * 1000;
  return takeSlot(table, name, { earliest, everyMs: Math.ceil(EACH_MS / maxConcurrency) });
}

/** The delay of a message about an item that comes back then, in seconds: the longest of SQS where that is later. */
export function delayUntil(at: number): number {
  return Math.max(0, Math.min(DEFER_SECONDS, Math.ceil((at - clock.now()) / 1000)));
}
