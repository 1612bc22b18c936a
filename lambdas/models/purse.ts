import type { Automation } from '../contract/automation.ts';
import { errorFacts } from '../kit/errors.ts';
import { logger } from '../kit/telemetry.ts';
import { together } from '../kit/together.ts';
import {
  type Amount,
  allowance,
  type BudgetRow,
  bookAmount,
  correctAmount,
  extraOf,
  hasRoom,
} from '../tables/control/budgets.ts';

/*
 * What the calls of one function instance share of an automation's day. What lies in the purse is booked on the day and needed by
 * no call; what calls under way hold came out of it, and what they did not cost comes back into it. So the day's figure is at any
 * moment what was paid, what calls hold and what lies in the purses of all instances: a crash leaves too much booked.
 *
 * A purse is kept while an item of this instance may call a model. The last one to end gives the rest back, in one write: an
 * instance that idles holds no money. Where no item is open nothing is shared: each call books and gives back for itself.
 */

export type Spender = Pick<Automation, 'name' | 'budget'>;

interface Booking {
  spender: Spender;
  amount: Amount;
}

/** `later`: what it lacks may come back from calls under way. `row`: the day as the booking, or its refusal, found it. */
export type Booked =
  | { is: 'booked'; row?: BudgetRow | undefined }
  | { is: 'later' }
  | { is: 'refused'; row: BudgetRow | undefined; smallest: boolean };

const NOTHING: Amount = { microUsd: 0, tokens: 0 };

/** Bookings in one write. */
const MOST = 100;

const purses = new Map<string, Purse>();
/** The open items, by table and automation. */
const open = new Map<string, Set<object>>();

/** The purse of a day, whose row is `id`; one that nobody else has where no item is open. */
export function purseOf(table: string, automation: string, id: string): Purse {
  const key = `${table} ${id}`;
  const owner = `${table} ${automation}`;
  const purse = purses.get(key) ?? new Purse(table, id, owner);
  if (open.has(owner)) purses.set(key, purse);
  return purse;
}

/** From here on an item may call: its calls share purses. Ends with the function that it returns, which never throws. */
export function openPurses(table: string, automation: string): () => Promise<void> {
  const owner = `${table} ${automation}`;
  const items = open.get(owner) ?? new Set();
  const item = {};
  open.set(owner, items.add(item));
  return async () => {
    if (!items.delete(item) || items.size > 0) return;
    open.delete(owner);
    await Promise.all([...purses.values()].filter((purse) => purse.owner === owner).map((it) => it.empty()));
  };
}

export class Purse {
  readonly owner: string;
  readonly #table: string;
  readonly #id: string;
  #left = NOTHING;
  /** Of calls under way. */
  #held = NOTHING;
  /** The day as last seen. */
  #row: BudgetRow | undefined;
  #settled = Promise.withResolvers<void>();
  readonly #bookings = together<Booking, Booked>(MOST, (group) => this.#bookAll(group));

  constructor(table: string, id: string, owner: string) {
    this.#table = table;
    this.#id = id;
    this.owner = owner;
  }

  /** Takes the amount out of the purse, or books what the purse lacks, together with others at this moment. */
  async book(spender: Spender, amount: Amount): Promise<Booked> {
    if (!isNothing(lack(amount, this.#left))) return this.#bookings({ spender, amount });
    this.#left = less(this.#left, amount);
    this.#held = plus(this.#held, amount);
    return { is: 'booked' };
  }

  /** Until enough for this booking came back, or no call is left that could give back. */
  async changed({ budget }: Spender, amount: Amount): Promise<void> {
    while (!isNothing(this.#held) && !hasRoom(budget, this.#row, lack(amount, this.#left)))
      await this.#settled.promise;
  }

  /** A call is over that had booked `held`. Never throws: what cannot be written stays booked. */
  async settle(held: Amount, used: Amount): Promise<void> {
    this.#held = less(this.#held, held);
    const rest = less(plus(this.#left, held), used);
    this.#left = this.#isShared ? lack(rest, NOTHING) : NOTHING;
    this.#settled.resolve();
    this.#settled = Promise.withResolvers();
    await this.#correct(less(this.#left, rest));
  }

  /** Gives back what nobody needs. What calls still hold they give back themselves. */
  async empty(): Promise<void> {
    const rest = this.#left;
    // Before the write: nobody may take what may be given back already.
    this.#left = NOTHING;
    purses.delete(this.#key);
    await this.#correct(less(NOTHING, rest));
  }

  get #key(): string {
    return `${this.#table} ${this.#id}`;
  }

  get #isShared(): boolean {
    return purses.get(this.#key) === this;
  }

  async #bookAll(group: readonly Booking[]): Promise<Booked[]> {
    const all = sumOf(group);
    // Taken out while the write is under way: a call that the purse is enough for must not have it too.
    const taken = less(all, lack(all, this.#left));
    this.#left = less(this.#left, taken);
    let chosen = group;
    let row: BudgetRow | undefined;
    try {
      for (let done = false; !done && chosen.length > 0; ) {
        ({ done, row } = await this.#write(chosen, taken));
        // The refusal tells the day as it is: those that it holds are booked with the next write.
        if (!done) chosen = fitting(group, taken, row);
      }
    } catch (error) {
      this.#left = plus(this.#left, taken);
      throw error;
    }
    const needed = sumOf(chosen);
    this.#held = plus(this.#held, needed);
    this.#left = plus(this.#left, lack(taken, needed));
    return this.#answers(group, new Set(chosen), row);
  }

  async #write(chosen: readonly Booking[], taken: Amount) {
    const more = lack(sumOf(chosen), taken);
    if (isNothing(more)) return { done: true, row: undefined };
    const allowed = allowance(budgetOf(chosen), extraOf(this.#row));
    const outcome = await bookAmount(this.#table, this.#id, more, allowed);
    this.#row = outcome.row;
    return outcome;
  }

  #answers(group: readonly Booking[], booked: ReadonlySet<Booking>, row: BudgetRow | undefined): Booked[] {
    const first = group.find((one) => booked.has(one));
    const answers = group.map((one): Booked => {
      if (booked.has(one)) return { is: 'booked', row: one === first ? row : undefined };
      const back = plus(this.#left, this.#held);
      const later = this.#isShared && hasRoom(one.spender.budget, this.#row, lack(one.amount, back));
      return later ? { is: 'later' } : { is: 'refused', row, smallest: false };
    });
    const refused = group.filter((_, index) => answers[index]?.is === 'refused');
    const [smallest] = refused.sort((a, b) => inOrder(a.amount, b.amount));
    return answers.map((answer, index) =>
      answer.is === 'refused' ? { ...answer, smallest: group[index] === smallest } : answer,
    );
  }

  async #correct(more: Amount): Promise<void> {
    if (isNothing(more)) return;
    const warn = (reason: string) => logger.warn('not settled', { budget: this.#id, ...more, reason });
    try {
      if (!(await correctAmount(this.#table, this.#id, more))) warn('the row is gone');
    } catch (error) {
      warn(errorFacts(error).message);
    }
  }
}

/** Those that the day has room for, in their order, beside what was taken out of the purse. */
function fitting(group: readonly Booking[], taken: Amount, row: BudgetRow | undefined): readonly Booking[] {
  const chosen: Booking[] = [];
  for (const one of group) {
    if (hasRoom(budgetOf(group), row, lack(sumOf([...chosen, one]), taken))) chosen.push(one);
  }
  return chosen;
}

/** A function serves one automation: its bookings have one budget. */
function budgetOf([first]: readonly Booking[]): Spender['budget'] {
  return first?.spender.budget ?? { perDayUsd: 0, perItemUsd: 0 };
}

function inOrder(a: Amount, b: Amount): number {
  return a.microUsd - b.microUsd || a.tokens - b.tokens;
}

function sumOf(bookings: readonly Booking[]): Amount {
  return bookings.reduce((sum, { amount }) => plus(sum, amount), NOTHING);
}

function plus(a: Amount, b: Amount): Amount {
  return { microUsd: a.microUsd + b.microUsd, tokens: a.tokens + b.tokens };
}

function less(a: Amount, b: Amount): Amount {
  return { microUsd: a.microUsd - b.microUsd, tokens: a.tokens - b.tokens };
}

/** What `of` lacks of `amount`. */
function lack(amount: Amount, of: Amount): Amount {
  return {
    microUsd: Math.max(0, amount.microUsd - of.microUsd),
    tokens: Math.max(0, amount.tokens - of.tokens),
  };
}

function isNothing({ microUsd, tokens }: Amount): boolean {
  return microUsd === 0 && tokens === 0;
}
