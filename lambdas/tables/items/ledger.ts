import { randomUUID } from 'node:crypto';
import type { ActionRecord, ActionResult, ItemRow, LedgerEntry } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { clock } from '../../kit/clock.ts';
import { TransientError } from '../../kit/errors.ts';
import { digitsOf, doubt, mayBeDone, ofVersionBefore, whyAgain } from './entries.ts';
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

/** Whether nobody knows of some action of the item whether it was done. */
export function isUnsure(row: ItemRow): boolean {
  return [...Object.values(row.ledger ?? {}), ofVersionBefore(row)].some(
    (entry) => entry?.state === 'intent' || entry?.unsure === true,
  );
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

/** One action of an approved or gated proposal. */
export interface LedgerAction {
  /** Of the proposal document. */
  digest: string;
  /** The names of all its actions, in their order. */
  names: readonly string[];
  /** Which of them it is, counted from 0. */
  at: number;
  /** Whether the destination takes our key. */
  repeatable: boolean;
}

/** One action of an item, as one worker sees it. */
export class Ledger {
  /** The same proposal of the same item is the same action, in whichever generation it is carried out. */
  readonly key: string;
  readonly #table: string;
  /** Of the proposal; those of its first action. */
  readonly #first: string;
  readonly #digits: string;
  readonly #names: readonly string[];
  readonly #at: number;
  readonly #repeatable: boolean;
  /** This worker, in its intents. */
  readonly #by = randomUUID();
  #row: ItemRow;

  constructor(table: string, row: ItemRow, { digest, names, at, repeatable }: LedgerAction) {
    this.#table = table;
    this.#row = row;
    this.#first = digest.slice(0, 16);
    this.#digits = digitsOf(this.#first, at);
    this.#names = names;
    this.#at = at;
    this.#repeatable = repeatable;
    this.key = `${row.id}-${this.#digits}`;
  }

  /** The item as this worker saw it last. */
  get row(): ItemRow {
    return this.#row;
  }

  /** Whether an action of the proposal may have been done, as far as this worker knows. */
  get doubtful(): boolean {
    return this.#names.some((_, at) => mayBeDone(this.#entryOf(digitsOf(this.#first, at))));
  }

  get standing(): Standing | undefined {
    const { state, result, leaseUntil = 0 } = this.#entry ?? {};
    if (state === 'done' && result) return { state, result };
    if (state !== 'intent') return undefined;
    const left = leaseUntil - clock.now();
    if (left > 0) return { state: 'busy', seconds: Math.ceil(left / 1000) };
    return this.#repeatable ? undefined : { state: 'unknown' };
  }

  /**
   * Writes the intent and `acting`, or says why there may be no call now.
   * @param connector how it is called: it is told of a mail, which has its price
   */
  async begin(connector?: string): Promise<Beginning> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { standing } = this;
      if (standing) return standing;
      const before = this.#entry;
      const { generation } = this.#row;
      const attempt = (before?.generation === generation ? before.tries : 0) + 1;
      const unsure = before?.unsure === true || before?.state === 'intent';
      const until = clock.now() + LEASE_MS;
      const by = connector === 'email' ? { connector } : {};
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
          set: { ...this.#record('acting'), ...this.#list() },
          remove: [
            ...(this.#names.length === 1 && this.#row.actions ? (['actions'] as const) : []),
            ...(this.#row.waitsOn === undefined ? [] : (['waitsOn'] as const)),
          ],
          events: [event('acting', { attempt, ...after, ...this.#named(), ...by, idempotencyKey: this.key })],
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

  /**
   * It was done, and with the last action so is the item: also where another delivery holds the action by now. An item that rests with
   * more to do goes on resting.
   */
  async done(result: ActionResult): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { generation, error } = this.#row;
      const written = await this.#write(MAY_BE_DONE, {
        entry: { state: 'done', generation, tries: this.#entry?.tries ?? 0, result },
        change: {
          ...(this.isLast ? { status: 'done', remove: error ? ['error'] : [] } : {}),
          set: this.#record('done', result),
          events: [event('acted', { ...this.#named(), ...result }), ...(this.isLast ? [event('done')] : [])],
        },
      });
      if (written || !MAY_BE_DONE.includes(this.#row.status)) return;
    }
    throw overtaken();
  }

  /**
   * The call failed, and the next delivery may try again. `unsure`: it may have acted. `waitsOn`: for whom that one waits. Not written
   * over what another says since.
   */
  async failed(failure: string, unsure: boolean, waitsOn: string): Promise<void> {
    await this.#write(OPEN, {
      entry: this.#failure(failure, unsure),
      change: { set: { waitsOn }, events: [] },
    });
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
        set: { ...rest.set, ...this.#record('failed') },
        events: [event('not_acted', { ...this.#named(), reason: failure }), ...rest.events],
      },
    });
    return isGivenUp(this.#row, generation);
  }

  get isLast(): boolean {
    return this.#at === this.#names.length - 1;
  }

  get #entry(): LedgerEntry | undefined {
    return this.#entryOf(this.#digits);
  }

  #entryOf(digits: string): LedgerEntry | undefined {
    const { ledger, action, id } = this.#row;
    if (!ledger && action?.idempotencyKey === `${id}-${digits}`) return ofVersionBefore(this.#row);
    return ledger?.[digits];
  }

  #failure(failure: string, unsure: boolean): LedgerEntry {
    const { generation, tries } = this.#entry ?? { generation: this.#row.generation, tries: 0 };
    return { state: 'failed', generation, tries, failure, ...doubt(unsure) };
  }

  /** The item's own word on its action is about the first of a list. */
  #record(status: ActionRecord['status'], result?: ActionResult): Pick<ItemRow, 'action'> {
    if (this.#at > 0) return {};
    const name = this.#names[0] ?? '';
    return { action: { name, status, idempotencyKey: this.key, ...(result ? { result } : {}) } };
  }

  /** What is to be done, in its order: what became of each is in the ledger. */
  #list(): Pick<ItemRow, 'actions'> {
    if (this.#names.length === 1 || this.#at > 0) return {};
    const key = (at: number) => `${this.#row.id}-${digitsOf(this.#first, at)}`;
    return { actions: this.#names.map((name, at) => ({ name, idempotencyKey: key(at) })) };
  }

  #named(): { action: string; number?: string } {
    const action = this.#names[this.#at] ?? '';
    const { length } = this.#names;
    return length === 1 ? { action } : { action, number: `${this.#at + 1} of ${length}` };
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

function overtaken(): TransientError {
  return new TransientError('many deliveries of this action at once');
}
