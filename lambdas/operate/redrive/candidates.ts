import type { EnvFor } from '../../contract/env.ts';
import type { RedriveFilter } from '../../contract/item/redrive.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { stoppedIn } from '../../contract/item/timeline.ts';
import { getItem } from '../../tables/items/items.ts';
import { itemsAfter, type ListedItem } from '../../tables/items/lists.ts';
import type { RedriveRow } from '../../tables/redrives/redrives.ts';
import { mayGoOnByItself } from './own.ts';

/* Which items a redrive is about: found by the index, and judged by their rows, by the same code for a dry run. */

type Env = Pick<EnvFor<'operate/redrives'>, 'ITEM_TABLE'>;
type Asked = Pick<RedriveRow, 'automation' | 'filter' | 'startedAt'>;

/** Rows of the index read in one call. */
const PAGE_ROWS = 500;

/** Before every item's place in time. */
export const BEGINNING = '';

/** Some items behind a place that may fit, and the place behind the last of them; no place where there are no more. */
export interface Some {
  ids: string[];
  place: string | undefined;
}

/** Up to `most` items behind a place that fit, as far as the index tells. It may be a little behind. */
export async function candidates(asked: Asked, place: string, most: number, env: Env): Promise<Some> {
  const { automation, filter } = asked;
  if (filter.ids) return listed(filter.ids, place, most);
  const ids: string[] = [];
  let from = place === BEGINNING ? (filter.since ?? '0') : place;
  const until = earlier(filter.until, asked.startedAt);
  for (;;) {
    const { rows, next } = await itemsAfter(env.ITEM_TABLE, automation, from, PAGE_ROWS);
    for (const row of rows) {
      if (row.receivedAt >= until) return { ids, place: undefined };
      if (!mayFit(row, filter)) continue;
      ids.push(row.id);
      if (ids.length === most) return { ids, place: row.order };
    }
    if (next === undefined) return { ids, place: undefined };
    from = next;
  }
}

function listed(all: readonly string[], place: string, most: number): Some {
  const from = place === BEGINNING ? 0 : Number(place);
  const to = from + most;
  return { ids: all.slice(from, to), place: to < all.length ? String(to) : undefined };
}

function earlier(until: string | undefined, startedAt: string): string {
  return until !== undefined && until < startedAt ? until : startedAt;
}

function mayFit({ status, label }: Pick<ListedItem, 'status' | 'label'>, filter: RedriveFilter): boolean {
  return has(filter.status, status) && (filter.label === undefined || has(filter.label, label));
}

const has = <T>(list: readonly T[], one: T | undefined) => one !== undefined && list.includes(one);

/** The row of a candidate, if it fits the filter and is as it was when the redrive was asked for. */
export async function fitting(id: string, asked: Asked, env: Env): Promise<ItemRow | undefined> {
  const row = await getItem(env.ITEM_TABLE, id);
  return row && fits(row, asked) ? row : undefined;
}

function fits(row: ItemRow, { automation, filter, startedAt }: Asked): boolean {
  const { class: kinds, stage: stages, since = '', until, neighbour } = filter;
  const received = row.receivedAt >= since && row.receivedAt < earlier(until, startedAt);
  if (row.automation !== automation || !received || row.updatedAt > startedAt) return false;
  if (!mayFit(row, filter)) return false;
  if (kinds && !has(kinds, row.error?.class)) return false;
  if (neighbour && !mayGoOnByItself(row, neighbour)) return false;
  return stages === undefined || has<string>(stages, stoppedIn(row));
}
