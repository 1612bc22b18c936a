import type { ItemRow } from '../../contract/item/row.ts';
import { get, getAll } from '../../kit/dynamo/rows.ts';

/** What says how an item goes; the rest of its row may be long. */
const FIELDS = [
  ...(['id', 'status', 'approvalId', 'error'] as const),
  ...(['actions', 'compensations', 'children'] as const),
] as const;
export type ItemOutcome = Pick<ItemRow, (typeof FIELDS)[number]>;

/** What DynamoDB reads in one call. */
const MOST_ROWS = 100;

/** What also tells where and why an item rests. */
const STANDING = [
  ...(['id', 'automation', 'client', 'status', 'generation', 'order'] as const),
  ...(['receivedAt', 'updatedAt', 'label', 'error', 'timeline'] as const),
] as const;
export type StandingItem = Pick<ItemRow, (typeof STANDING)[number]>;

/** How these items go, by id. Those that are no longer kept are not there. */
export function outcomesOf(table: string, ids: readonly string[]): Promise<Map<string, ItemOutcome>> {
  return partsOf(table, ids, FIELDS);
}

/** Where these items stand, by id: one read for a hundred. */
export function standingOf(table: string, ids: readonly string[]): Promise<Map<string, StandingItem>> {
  return partsOf(table, ids, STANDING);
}

async function partsOf<Field extends keyof ItemRow>(
  table: string,
  ids: readonly string[],
  fields: readonly Field[],
): Promise<Map<string, Pick<ItemRow, Field>>> {
  const wanted = [...new Set(ids)];
  const found = new Map<string, Pick<ItemRow, Field>>();
  for (let at = 0; at < wanted.length; at += MOST_ROWS) {
    const keys = wanted.slice(at, at + MOST_ROWS).map((id) => ({ table, id }));
    const { rows, left } = await getAll(keys, fields);
    for (const { key, row } of rows) found.set(key.id, row as Pick<ItemRow, Field>);
    for (const { id } of left) {
      const row = await get<Pick<ItemRow, Field>>(table, id, { fields });
      if (row) found.set(id, row);
    }
  }
  return found;
}
