import { randomUUID } from 'node:crypto';
import type { ActionRecord, ActionResult, ItemRow, LedgerEntry } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { clock } from '../../kit/clock.ts';
import { TransientError } from '../../kit/errors.ts';
import { type Changed, event, type ItemChange, tryChange } from './items.ts';

/*
 * An entry per action in its item's row: the intent is written before the call, the outcome after it, each with the status that it
 * means. Between the two nobody knows what happened, so the intent carries a lease: while it runs, no other delivery calls; when it
 * has run out, the worker died in the middle, and only a destination that takes our key may be called again.
 * Each write holds only for the ledger as this worker saw it. Who is overtaken sees the row that refused, and decides anew.
 */

/** Longer than the function may run: a lease that has ended belongs to a worker that is gone. */
const LEASE_MS = 45_000;

/** The action may still be wanted in these. */
export const OPEN: readonly ItemStatus[] = ['processing', 'waiting_approval', 'acting'];

/** What is done is done, also where another delivery has given it up meanwhile. */
const MAY_BE_DONE: readonly ItemStatus[] = [...OPEN, 'parked', 'quarantined'];

/** Each is lost to another delivery of the same action only. */
const ROUNDS = 8;

/** Why there may be no call now. */
export type Standing =
  | { state: 'done'; result: ActionResult }
  | { state: 'busy'; seconds: number }
  | { state: 'unknown' };

export type Beginning =
  | Standing
  | {
      state: 'begun';
      attempt: number;
      /** Until then no other delivery calls (milliseconds since 1970). */
      until: number;
      /** The destination may have seen this key before. */
      repeated: boolean;
      /** An earlier call had no clear answer: it may have acted. */
      unsure: boolean;
    }
  /** The item went on without this action. `doubtful`: it was done, or may have been. */
  | { state: 'gone'; doubtful: boolean; row: ItemRow };

/** Changes an item for as long as its ledger is what this worker saw. */
export async function changeAsSeen(
  table: string,
  row: ItemRow,
  from: readonly ItemStatus[],
  change: ItemChange,
) {
  const { ledger } = row;
  return tryChange(table, row, from, {
    ...change,
    ...(ledger ? { having: { ledger } } : { without: ['ledger'] }),
  });
}

/** Whether something of the item may have been done. */
export function isDoubtful(row: ItemRow): boolean {
  return [...Object.values(row.ledger ?? {}), ofVersionBefore(row)].some(mayBeDone);
}

/** What the version before began, and kept in a table of its own, is told by the item's action alone. */
function ofVersionBefore({ ledger, action, generation }: ItemRow): LedgerEntry | undefined {
  if (ledger || !action || action.status === 'failed') return undefined;
  const { status, result } = action;
  return {
    state: status === 'done' ? 'done' : 'intent',
    generation,
    tries: 0,
    ...(result ? { result } : {}),
  };
}

/** Without an action, in that generation. */
const GIVEN_UP: readonly ItemStatus[] = ['withdrawn', 'parked', 'quarantined'];

/** Whether the item ended without its action, as far as anybody knows. */
export function isGivenUp(row: ItemRow, generation: number): boolean {
  return row.generation === generation && GIVEN_UP.includes(row.status) && !isDoubtful(row);
}

/** The same after a change that gives it up. Refused, it may have met itself, as its first answer was lost. */
export function isAtRest(before: ItemRow, { done, row }: Changed<undefined>): boolean {
  return done ? !isDoubtful(before) : row !== undefined && isGivenUp(row, before.generation);
}

/** One action of an item, as one worker sees it. */
export class Ledger {
  /** The same proposal of the same item is the same action, in whichever generation it is carried out. */
  readonly key: string;
  readonly #table: string;
  readonly #digits: string;
  readonly #name: string;
  readonly #repeatable: boolean;
  /** This worker, in its intents. */
  readonly #by = randomUUID();
  #row: ItemRow;

  /** @param repeatable whether the destination takes our key */
  constructor(table: string, row: ItemRow, action: { name: string; digest: string; repeatable: boolean }) {
    this.#table = table;
    this.#row = row;
    this.#digits = action.digest.slice(0, 16);
    this.#name = action.name;
    this.#repeatable = action.repeatable;
    this.key = `${row.id}-${this.#digits}`;
  }

  /** Whether the action may have been done, as far as this worker knows. */
  get doubtful(): boolean {
    return mayBeDone(this.#entry);
  }

  get standing(): Standing | undefined {
    const { state, result, leaseUntil = 0 } = this.#entry ?? {};
    if (state === 'done' && result) return { state, result };
    if (state !== 'intent') return undefined;
    const left = leaseUntil - clock.now();
    if (left > 0) return { state: 'busy', seconds: Math.ceil(left / 1000) };
    return this.#repeatable ? undefined : { state: 'unknown' };
  }

  /** Writes the intent and `acting`, or says why there may be no call now. */
  async begin(): Promise<Beginning> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { standing } = this;
      if (standing) return standing;
      const before = this.#entry;
      const { generation } = this.#row;
      const attempt = (before?.generation === generation ? before.tries : 0) + 1;
      const unsure = before?.unsure === true || before?.state === 'intent';
      const until = clock.now() + LEASE_MS;
      const after = before && attempt > 1 ? { reason: whyAgain(before) } : {};
      const begun = await this.#write(OPEN, {
        entry: {
          state: 'intent',
          generation,
          tries: attempt,
          leaseUntil: until,
          by: this.#by,
          ...doubt(unsure),
        },
        change: {
          status: 'acting',
          set: { action: this.#record('acting') },
          events: [event('acting', { attempt, ...after, action: this.#name, idempotencyKey: this.key })],
        },
      });
      // Refused by itself: the answer was lost, and the SDK asked a second time.
      const ours = this.#row.status === 'acting' && this.#entry?.by === this.#by;
      if (begun || ours) return { state: 'begun', attempt, until, repeated: before !== undefined, unsure };
      if (this.#row.generation !== generation || !OPEN.includes(this.#row.status))
        return { state: 'gone', doubtful: this.doubtful, row: this.#row };
    }
    throw overtaken();
  }

  /** It was done, and so is the item: also where another delivery holds the action by now. */
  async done(result: ActionResult): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { generation, error } = this.#row;
      const written = await this.#write(MAY_BE_DONE, {
        entry: { state: 'done', generation, tries: this.#entry?.tries ?? 0, result },
        change: {
          status: 'done',
          set: { action: { ...this.#record('done'), result } },
          remove: error ? ['error'] : [],
          events: [event('acted', { action: this.#name, ...result }), event('done')],
        },
      });
      if (written || !MAY_BE_DONE.includes(this.#row.status)) return;
    }
    throw overtaken();
  }

  /** The call failed, and the next delivery may try again. `unsure`: it may have acted. Not written over what another says since. */
  async failed(failure: string, unsure: boolean): Promise<void> {
    await this.#write(OPEN, { entry: this.#failure(failure, unsure), change: { events: [] } });
  }

  /** The item rests, without another word on its action. @returns as `ended` does */
  async rest(change: ItemChange): Promise<boolean> {
    return isAtRest(this.#row, await changeAsSeen(this.#table, this.#row, OPEN, change));
  }

  /**
   * No delivery will try again: the item rests. `stands`: the intent does, as only the destination can tell what became of it.
   * @returns whether it rests without its action
   */
  async ended(rest: ItemChange, failure: string, unsure: boolean, stands: boolean): Promise<boolean> {
    const { generation } = this.#row;
    await this.#write(OPEN, {
      entry: (stands && this.#entry) || this.#failure(failure, unsure),
      change: {
        ...rest,
        set: { ...rest.set, action: this.#record('failed') },
        events: [event('not_acted', { action: this.#name, reason: failure }), ...rest.events],
      },
    });
    return isGivenUp(this.#row, generation);
  }

  get #entry(): LedgerEntry | undefined {
    const { ledger, action } = this.#row;
    if (!ledger && action?.idempotencyKey === this.key) return ofVersionBefore(this.#row);
    return ledger?.[this.#digits];
  }

  #failure(failure: string, unsure: boolean): LedgerEntry {
    const { generation, tries } = this.#entry ?? { generation: this.#row.generation, tries: 0 };
    return { state: 'failed', generation, tries, failure, ...doubt(unsure) };
  }

  #record(status: ActionRecord['status']): ActionRecord {
    return { name: this.#name, status, idempotencyKey: this.key };
  }

  /** What is seen from then on is what was written, or what refused it. */
  async #write(
    from: readonly ItemStatus[],
    { entry, change }: { entry: LedgerEntry; change: ItemChange },
  ): Promise<boolean> {
    const ledger = { ...this.#row.ledger, [this.#digits]: entry };
    const set = { ...change.set, ledger };
    const { done, row } = await changeAsSeen(this.#table, this.#row, from, { ...change, set });
    // An item that is not there any more is none that another delivery works on.
    this.#row = done
      ? { ...this.#row, ...set, ...(change.status ? { status: change.status } : {}) }
      : (row ?? { ...this.#row, status: 'withdrawn', ledger: {} });
    return done;
  }
}

function mayBeDone(entry: LedgerEntry | undefined): boolean {
  return entry?.state === 'done' || entry?.state === 'intent' || entry?.unsure === true;
}

function doubt(unsure: boolean): { unsure?: true } {
  return unsure ? { unsure } : {};
}

function whyAgain({ state, failure }: LedgerEntry): string | undefined {
  return state === 'intent' ? 'a worker died while calling' : failure;
}

function overtaken(): TransientError {
  return new TransientError('many deliveries of this action at once');
}
