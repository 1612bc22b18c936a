import { actOn } from '../../lambdas/act/act.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { thinking, work } from '../process/world.ts';
import { destinationsAt } from '../support/destinations.ts';
import { ENV, ID, itemRow, PAY, sqsRecord, stored } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { limited } from '../support/limits.ts';
import { Crash, time, world } from '../support/world.ts';

/* An order over several items, from the gate to the ledger that pays, and the room that it has left. */

export let ledger: Stub;

export const automation = limited({
  perSubject: { key: (_, { subject }) => subject, amount: '99.99', days: 90 },
});

export async function freshLedger(): Promise<void> {
  world.reset();
  time.freezeLater();
  ledger = await stubServer({ status: 200 });
}

export const id = (name: string) => `${ID.slice(0, -1)}${name}`;

/** An item about an order, and what its model wants to pay. */
export function posted(name: string, order = 'W1', fields: Partial<ItemRow> = {}): string {
  const bodyKey = `items/${id(name)}/body.json`;
  world.tables.put('items', itemRow({ id: id(name), bodyKey, ...fields }));
  world.content.set(`bucket/${bodyKey}`, JSON.stringify({ text: 'charged twice', subject: order }));
  return id(name);
}

export const think = (itemId: string, amount = '99.99', more: object = {}) =>
  work({
    message: { itemId },
    of: automation,
    implementation: thinking(async () => ({ ...PAY, parameters: { amount } })),
    ...more,
  });

export async function act(itemId: string, { generation = 1, idempotent = true } = {}): Promise<void> {
  const DESTINATIONS = destinationsAt(ledger.url, { idempotent });
  for (let delivery = 0; delivery < 5; delivery += 1) {
    const record = sqsRecord({ itemId, generation });
    const again = await actOn(record, { ...ENV, DESTINATIONS }, automation as unknown as Automation).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Crash) throw error;
        return true;
      },
    );
    if (!again) return;
    time.advance(world.visibility.at(-1)?.seconds ?? 0);
  }
}

/** What the rest of the order may still get alone, in cents, as another item finds it. */
export async function room(): Promise<number> {
  for (const amount of [9999, 5000, 1]) {
    const other = posted('0');
    await think(other, (amount / 100).toFixed(2));
    if (stored(other).verdict === 'act') return amount;
  }
  return 0;
}

/** One message for the item, once. */
export function deliver(
  itemId: string,
  { receives = 1, ...message }: { receives?: number; waitingSince?: string } = {},
) {
  const env = { ...ENV, DESTINATIONS: destinationsAt(ledger.url) };
  const record = sqsRecord({ itemId, generation: 1, ...message }, receives);
  return actOn(record, env, automation as unknown as Automation);
}
