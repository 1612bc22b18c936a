import { Invalid } from './expressions.ts';
import type { Tables } from './tables.ts';

interface AskedRows {
  Keys: { id: string }[];
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
}

type Asked = Record<string, AskedRows>;

/** What a read shows of a row: the names that it asks for, or all. */
function wanted(
  row: Record<string, unknown>,
  { ProjectionExpression, ExpressionAttributeNames = {} }: AskedRows,
) {
  const used = ProjectionExpression?.split(', ') ?? [];
  if (Object.keys(ExpressionAttributeNames).some((name) => !used.includes(name)))
    throw new Invalid('a name is given that no expression uses');
  if (ProjectionExpression === undefined) return row;
  const names = used.map((name) => ExpressionAttributeNames[name] ?? name);
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
}

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
  const found = byTable(taken, (table, id) => {
    const row = tables.row<Record<string, unknown>>(table, id);
    return row ? [wanted(row, RequestItems[table] as AskedRows)] : [];
  });
  const open = byTable(left, (_, id) => [{ id }]);
  return {
    Responses: Object.fromEntries(found),
    UnprocessedKeys: Object.fromEntries(open.map(([table, Keys]) => [table, { Keys }])),
  };
}
