import { clock, DAY_SECONDS, epochSeconds, isoNow } from '../../kit/clock.ts';
import { get, put, remove } from '../../kit/dynamo/rows.ts';
import { behindKey } from '../keys.ts';

/** How long low-priority work is postponed at a time: the longest delay of SQS. */
export const DEFER_SECONDS = 900;

/** After this long it goes on, whether the approvers have caught up or not. */
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
