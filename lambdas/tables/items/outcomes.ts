import type { ItemRow } from '../../contract/item/row.ts';
import { getEvery } from '../../kit/dynamo/gets.ts';

/** What says how an item goes; the rest of its row may be long. */
const FIELDS = [
  ...(['id', 'status', 'approvalId', 'error'] as const),
  ...(['actions', 'compensations', 'children'] as const),
] as const;
export type ItemOutcome = Pick<ItemRow, (typeof FIELDS)[number]>;

/** What also tells where and why an item rests. */
const STANDING = [
  ...(['id', 'automation', 'client', 'status', 'generation', 'order'] as const),
  ...(['receivedAt', 'updatedAt', 'label', 'error', 'timeline'] as const),
] as const;
export type StandingItem = Pick<ItemRow, (typeof STANDING)[number]>;

/** How these items go, by id. Those that are no longer kept are not there. */
export function outcomesOf(table: string, ids: readonly string[]): Promise<Map<string, ItemOutcome>> {
  return getEvery(table, ids, FIELDS);
}

/** Where these items stand, by id: one read for a hundred. */
export function standingOf(table: string, ids: readonly string[]): Promise<Map<string, StandingItem>> {
  return getEvery(table, ids, STANDING);
}
