import { clock, DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { absent, all, below, either, get, is, update, updateAndSeeBefore } from '../../kit/dynamo/rows.ts';
import { actionId, automationOf } from '../keys.ts';

/*
 * One row per action and item: the intent is written before the call, the outcome after it. Between the two nobody knows what
 * happened, so the intent carries a lease: while it runs, no other delivery calls; when it has run out, the worker died in the
 * middle, and only a destination that takes our key may be called again.
 */

/** Longer than the function may run: a lease that has ended belongs to a worker that is gone. */
const LEASE_MS = 60_000;

/** Longer than items are kept (3,650 days): no redelivery may find its action forgotten. */
const KEEP_SECONDS = 3700 * DAY_SECONDS;

export type Beginning<Result> =
  | {
      state: 'begun';
      attempt: number;
      after?: string | undefined;
      /** The destination may have seen this key before. */
      repeated: boolean;
      /** An earlier call had no clear answer: it may have acted. */
      unsure: boolean;
    }
  | { state: 'done'; result: Result }
  | { state: 'busy'; seconds: number }
  | { state: 'unknown' };

interface LedgerRow<Result> {
  id: string;
  state: 'intent' | 'done' | 'failed';
  leaseUntil: number;
  expiresAt: number;
  result?: Result;
  failure?: string;
  /** Some call had no clear answer. It stays so: no later refusal says what became of that one. */
  unsure?: boolean;
  [tries: `tries_g${number}`]: number;
}

/** The ledger of a table. `Result`: what a destination's answer says was done. */
export class Ledger<Result> {
  readonly #table: string;
  constructor(table: string) {
    this.#table = table;
  }

  /** Writes the intent, or says why there may be no call now. */
  async begin(key: string, generation: number, repeatable: boolean): Promise<Beginning<Result>> {
    const tries = `tries_g${generation}` as const;
    const deadWorker = all(is('state', 'intent'), below('leaseUntil', clock.now()));
    const { done, row } = await updateAndSeeBefore<LedgerRow<Result>>(this.#table, rowId(key), {
      set: {
        state: 'intent',
        leaseUntil: clock.now() + LEASE_MS,
        expiresAt: epochSeconds(KEEP_SECONDS),
      },
      add: { [tries]: 1 },
      when: either(absent('id'), is('state', 'failed'), ...(repeatable ? [deadWorker] : [])),
    });
    if (!done) return standing(row);
    const attempt = Number(row?.[tries] ?? 0) + 1;
    return {
      state: 'begun',
      attempt,
      repeated: row !== undefined,
      unsure: row?.unsure === true || row?.state === 'intent',
      ...(row && attempt > 1 ? { after: whyAgain(row) } : {}),
    };
  }

  /** How an action stands, without an intent. `doubtful`: it may have been done. */
  async look(key: string): Promise<{ result?: Result | undefined; doubtful: boolean }> {
    const row = await get<LedgerRow<Result>>(this.#table, rowId(key));
    return { result: row?.result, doubtful: row?.unsure === true || row?.state === 'intent' };
  }

  async done(key: string, result: Result): Promise<void> {
    await this.#settle(key, { state: 'done', result });
  }

  /** The call failed, or may be repeated: the next delivery may try again. `unsure`: it may have acted. */
  async failed(key: string, failure: string, unsure: boolean): Promise<void> {
    await this.#settle(key, { state: 'failed', failure, ...(unsure ? { unsure } : {}) });
  }

  async #settle(key: string, outcome: Partial<LedgerRow<Result>>): Promise<void> {
    await update<LedgerRow<Result>>(this.#table, rowId(key), { set: { ...outcome, leaseUntil: 0 } });
  }
}

function rowId(key: string): string {
  return actionId(automationOf(key), key);
}

function whyAgain({ state, failure }: LedgerRow<unknown>): string | undefined {
  return state === 'intent' ? 'a worker died while calling' : failure;
}

function standing<Result>(row: LedgerRow<Result> | undefined): Beginning<Result> {
  if (row?.state === 'done' && row.result) return { state: 'done', result: row.result };
  const left = (row?.leaseUntil ?? 0) - clock.now();
  return left > 0 ? { state: 'busy', seconds: Math.ceil(left / 1000) } : { state: 'unknown' };
}
