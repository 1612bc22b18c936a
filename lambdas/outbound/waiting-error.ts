import { TransientError } from '../kit/errors.ts';
import type { Amount } from '../tables/control/budgets.ts';

/*
 * The work is right and nothing failed: it cannot go on now. Both are transient, so that whoever knows nothing of them tries
 * again; the processor sends the item's message anew instead, which costs no receive.
 */

/** An endpoint is busy or its breaker is open; worth another look after `seconds`. */
export class Waiting extends TransientError {
  readonly seconds: number;
  constructor(message: string, seconds: number, options: ErrorOptions = {}) {
    super(message, { ...options, retryAfterSeconds: seconds });
    this.seconds = seconds;
  }
}

/** The day's budget does not hold a call of this size. */
export class BudgetSpent extends TransientError {
  readonly needs: Amount;
  constructor(message: string, needs: Amount, options: ErrorOptions = {}) {
    super(message, options);
    this.needs = needs;
  }
}

/** The item's message is sent anew, and the next run of the function goes on. */
export function outOfTime(): Waiting {
  return new Waiting('the time of this run is used up: the next one goes on', 1);
}
