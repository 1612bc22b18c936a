import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo } from '../shared/clients.ts';
import { type Caller, json, Problem, type Reply } from '../shared/http.ts';
import type { SHOWN_BY_AUTOMATION } from '../shared/indexes.ts';
import type { ItemRow } from '../shared/item.ts';
import { cursorOf, type ListQuery, listQuery, placeOf, readQuery } from './query.ts';

/** The index's projection: enough for a list, nothing that grows. */
type ListedRow = Pick<ItemRow, 'id' | 'automation' | 'order' | (typeof SHOWN_BY_AUTOMATION)[number]>;

/** Rows looked at for one page before it is cut short: a rare status must not read the whole table in one request. */
const MOST_EXAMINED = 2000;

/**
 * A page of items, newest first. A cursor is the place in that order, so a page is the same whichever automations are merged,
 * and items that arrive meanwhile do not shift it.
 */
export async function listItems(
  query: Record<string, string | undefined>,
  caller: Caller,
  automations: readonly string[],
  table: string,
): Promise<Reply> {
  const mine = automations.filter((name) => caller.may(name));
  const list = readQuery(listQuery, query, mine);
  if (list.automation !== undefined && !caller.may(list.automation)) {
    throw new Problem(403, `this token may not use the automation '${list.automation}'`);
  }
  if (list.automation !== undefined && !automations.includes(list.automation)) {
    throw new Problem(404, `there is no automation '${list.automation}'; there are: ${mine.join(', ')}`);
  }
  const names = list.automation === undefined ? mine : [list.automation];
  const before = list.cursor && placeOf(list.cursor);
  // DynamoDB refuses a range that ends before it begins.
  if (before && before < oldest(list)) return json(200, { items: [] });
  const pages = await Promise.all(names.map((name) => newest(table, name, before, list, caller)));

  // Below the highest place where any of them stopped short, another automation may hold items that were not seen.
  const floor = pages.reduce((highest, { stoppedAt }) => (stoppedAt > highest ? stoppedAt : highest), '');
  const merged = pages.flatMap(({ rows }) => rows).filter((row) => row.order >= floor);
  merged.sort((a, b) => (a.order < b.order ? 1 : -1));
  const items = merged.slice(0, list.limit);
  const next = merged.length > list.limit ? items.at(-1)?.order : floor;
  return json(200, {
    items: items.map(({ order, client, ...shown }) => ({
      ...shown,
      links: { self: `/v1/items/${shown.id}` },
    })),
    ...(next ? { cursor: cursorOf(next) } : {}),
  });
}

async function newest(
  table: string,
  automation: string,
  before: string | undefined,
  list: ListQuery,
  caller: Caller,
): Promise<{ rows: ListedRow[]; stoppedAt: string }> {
  const rows: ListedRow[] = [];
  let examined = 0;
  let last = before;
  for (;;) {
    const { Items = [], LastEvaluatedKey } = await dynamo().send(
      new QueryCommand({
        TableName: table,
        IndexName: 'byAutomation',
        KeyConditionExpression: 'automation = :automation AND #order BETWEEN :since AND :last',
        ExpressionAttributeNames: { '#order': 'order' },
        ExpressionAttributeValues: {
          ':automation': automation,
          ':since': oldest(list),
          ':last': last ?? '~',
        },
        ScanIndexForward: false,
        Limit: Math.max(list.limit + 1, 100),
      }),
    );
    const fresh = (Items as ListedRow[]).filter((row) => row.order !== last);
    examined += fresh.length;
    rows.push(...fresh.filter((row) => wanted(row, list, caller)));
    last = fresh.at(-1)?.order ?? last;
    if (!LastEvaluatedKey) return { rows, stoppedAt: '' };
    if (rows.length > list.limit || examined >= MOST_EXAMINED) return { rows, stoppedAt: last ?? '' };
  }
}

function oldest({ since }: ListQuery): string {
  return since === undefined ? '0' : new Date(since).toISOString();
}

function wanted(row: ListedRow, list: ListQuery, caller: Caller): boolean {
  return (
    (caller.operator || row.client === caller.name) &&
    (list.status === undefined || row.status === list.status)
  );
}
