import type { ItemRow } from '../../contract/item/row.ts';
import { getEvery } from '../../kit/dynamo/gets.ts';

const FIELDS = ['generation', 'client', 'share', 'priority', 'status', 'erasedAt'] as const;

/** Of many items what it takes to send them on. */
export function getItems(table: string, ids: readonly string[]) {
  return getEvery<Pick<ItemRow, 'id' | (typeof FIELDS)[number]>>(table, ids, FIELDS);
}
