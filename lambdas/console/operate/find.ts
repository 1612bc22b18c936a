import { stoppedIn } from '../../contract/item/timeline.ts';
import { clock } from '../../kit/clock.ts';
import { findClaim, requestKey } from '../../tables/idempotency/requests.ts';
import { itemsLike, newestItems } from '../../tables/items/lists.ts';
import { type StandingItem, standingOf } from '../../tables/items/outcomes.ts';
import { automationOf, referenceHash } from '../../tables/keys.ts';
import type { DeskContext } from '../context.ts';
import { type ItemFilter, MOST_TOGETHER, statusesOf, UNDER_WAY } from './filter.ts';

/*
 * A page of items takes ten reads at most, however many there are: nine of indexes, and one of the rows that were found there. What was
 * not looked at yet is behind the page's last link.
 */

/** Of an index in one read. */
const ROWS = 1000;
/** Rows read in one call. */
export const MOST_FOUND = 100;
export const PAGE_SIZE = 25;

/** Behind and before every place in the order of items. */
const [END, BEGINNING] = ['~', '0'];

export interface Found {
  items: StandingItem[];
  /** Behind which place others may be. */
  next?: string | undefined;
}

export interface Place {
  id: string;
  order: string;
}

const newestFirst = (a: Place, b: Place) => (a.order < b.order ? 1 : -1);

export function namesOf({ declarations }: Pick<DeskContext, 'declarations'>, automation: string) {
  return automation ? [automation] : declarations.map(({ name }) => name);
}

/** Items that fit, the newest first. */
export async function findItems(context: DeskContext, filter: ItemFilter, size = PAGE_SIZE): Promise<Found> {
  if (filter.search === '') return fittingItems(context, filter, size);
  if (filter.by === 'number') return numbered(context, filter);
  const places = await (filter.by === 'key' ? keyed : referenced)(context, filter);
  return { items: await rowsOf(context, places.sort(newestFirst)) };
}

async function fittingItems(context: DeskContext, filter: ItemFilter, size: number): Promise<Found> {
  const { places, floor } = await looked(context, filter, () => true);
  const rows = places.slice(0, MOST_FOUND);
  const items = (await rowsOf(context, rows)).filter((row) => fits(row, filter));
  const shown = items.slice(0, size);
  const cut = items.length > size ? shown.at(-1)?.order : undefined;
  const unread = places.length > MOST_FOUND ? rows.at(-1)?.order : floor || undefined;
  return { items: shown, next: cut ?? unread };
}

/** Rows of the indexes that are wanted, the newest first, down to the place where the first automation stopped short. */
async function looked(
  { env, declarations }: DeskContext,
  filter: ItemFilter,
  wanted: (place: Place) => boolean,
): Promise<{ places: Place[]; floor: string }> {
  const names = namesOf({ declarations }, filter.automation);
  const reads = Math.floor(MOST_TOGETHER / names.length);
  const parts = await Promise.all(
    names.map(async (name) => {
      const places: Place[] = [];
      let last: string | undefined = filter.before || END;
      for (let read = 0; read < reads && last !== undefined && places.length <= MOST_FOUND; read += 1) {
        const asked = { since: filter.since || BEGINNING, last, ...like(filter) };
        const part = await itemsLike(env.ITEM_TABLE, name, asked, ROWS);
        places.push(...part.rows.filter((row) => row.order !== last && wanted(row)));
        last = part.stoppedAt;
      }
      return { places, stoppedAt: last ?? '' };
    }),
  );
  const floor = parts.reduce((highest, { stoppedAt }) => (stoppedAt > highest ? stoppedAt : highest), '');
  const places = parts.flatMap((part) => part.places).filter(({ order }) => order >= floor);
  return { places: places.sort(newestFirst), floor };
}

function like(filter: ItemFilter) {
  return filter.search ? {} : { statuses: statusesOf(filter), label: filter.label || undefined };
}

/** The index may be a little behind; what an item rests with is in its row alone. */
function fits(row: StandingItem, filter: ItemFilter): boolean {
  const statuses = statusesOf(filter);
  return (
    (statuses === undefined || statuses.includes(row.status)) &&
    (filter.class === '' || row.error?.class === filter.class) &&
    (filter.stage === '' || stoppedIn(row) === filter.stage)
  );
}

/** Items that have been under way for longer than they should: those of the newest of each automation. */
export async function longUnderWay(context: DeskContext): Promise<Place[]> {
  const before = new Date(clock.now() - LONG_MS).toISOString();
  const names = namesOf(context, '').slice(0, MOST_TOGETHER);
  const parts = await Promise.all(
    names.map((name) =>
      itemsLike(context.env.ITEM_TABLE, name, { since: BEGINNING, last: before, statuses: UNDER_WAY }, ROWS),
    ),
  );
  return parts.flatMap(({ rows }) => rows).sort(newestFirst);
}

const LONG_MS = 5 * 60_000;

async function rowsOf({ env }: DeskContext, places: readonly Pick<Place, 'id'>[]): Promise<StandingItem[]> {
  if (places.length === 0) return [];
  const ids = places.slice(0, MOST_FOUND).map(({ id }) => id);
  const rows = await standingOf(env.ITEM_TABLE, ids);
  return [...rows.values()].sort(newestFirst);
}

const WHOLE = /^[a-z][a-z\d-]{0,39}_[\da-f]{32}$/;
const SHORT = /^(?:([a-z][a-z\d-]{0,39})_)?([\da-f]{4,32})$/;

/** By the whole id of an item or its approval, or the beginning or the end of its digits (ADR 0054). */
async function numbered(context: DeskContext, filter: ItemFilter): Promise<Found> {
  const typed = filter.search
    .replace(/^#/, '')
    .replace(/-g\d+$/, '')
    .toLowerCase();
  if (WHOLE.test(typed)) return { items: await rowsOf(context, [{ id: typed }]) };
  const [, named, digits] = SHORT.exec(typed) ?? [];
  const { automation } = filter;
  if (digits === undefined || (named && !namesOf(context, automation).includes(named))) return { items: [] };
  const all = { ...filter, automation: named ?? automation, since: '' };
  const { places, floor } = await looked(context, all, ({ id }) => {
    const own = id.slice(automationOf(id).length + 1);
    return own.startsWith(digits) || own.endsWith(digits);
  });
  return { items: await rowsOf(context, places), next: floor || undefined };
}

async function referenced(context: DeskContext, { automation, search }: ItemFilter): Promise<Place[]> {
  const range = { since: BEGINNING, last: END, limit: MOST_FOUND };
  const parts = await Promise.all(
    namesOf(context, automation).map((name) =>
      newestItems(context.env.ITEM_TABLE, ['reference', referenceHash(name, search)], range),
    ),
  );
  return parts.flatMap(({ rows }) => rows);
}

/** What one client has posted with a key of its own. */
async function keyed(context: DeskContext, { automation, search }: ItemFilter): Promise<Place[]> {
  const [, client = '', key = ''] = /^(\S+)\s+(.+)$/.exec(search) ?? [];
  const claims = await Promise.all(
    namesOf(context, automation).map((name) =>
      findClaim(context.env.IDEMPOTENCY_TABLE, requestKey(client, name, key, '')),
    ),
  );
  return claims.flatMap((claim) => (claim ? [{ id: claim.itemId, order: '' }] : []));
}
