import { errorFacts } from '../errors.ts';
import { together } from '../together.ts';
import { put, putAll } from './rows.ts';

/** What DynamoDB takes in one call. */
const MOST_ROWS = 25;

interface Row {
  id: string;
}

const tables = new Map<string, (row: Row) => Promise<void>>();

/** Writes a whole row, together with others of its table that are ready at the same time. */
export function putTogether(table: string, row: Row): Promise<void> {
  let puts = tables.get(table);
  if (!puts) {
    puts = together(MOST_ROWS, (group: readonly Row[]) => putGroup(table, group));
    tables.set(table, puts);
  }
  return puts(row);
}

async function putGroup(table: string, group: readonly Row[]): Promise<(undefined | Error)[]> {
  // One call takes no id twice.
  const different = new Set(group.map(({ id }) => id)).size === group.length;
  if (group.length === 1 || !different) return putEach(table, group, group);
  try {
    return await putEach(table, group, await putAll(table, group));
  } catch (error) {
    if (errorFacts(error).class === 'TransientError') throw error;
    // One row that is refused, such as one above 400 KB, must not take the others with it.
    return putEach(table, group, group);
  }
}

async function putEach(
  table: string,
  group: readonly Row[],
  left: readonly Row[],
): Promise<(undefined | Error)[]> {
  const ids = new Set(left.map(({ id }) => id));
  const puts = group.map(async (row) => {
    if (ids.has(row.id)) await put(table, row);
  });
  return (await Promise.allSettled(puts)).map((it) =>
    it.status === 'rejected' ? (it.reason as Error) : undefined,
  );
}
