import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import type { ItemStatus } from '../../../lambdas/contract/item/status.ts';
import { inMinutes, type Seen } from '../../support/console.ts';
import { itemRow } from '../../support/fixtures.ts';
import { world } from '../../support/world.ts';

/* What an operator finds at night: items that stand still, each with the reason. */

export const ITEMS = '/console/operate/items';

/** A whole id that ends with these digits. */
export const idOf = (digits: string) => `demo_${digits.padStart(32, '0')}`;

export const REFUSED = 'the ledger gave no answer in time';

/** An item that came so many minutes ago and rests. */
export function rests(
  digits: string,
  minutesAgo: number,
  fields: Partial<ItemRow> & { stage?: string } = {},
): ItemRow {
  const { stage = 'act', ...changed } = fields;
  const receivedAt = inMinutes(-minutesAgo);
  const status: ItemStatus = changed.status ?? 'parked';
  const row = itemRow({
    ...{ id: idOf(digits), receivedAt, order: `${receivedAt}#${digits}`, updatedAt: receivedAt, status },
    ...(status === 'parked' ? { error: { class: 'TransientError', message: REFUSED } } : {}),
    timeline: [
      { at: receivedAt, event: 'received' },
      { at: receivedAt, event: status, ...(stage ? { stage } : {}) },
    ],
    ...changed,
  });
  world.tables.put('items', row);
  return row;
}

/** The numbers of the items on a page, in their order. */
export function listed({ text }: Pick<Seen, 'text'>): string[] {
  return [...text.matchAll(/class="row-link number" href="[^"]*\/items\/demo_0*(\w+)"/g)].map(
    ([, digits = '']) => digits,
  );
}
