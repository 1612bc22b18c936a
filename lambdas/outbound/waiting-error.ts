import { TransientError, type TransientOptions } from '../kit/errors.ts';
import type { Amount } from '../tables/control/budgets.ts';

/*
 * The work is right and nothing failed: it cannot go on now. Both are transient, so that whoever knows nothing of them tries
 * again; process and act send the message anew instead, which costs no receive.
 */

/** How soon a shut neighbour is looked at again: who has mended it, or given its breaker back, need not wake anybody. */
const LOOK_SECONDS = 120;

/** A neighbour is busy or its breaker is open; worth another look after `seconds`. */
export class Waiting extends TransientError {
  readonly seconds: number;
  /** Its breaker is open: it is busy with nothing. */
  readonly open: boolean;
  constructor(
    message: string,
    seconds: number,
    { open = false, ...options }: Omit<TransientOptions, 'retryAfterSeconds'> & { open?: boolean } = {},
  ) {
    super(message, { ...options, retryAfterSeconds: seconds });
    this.seconds = seconds;
    this.open = open;
  }

  get lookSeconds(): number {
    return Math.max(1, Math.min(LOOK_SECONDS, Math.ceil(this.seconds) || 1));
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
