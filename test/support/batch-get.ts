import type { Tables } from './dynamo.ts';
import { Invalid } from './expressions.ts';

type Asked = Record<string, { Keys: { id: string }[] }>;

/** Rows of any tables by their keys; the last `unprocessed` keys are left out. */
export function batchGet(tables: Tables, { RequestItems }: { RequestItems: Asked }) {
  const asked = Object.entries(RequestItems).flatMap(([table, { Keys }]) =>
    Keys.map(({ id }) => ({ table, id })),
  );
  if (asked.length > 100 || new Set(asked.map(({ table, id }) => `${table} ${id}`)).size < asked.length)
    throw new Invalid('a batch takes 100 keys, each once');
  const taken = asked.slice(0, asked.length - tables.unprocessed);
  const left = asked.slice(taken.length);
  tables.unprocessed = 0;
  const byTable = <T>(keys: typeof asked, of: (table: string, id: string) => T[]) =>
    [...Map.groupBy(keys, ({ table }) => table)].map(
      ([table, some]) => [table, some.flatMap(({ id }) => of(table, id))] as const,
    );
  const found = byTable(taken, (table, id) => [tables.row(table, id)].filter(Boolean));
  const open = byTable(left, (_, id) => [{ id }]);
  return {
    Responses: Object.fromEntries(found),
    UnprocessedKeys: Object.fromEntries(open.map(([table, Keys]) => [table, { Keys }])),
  };
}
