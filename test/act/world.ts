import { expect } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import type { ItemRow, LedgerEntry } from '../../lambdas/contract/item/row.ts';
import { destinationsAt } from '../support/destinations.ts';
import { automation, ENV, ID, sqsRecord, stored } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { Crash, time, world } from '../support/world.ts';

/* The one destination of the demo, and the message that says to act there. */

export let ledger: Stub;

/** A world of its own for the test that runs, with a ledger that takes everything. */
export async function freshLedger(): Promise<void> {
  world.reset();
  time.freezeLater();
  ledger = await stubServer({ status: 200, body: { reference: 'R-1' } });
}

export const act = ({ itemId = ID, generation = 1, receives = 1, idempotent = true } = {}) => {
  const DESTINATIONS = destinationsAt(ledger.url, { idempotent });
  return actOn(sqsRecord({ itemId, generation }, receives), { ...ENV, DESTINATIONS }, automation);
};

/** How the item stands, with why. */
export function told() {
  const { status, error } = stored();
  return { status, ...(error ? { error: error.class, cause: error.message } : {}) };
}

/** An operator lets the item go on, in its next generation. */
export function released(fields: Partial<ItemRow> = {}): number {
  const { error: _, ...row } = stored();
  const generation = row.generation + 1;
  world.tables.put('items', { ...row, status: 'processing', generation, ...fields });
  return generation;
}

/** What is known of the one action of the item. */
export function entry(): LedgerEntry | undefined {
  return Object.values(stored().ledger ?? {})[0];
}

/** A worker dies after its call, before it has written what came of it. */
export async function diedCalling(deliver: () => Promise<void> = act): Promise<void> {
  world.fault = (_call, input) => {
    if (!JSON.stringify(input).includes('"state":"done"')) return;
    world.dead = true;
    throw new Crash('the worker died here');
  };
  await expect(deliver()).rejects.toBeInstanceOf(Crash);
  world.fault = undefined;
  world.revive();
}
