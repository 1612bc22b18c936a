import { together } from '../together.ts';
import { get, getAll, type RowKey } from './rows.ts';

/** What DynamoDB reads in one call. */
const MOST_ROWS = 100;

const read = /* @__PURE__ */ together(MOST_ROWS, readGroup);

/** A row by its id, as it is now, read together with others of whichever table that are asked for at the same time. */
export function getTogether<Row>(table: string, id: string): Promise<Row | undefined> {
  return read({ table, id }) as Promise<Row | undefined>;
}

/**
 * Rows of one table by their ids, however many, as they are now. What is not there is not in it.
 * @param fields only these; `id` is read beside them
 */
export async function getEvery<Row extends { id: string }>(
  table: string,
  ids: readonly string[],
  fields: readonly (keyof Row & string)[],
): Promise<Map<string, Row>> {
  const found = new Map<string, Row>();
  let left: readonly RowKey[] = [...new Set(ids)].map((id) => ({ table, id }));
  while (left.length > 0) {
    const part = await getAll(left.slice(0, MOST_ROWS), [...new Set(['id', ...fields])]);
    for (const { key, row } of part.rows) found.set(key.id, row as Row);
    left = [...part.left, ...left.slice(MOST_ROWS)];
  }
  return found;
}

async function readGroup(group: readonly RowKey[]): Promise<unknown[]> {
  // One call takes no key twice.
  const keys = [...new Map(group.map((key) => [nameOf(key), key])).values()];
  const { rows, left } = keys.length === 1 ? { rows: [], left: keys } : await getAll(keys);
  const found = new Map(rows.map(({ key, row }) => [nameOf(key), row]));
  for (const [index, row] of (await Promise.all(left.map(({ table, id }) => get(table, id)))).entries())
    found.set(nameOf(left[index] as RowKey), row);
  return group.map((key) => found.get(nameOf(key)));
}

function nameOf({ table, id }: RowKey): string {
  return `${table} ${id}`;
}
