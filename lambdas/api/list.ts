import { type Caller, json, Problem, type Reply } from '../kit/http.ts';
import { type ListedItem, listedItem, newestItems } from '../tables/items/lists.ts';
import type { Cursors } from './door/cursor.ts';
import type { Asked } from './door/dispatch.ts';
import { placeIn } from './door/query.ts';

type ListQuery = Asked<'items'>['query'];

/** Rows read for one page at most: a rare status must not read the whole table in one request. */
const MOST_EXAMINED = 2000;
/** The same of a client's own items, which are read one by one. */
const MOST_READ = 500;
const AT_ONCE = 25;

/** Items of somebody, the newest first, and how many of them are looked at. */
interface Source {
  of: ['automation' | 'client', string];
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
  const fits = (row: ListedItem) =>
    names.includes(row.automation) && (list.status === undefined || row.status === list.status);
  const pages = await Promise.all(
    sourcesOf(caller, names).map((source) => newest(table, source, before, list, fits)),
  );

  // Below the highest place where one stopped short, another automation may hold unseen items.
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
  if (!caller.operator) return [{ of: ['client', caller.name], most: MOST_READ }];
  return names.map((name) => ({ of: ['automation', name], most: MOST_EXAMINED }));
}

async function newest(
  table: string,
  { of, most }: Source,
  before: string | undefined,
  list: ListQuery,
  fits: (row: ListedItem) => boolean,
): Promise<{ rows: ListedItem[]; stoppedAt: string }> {
  const rows: ListedItem[] = [];
  let examined = 0;
  let last = before;
  for (;;) {
    const limit = Math.max(list.limit + 1, 100);
    const page = await newestItems(table, of, { since: oldest(list), last: last ?? '~', limit });
    const fresh = page.rows.filter((row) => row.order !== last);
    examined += fresh.length;
    const whole = of[0] === 'client' ? await readShown(table, fresh) : fresh;
    rows.push(...whole.filter(fits));
    last = fresh.at(-1)?.order ?? last;
    if (!page.more) return { rows, stoppedAt: '' };
    if (rows.length > list.limit || examined >= most) return { rows, stoppedAt: last ?? '' };
  }
}

/* The index of a client's items has keys alone. */
async function readShown(table: string, keys: readonly Pick<ListedItem, 'id'>[]): Promise<ListedItem[]> {
  const found: (ListedItem | undefined)[] = [];
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const part = keys.slice(from, from + AT_ONCE);
    found.push(...(await Promise.all(part.map(({ id }) => listedItem(table, id)))));
  }
  return found.filter((row) => row !== undefined);
}

function oldest({ since }: ListQuery): string {
  return since === undefined ? '0' : new Date(since).toISOString();
}
