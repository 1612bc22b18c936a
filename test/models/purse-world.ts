import { type Reservation, reserve, settle } from '../../lambdas/models/budget.ts';
import { openPurses } from '../../lambdas/models/purse.ts';
import type { BudgetRow } from '../../lambdas/tables/control/budgets.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { world } from '../support/world.ts';

/** A thousandth of a dollar a day, so that amounts are small whole numbers. */
export const DEMO = { name: 'demo', budget: { perDayUsd: 0.001, perItemUsd: 1 } };

export const row = (day?: string) => world.tables.row<BudgetRow>('control', budgetKey('demo', day));
export const booked = (day?: string) => row(day)?.spentMicroUsd ?? 0;

/** What an instance of the function has open; each has a name of its own for the one table. */
export class Instance {
  readonly #table: string;
  #open: (() => Promise<void>)[] = [];
  constructor(table: string) {
    this.#table = table;
  }
  open(items = 1): void {
    for (let n = 0; n < items; n += 1) this.#open.push(openPurses(this.#table, 'demo'));
  }
  async close(items = Number.POSITIVE_INFINITY): Promise<void> {
    await Promise.all(this.#open.splice(0, items).map((close) => close()));
  }
  take(micro: number, tokens = 0, automation = DEMO): Promise<Reservation> {
    return reserve(this.#table, automation, { usd: micro / 1_000_000, tokens });
  }
}

export const pays = (reservation: Reservation, micro: number, tokens = 0) =>
  settle(reservation, micro / 1_000_000, tokens);
/** Whoever could go on has gone on. */
export const turns = async (howMany: number) => {
  for (let n = 0; n < howMany; n += 1) await new Promise(setImmediate);
};
