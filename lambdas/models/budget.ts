import { errorFacts } from '../kit/errors.ts';
import { count, logger } from '../kit/telemetry.ts';
import { BudgetSpent } from '../outbound/waiting-error.ts';
import { tellAlarm } from '../tables/alarms/told.ts';
import {
  type Amount,
  allowance,
  type BudgetRow,
  bookAmount,
  correctAmount,
  extraOf,
  hasRoom,
  microUsd,
  noteRefused,
  noteWarning,
} from '../tables/control/budgets.ts';
import { budgetKey } from '../tables/keys.ts';
import { type Purse, purseOf, type Spender } from './purse.ts';

/*
 * What holds: at no moment is more booked on a day than its allowance, whatever runs at the same time. A call is booked at the
 * most it can cost before it is made, in a write whose condition is the allowance; a table that cannot be reached means no
 * call. What the call did not cost is given back afterwards. A fault in between leaves too much booked, never too little.
 * Only an endpoint that bills more than the upper bound we can compute exceeds the allowance.
 */

/**
 * What is booked for one call, and the day it was booked on, even if midnight passes before it is settled.
 */
export interface Reservation extends Amount {
  /** The day's row. */
  id: string;
  purse: Purse;
  /** True for the one call that took the day past four fifths of its allowance. */
  warning: boolean;
}

const WARN_AT = 0.8;

/**
 * Books the most a call can cost. What the day does not hold may come back from calls of this instance that are under way: it waits
 * for them first.
 * @throws BudgetSpent when today does not hold it, and whatever the table throws: then there is no call
 */
export async function reserve(
  table: string,
  automation: Spender,
  most: { usd: number; tokens: number },
  account?: string,
): Promise<Reservation> {
  const amount: Amount = { microUsd: microUsd(most.usd), tokens: Math.ceil(most.tokens) };
  for (;;) {
    // Of today, also after a wait.
    const id = budgetKey(automation.name, undefined, account);
    const purse = purseOf(table, automation.name, id);
    const booked = await purse.book(automation, amount);
    if (booked.is === 'later') await purse.changed(automation, amount);
    else if (booked.is === 'refused') {
      if (booked.smallest) await noteRefusal(table, automation.name, id, amount, booked.row);
      throw spent(automation, amount);
    } else {
      const { row } = booked;
      const warning =
        row !== undefined &&
        account === undefined &&
        (await crosses(table, automation.name, row, allowance(automation.budget, extraOf(row))));
      return { ...amount, id, purse, warning };
    }
  }
}

/** Returns what a call did not cost, or adds the rest. Never throws: what is not settled stays booked. */
export function settle({ purse, ...held }: Reservation, usedUsd: number, usedTokens: number): Promise<void> {
  return purse.settle(held, { microUsd: microUsd(usedUsd), tokens: Math.ceil(usedTokens) });
}

/** Puts everything back, for a call that was not made or that nobody bills. */
export function release(reservation: Reservation): Promise<void> {
  return settle(reservation, 0, 0);
}

/** What is booked for a call that somebody else makes, much later: it belongs to no purse, which ends with this invocation. */
export interface Ahead extends Amount {
  /** The day's row. */
  day: string;
}

/** Books on today at once. @throws as `reserve` does */
export async function bookAhead(
  table: string,
  automation: Spender,
  most: { usd: number; tokens: number },
): Promise<Ahead> {
  const amount: Amount = { microUsd: microUsd(most.usd), tokens: Math.ceil(most.tokens) };
  const day = budgetKey(automation.name);
  let extra = extraOf(undefined);
  for (let turn = 0; ; turn += 1) {
    const { done, row } = await bookAmount(table, day, amount, allowance(automation.budget, extra));
    if (done) {
      await crosses(table, automation.name, row, allowance(automation.budget, extraOf(row)));
      return { ...amount, day };
    }
    // What operators added to the day is told by the row that refuses.
    if (turn > 0 || !hasRoom(automation.budget, row, amount)) {
      await noteRefusal(table, automation.name, day, amount, row);
      throw spent(automation, amount);
    }
    extra = extraOf(row);
  }
}

/** Corrects a day by what such calls cost beyond their bookings; below zero, gives back. @throws what the table throws */
export async function settleAhead(table: string, day: string, more: Amount): Promise<void> {
  if (more.microUsd !== 0 || more.tokens !== 0) await correctAmount(table, day, more);
}

export function spent({ name, budget }: Spender, needs: Amount): BudgetSpent {
  if (!hasRoom(budget, undefined, needs))
    return new BudgetSpent(`one call of '${name}' can cost more than its budget of a whole day`, needs);
  return new BudgetSpent(`the budget of '${name}' for today does not hold this call`, needs);
}

/** Whether this booking is the one to warn about. The row remembers the warning, for the API. */
async function crosses(table: string, automation: string, row: BudgetRow, most: Amount): Promise<boolean> {
  const share = Math.max(
    (row.spentMicroUsd ?? 0) / most.microUsd,
    most.tokens === Number.POSITIVE_INFINITY ? 0 : (row.spentTokens ?? 0) / most.tokens,
  );
  if (!(share >= WARN_AT) || row.warnedAt) return false;
  const first = await note(row.id, noteWarning(table, row.id));
  if (!first) return false;
  logger.warn('most of the budget is spent', { automation, share: Number(share.toFixed(3)), of: most });
  count('budgetWarnings', automation);
  await tellAlarm(table, 'budget/warning', automation);
  return true;
}

/** Keeps the smallest refused call: without room even for it, the automation is suspended. */
async function noteRefusal(
  table: string,
  automation: string,
  id: string,
  amount: Amount,
  row: BudgetRow | undefined,
): Promise<void> {
  const { refusedMicroUsd = Number.POSITIVE_INFINITY, refusedTokens = 0 } = row ?? {};
  if (refusedMicroUsd < amount.microUsd) return;
  if (refusedMicroUsd === amount.microUsd && refusedTokens <= amount.tokens) return;
  const noted = await note(id, noteRefused(table, id, amount));
  if (noted && !row?.suspendedAt) logger.warn('the budget is spent', { automation, refused: amount });
}

/* Notes are for people: a note that fails must neither lose a booking nor change a refusal. */
function note(id: string, noted: Promise<boolean>): Promise<boolean> {
  return noted.catch((error: unknown) => {
    logger.warn('budget not noted', { budget: id, reason: errorFacts(error).message });
    return false;
  });
}
