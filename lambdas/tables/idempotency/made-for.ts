import { is, pages, remove } from '../../kit/dynamo/rows.ts';

/** The index of the idempotency table that lists what was kept of an item's words: keys alone. */
const INDEX = 'byItem';

interface Made {
  id: string;
  madeFor: string;
}

/** Keys of everything that was kept of an item's words: answers of its steps, answers for others, vectors. A little old. */
export async function keptOf(table: string, itemId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const rows of pages<Made>(table, { index: INDEX, key: is('madeFor', itemId), fields: ['id'] }))
    found.push(...rows.map(({ id }) => id));
  return found;
}

/** Removes a kept row. One that is not there is removed. */
export async function forget(table: string, id: string): Promise<void> {
  await remove(table, id);
}
