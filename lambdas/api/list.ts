import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemRow } from '../contract/item/row.ts';
import { dynamo } from '../kit/aws.ts';
import { type Caller, json, Problem, type Reply } from '../kit/http.ts';
import { SHOWN_BY_AUTOMATION } from '../tables/indexes.ts';
import type { Cursors } from './door/cursor.ts';
import type { Asked } from './door/dispatch.ts';
import { placeIn } from './door/query.ts';

type ListQuery = Asked<'items'>['query'];

/** The index's projection: enough for a list, nothing that grows. */
type ListedRow = Pick<ItemRow, 'id' | 'automation' | 'order' | (typeof SHOWN_BY_AUTOMATION)[number]>;

/** Rows looked at for one page before it is cut short: a rare status must not read the whole table in one request. */
const MOST_EXAMINED = 2000;
/** The same of a client's own items, which are read one by one. */
const MOST_READ = 500;
const AT_ONCE = 25;

/** Rows of one index, the newest first, and how they become what is listed. */
interface Source {
  index: 'byAutomation' | 'byClient';
  field: 'automation' | 'client';
  value: string;
  most: number;
}

/**
 * A page of items, newest first. A cursor is the place in that order, so a page is the same whichever automations are merged,
 * and items that arrive meanwhile do not shift it. A client's list comes from the index of its own items: how much others post does not
 * show in it, neither in what it holds nor in how long it takes.
 */
export async function listItems(
  list: ListQuery,
  caller: Caller,
  automations: readonly string[],
  table: string,
  cursors: Cursors,
): Promise<Reply> {
  const mine = automations.filter((name) => caller.may(name));
  if (list.automation !== undefined && !caller.may(list.automation)) {
    throw new Problem(403, `this token may not use the automation '${list.automation}'`);
  }
  if (list.automation !== undefined && !automations.includes(list.automation)) {
    throw new Problem(404, `there is no automation '${list.automation}'; there are: ${mine.join(', ')}`);
  }
  const names = list.automation === undefined ? mine : [list.automation];
  const before = await placeIn(cursors, list.cursor);
  // DynamoDB refuses a range that ends before it begins.
  if (before && before < oldest(list)) return json(200, { items: [] });
  const fits = (row: ListedRow) =>
    names.includes(row.automation) && (list.status === undefined || row.status === list.status);
  const pages = await Promise.all(
    sourcesOf(caller, names).map((source) => newest(table, source, before, list, fits)),
  );

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
    ...(next ? { cursor: await cursors.seal(next) } : {}),
  });
}

function sourcesOf(caller: Caller, names: readonly string[]): Source[] {
  if (!caller.operator) return [{ index: 'byClient', field: 'client', value: caller.name, most: MOST_READ }];
  return names.map((value) => ({
    ...({ index: 'byAutomation', field: 'automation' } as const),
    ...{ value, most: MOST_EXAMINED },
  }));
}

async function newest(
  table: string,
  { index, field, value, most }: Source,
  before: string | undefined,
  list: ListQuery,
  fits: (row: ListedRow) => boolean,
): Promise<{ rows: ListedRow[]; stoppedAt: string }> {
  const rows: ListedRow[] = [];
  let examined = 0;
  let last = before;
  for (;;) {
    const { Items = [], LastEvaluatedKey } = await dynamo().send(
      new QueryCommand({
        TableName: table,
        IndexName: index,
        KeyConditionExpression: '#field = :value AND #order BETWEEN :since AND :last',
        ExpressionAttributeNames: { '#field': field, '#order': 'order' },
        ExpressionAttributeValues: { ':value': value, ':since': oldest(list), ':last': last ?? '~' },
        ScanIndexForward: false,
        Limit: Math.max(list.limit + 1, 100),
      }),
    );
    const fresh = (Items as ListedRow[]).filter((row) => row.order !== last);
    examined += fresh.length;
    const whole = index === 'byClient' ? await readShown(table, fresh) : fresh;
    rows.push(...whole.filter(fits));
    last = fresh.at(-1)?.order ?? last;
    if (!LastEvaluatedKey) return { rows, stoppedAt: '' };
    if (rows.length > list.limit || examined >= most) return { rows, stoppedAt: last ?? '' };
  }
}

/* An index of keys alone costs one write per item, and none when an item changes. */
async function readShown(table: string, keys: readonly Pick<ItemRow, 'id'>[]): Promise<ListedRow[]> {
  const names = ['id', 'automation', 'order', ...SHOWN_BY_AUTOMATION];
  const found: ListedRow[] = [];
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const reads = keys.slice(from, from + AT_ONCE).map(({ id }) =>
      dynamo().send(
        new GetCommand({
          TableName: table,
          Key: { id },
          ProjectionExpression: names.map((name) => `#${name}`).join(', '),
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        }),
      ),
    );
    for (const { Item } of await Promise.all(reads)) if (Item) found.push(Item as ListedRow);
  }
  return found;
}

function oldest({ since }: ListQuery): string {
  return since === undefined ? '0' : new Date(since).toISOString();
}
