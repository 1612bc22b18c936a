import type { RegistryEntry } from '../../contract/registry.ts';
import { DAY_SECONDS, epochSeconds, isoNow } from '../../kit/clock.ts';
import { getTogether } from '../../kit/dynamo/gets.ts';
import {
  above,
  absent,
  all,
  atMost,
  either,
  get,
  is,
  type Outcome,
  present,
  update,
  updateAndSee,
} from '../../kit/dynamo/rows.ts';
import { budgetKey } from '../keys.ts';

/** Long after the month's statistics are made. */
const KEEP_SECONDS = 90 * DAY_SECONDS;

/** What a call may cost or did cost, in whole millionths of a dollar: binary fractions drift. */
export interface Amount {
  microUsd: number;
  tokens: number;
}

/** The part of an automation's budget that is about a day. */
export interface DayBudget {
  perDayUsd: number;
  perDayTokens?: number | undefined;
}

/** The control table's row of one automation's spending on one day (UTC). */
export interface BudgetRow {
  id: string;
  /** What was paid, and what calls under way may yet cost. */
  spentMicroUsd?: number;
  spentTokens?: number;
  /** What operators added for this day. */
  extraMicroUsd?: number;
  extraTokens?: number;
  /** The smallest call that the day did not hold. */
  refusedMicroUsd?: number;
  refusedTokens?: number;
  warnedAt?: string;
  suspendedAt?: string;
  raises?: Raise[];
  expiresAt: number;
}

export interface Raise extends Amount {
  at: string;
  by: string;
}

/** Whole millionths, rounded up, except for a binary fraction's tail: `0.000123 * 1_000_000`. */
export function microUsd(usd: number): number {
  return Math.ceil(Number((usd * 1_000_000).toFixed(6)));
}

/** Undefined when nothing was spent, refused or added on this day. */
export function readBudget(table: string, automation: string): Promise<BudgetRow | undefined> {
  return get(table, budgetKey(automation));
}

/** Those of these days on which a call found no room, so that work waited. */
export async function daysSpent(
  table: string,
  automation: string,
  days: readonly string[],
): Promise<string[]> {
  const rows = await Promise.all(
    days.map((day) => getTogether<BudgetRow>(table, budgetKey(automation, day))),
  );
  return days.filter((_, at) => rows[at]?.suspendedAt !== undefined);
}

/**
 * Allows more for today, and for today only. The day warns anew, and nothing counts as refused until it is again.
 * @throws Unanswered when nobody knows whether it was allowed: what was made twice would allow twice as much
 */
export async function raiseBudget(
  table: string,
  automation: string,
  { by, ...extra }: Amount & { by: string },
): Promise<BudgetRow | undefined> {
  const { row } = await updateAndSee<BudgetRow>(table, budgetKey(automation), {
    once: true,
    add: { extraMicroUsd: extra.microUsd, extraTokens: extra.tokens },
    set: { expiresAt: budgetEnd() },
    append: { raises: [{ at: isoNow(), by, ...extra }] },
    remove: ['warnedAt', 'suspendedAt', 'refusedMicroUsd', 'refusedTokens'],
  });
  return row;
}

/** Books an amount on a day that has this much room before it. Refused, it tells the day as it is. */
export function bookAmount(
  table: string,
  id: string,
  { microUsd: money, tokens }: Amount,
  allowed: Amount,
): Promise<Outcome<BudgetRow>> {
  const room = [
    ...fits('spentMicroUsd', allowed.microUsd - money),
    ...fits('spentTokens', allowed.tokens - tokens),
  ];
  return updateAndSee<BudgetRow>(table, id, {
    add: { spentMicroUsd: money, spentTokens: tokens },
    set: { expiresAt: budgetEnd() },
    when: all(...room),
  });
}

/** The condition that leaves room for an amount, which takes `left` off the allowance. */
function fits(field: 'spentMicroUsd' | 'spentTokens', left: number) {
  if (left === Number.POSITIVE_INFINITY) return [];
  // Not even an empty day holds more than it may come to.
  return [left < 0 ? atMost(field, left) : either(absent(field), atMost(field, left))];
}

/**
 * Adds what a call cost beyond its booking; below zero, gives back. A row that somebody removed must not come back with less than
 * nothing in it.
 * @throws Unanswered when nobody knows whether it was written: made twice, it would give back what others have booked
 */
export function correctAmount(table: string, id: string, more: Amount): Promise<boolean> {
  return update<BudgetRow>(table, id, {
    once: true,
    add: { spentMicroUsd: more.microUsd, spentTokens: more.tokens },
    when: present('spentMicroUsd'),
  });
}

/** That the day has warned; false where it had. */
export function noteWarning(table: string, id: string): Promise<boolean> {
  return update<BudgetRow>(table, id, { set: { warnedAt: isoNow() }, when: absent('warnedAt') });
}

/** Keeps the smallest call that the day refused; false where a smaller one is known. */
export function noteRefused(
  table: string,
  id: string,
  { microUsd: money, tokens }: Amount,
): Promise<boolean> {
  return update<BudgetRow>(table, id, {
    set: { refusedMicroUsd: money, refusedTokens: tokens, expiresAt: budgetEnd() },
    setOnce: { suspendedAt: isoNow() },
    when: either(
      absent('refusedMicroUsd'),
      above('refusedMicroUsd', money),
      all(is('refusedMicroUsd', money), above('refusedTokens', tokens)),
    ),
  });
}

function budgetEnd(): number {
  return epochSeconds(KEEP_SECONDS);
}

/** What operators added to the day. */
export function extraOf(row: BudgetRow | undefined): Amount {
  return { microUsd: row?.extraMicroUsd ?? 0, tokens: row?.extraTokens ?? 0 };
}

/** Most that a day may come to; infinite where nothing limits it. */
export function allowance({ perDayUsd, perDayTokens }: DayBudget, extra: Amount): Amount {
  return {
    microUsd: microUsd(perDayUsd) + extra.microUsd,
    tokens: (perDayTokens ?? Number.POSITIVE_INFINITY) + extra.tokens,
  };
}

/** Whether the day has room for this much, as far as a look can tell: only `reserve` takes it. */
export function hasRoom(budget: DayBudget, row: BudgetRow | undefined, amount: Amount): boolean {
  const most = allowance(budget, extraOf(row));
  return (
    (row?.spentMicroUsd ?? 0) + amount.microUsd <= most.microUsd &&
    (row?.spentTokens ?? 0) + amount.tokens <= most.tokens
  );
}

/** Whether the day would have room for this much if nothing were spent of it yet. */
export function couldHold(budget: DayBudget, row: BudgetRow | undefined, amount: Amount): boolean {
  return hasRoom(budget, row && { ...row, spentMicroUsd: 0, spentTokens: 0 }, amount);
}

/** Whether work waits for this budget: a call was refused, and the day would refuse it still. */
export function isSuspended(budget: DayBudget, row: BudgetRow | undefined): boolean {
  if (row?.refusedMicroUsd === undefined) return false;
  return !hasRoom(budget, row, { microUsd: row.refusedMicroUsd, tokens: row.refusedTokens ?? 0 });
}

/** An automation's budget with what has become of it today. */
export function budgetView(budget: RegistryEntry['budget'], row: BudgetRow | undefined) {
  const extra = extraOf(row);
  return {
    ...budget,
    spentTodayUsd: (row?.spentMicroUsd ?? 0) / 1_000_000,
    spentTodayTokens: row?.spentTokens ?? 0,
    extraUsd: extra.microUsd / 1_000_000,
    extraTokens: extra.tokens,
    warned: row?.warnedAt !== undefined,
    suspended: isSuspended(budget, row),
  };
}
