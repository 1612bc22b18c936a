import type { ItemRow } from '../../contract/item/row.ts';
import { type Caller, Problem } from '../../kit/http.ts';
import { cutText } from '../../kit/text.ts';
import { getItem } from '../../tables/items/items.ts';

/**
 * The item, as far as the caller may see it. Another client's item is as absent as one that never was, and found to be so as quickly: an
 * id must not tell who works with whom. @throws Problem 404
 */
export async function ownItem(id: string, caller: Caller, table: string): Promise<ItemRow> {
  // Longer than any id of ours, and than DynamoDB takes a key.
  const row = id.length > 200 || id === '' ? undefined : await getItem(table, id);
  if (!row || !caller.may(row.automation) || !(caller.operator || row.client === caller.name)) {
    throw new Problem(404, `there is no item '${cutText(id, 80)}'`);
  }
  return row;
}
