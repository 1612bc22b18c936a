import { type Caller, json, Problem, type Reply } from '../kit/http.ts';
import { findClaim, requestKey } from '../tables/idempotency/requests.ts';
import { type ListedBy, type ListedItem, listedItem, newestItems } from '../tables/items/lists.ts';
import { referenceHash } from '../tables/keys.ts';
import type { Cursors } from './door/cursor.ts';
import type { Asked } from './door/dispatch.ts';
import { placeIn } from './door/query.ts';

type ListQuery = Asked<'items'>['query'];

/** Rows read for one page at most: a rare status must not read the whole table in one request. */
const MOST_EXAMINED = 2000;
/** The same of a client's own items, which are read one by one. */
const MOST_READ = 500;
const AT_ONCE = 25;

/** Items of somebody, or of a reference, the newest first, and how many of them are looked at. */
interface Source {
  of: [ListedBy, string];
  most: number;
}

interface Tables {
  items: string;
  idempotency: string;
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
  tables: Tables,
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
    names.includes(row.automation) &&
    (caller.operator || row.client === caller.name) &&
    (list.status === undefined || row.status === list.status);
  if (list.key !== undefined) {
    const rows = await keyed(tables, { ...list, key: list.key }, caller, names);
    return page(
      rows.filter((row) => fits(row) && row.order < (before ?? '~') && row.order >= oldest(list)),
      ...([list, cursors, ''] as const),
    );
  }
  const pages = await Promise.all(
    sourcesOf(list, caller, names).map((source) => newest(tables.items, source, before, list, fits)),
  );

  // Below the highest place where one stopped short, another automation may hold unseen items.
  const floor = pages.reduce((highest, { stoppedAt }) => (stoppedAt > highest ? stoppedAt : highest), '');
  const rows = pages.flatMap((part) => part.rows).filter((row) => row.order >= floor);
  return page(rows, list, cursors, floor);
}

async function page(rows: ListedItem[], list: ListQuery, cursors: Cursors, floor: string): Promise<Reply> {
  const merged = rows.toSorted((a, b) => (a.order < b.order ? 1 : -1));
  const items = merged.slice(0, list.limit);
  const next = merged.length > list.limit ? items.at(-1)?.order : floor;
  return json(200, {
    items: items.map(({ order, client, reference, ...shown }) => ({
      ...shown,
      links: { self: `/v1/items/${shown.id}` },
    })),
    ...(next ? { cursor: await cursors.seal(next) } : {}),
  });
}

/**
 * Items that the caller's client posted with this key: of an automation one at most. A claim whose item is not there is of a request that
 * nobody has finished yet.
 */
async function keyed(
  tables: Tables,
  { key, reference }: ListQuery & { key: string },
  { name: client }: Caller,
  names: readonly string[],
): Promise<ListedItem[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const claim = await findClaim(tables.idempotency, requestKey(client, name, key, ''));
      return claim && (await listedItem(tables.items, claim.itemId));
    }),
  );
  return found
    .filter((row) => row !== undefined)
    .filter(
      ({ automation, reference: own }) =>
        reference === undefined || own === referenceHash(automation, reference),
    );
}

function sourcesOf({ reference }: ListQuery, caller: Caller, names: readonly string[]): Source[] {
  // Who else has items of this reference is not told, and there are few.
  if (reference !== undefined)
    return names.map((name) => ({ of: ['reference', referenceHash(name, reference)], most: MOST_READ }));
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
    const part = await newestItems(table, of, { since: oldest(list), last: last ?? '~', limit });
    const fresh = part.rows.filter((row) => row.order !== last);
    examined += fresh.length;
    const whole = of[0] === 'automation' ? fresh : await readShown(table, fresh);
    rows.push(...whole.filter(fits));
    last = fresh.at(-1)?.order ?? last;
    if (!part.more) return { rows, stoppedAt: '' };
    if (rows.length > list.limit || examined >= most) return { rows, stoppedAt: last ?? '' };
  }
}

/* The indexes of a client's items and of references have keys alone. */
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
