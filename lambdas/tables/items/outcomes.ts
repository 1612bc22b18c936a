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

/** How these items go, by id. Those that are no longer kept are not there. */
export async function outcomesOf(table: string, ids: readonly string[]): Promise<Map<string, ItemOutcome>> {
  const wanted = [...new Set(ids)];
  const found = new Map<string, ItemOutcome>();
  for (let at = 0; at < wanted.length; at += MOST_ROWS) {
    const keys = wanted.slice(at, at + MOST_ROWS).map((id) => ({ table, id }));
    const { rows, left } = await getAll(keys, FIELDS);
    for (const { key, row } of rows) found.set(key.id, row as ItemOutcome);
    for (const { id } of left) {
      const row = await get<ItemOutcome>(table, id, { fields: FIELDS });
      if (row) found.set(id, row);
    }
  }
  return found;
}
