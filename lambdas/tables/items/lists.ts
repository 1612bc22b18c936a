import type { ItemRow } from '../../contract/item/row.ts';
import { above, all, between, type Condition, get, is, oneOf, page } from '../../kit/dynamo/rows.ts';
import { SHOWN_BY_AUTOMATION } from '../indexes.ts';

/** The projection of `byAutomation`: enough for a list, nothing that grows. */
type Shown = Pick<ItemRow, 'id' | 'automation' | 'order' | (typeof SHOWN_BY_AUTOMATION)[number]>;
/** `reference`: only where one item was read by its id. */
export type ListedItem = Shown & Pick<ItemRow, 'reference'>;

/** The indexes of items in order, by owner or reference. Those but `byAutomation` have keys only: that costs one write per item. */
const INDEXES = { automation: 'byAutomation', client: 'byClient', reference: 'byReference' } as const;
export type ListedBy = keyof typeof INDEXES;

/** One page between two places of the order, the newest first; `more` where it was cut short. */
export async function newestItems(
  table: string,
  [field, value]: [ListedBy, string],
  { since, last, limit }: { since: string; last: string; limit: number },
): Promise<{ rows: ListedItem[]; more: boolean }> {
  const part = await page<ListedItem>(table, {
    index: INDEXES[field],
    key: all<ListedBy | 'order'>(is(field, value), between('order', since, last)),
    newest: true,
    limit,
  });
  return { rows: part.rows, more: part.last !== undefined };
}

const FIELDS = ['id', 'automation', 'order', 'reference', ...SHOWN_BY_AUTOMATION] as const;

export function listedItem(table: string, id: string): Promise<ListedItem | undefined> {
  return get<ListedItem>(table, id, { eventual: true, fields: FIELDS });
}

/** Which of an automation's items, as far as the index tells. Whatever is left out is not asked for. */
export interface Like {
  statuses?: readonly string[] | undefined;
  label?: string | undefined;
}

/**
 * Items like these, the newest first, out of so many rows of the index between two places, both of them included; and where it stopped
 * if more may follow.
 */
export async function itemsLike(
  table: string,
  automation: string,
  { since, last, statuses, label }: Like & { since: string; last: string },
  rows: number,
): Promise<{ rows: ListedItem[]; stoppedAt: string | undefined }> {
  const wanted: Condition<'status' | 'label'>[] = [
    ...(statuses ? [oneOf<'status'>('status', statuses)] : []),
    ...(label === undefined ? [] : [is<'label'>('label', label)]),
  ];
  const part = await page<ListedItem>(table, {
    ...{ index: INDEXES.automation, newest: true, limit: rows },
    key: all<'automation' | 'order'>(is('automation', automation), between('order', since, last)),
    ...(wanted.length > 0 ? { filter: all(...wanted) } : {}),
  });
  return { rows: part.rows, stoppedAt: part.last?.order as string | undefined };
}

/** An automation's items behind a place, the oldest first, and the place where they ended if more may follow. */
export async function itemsAfter(
  table: string,
  automation: string,
  place: string,
  rows: number,
): Promise<{ rows: ListedItem[]; next: string | undefined }> {
  const part = await page<ListedItem>(table, {
    index: 'byAutomation',
    key: all<'automation' | 'order'>(is('automation', automation), above('order', place)),
    limit: rows,
  });
  return { rows: part.rows, next: part.last?.order as string | undefined };
}

/** Ids of suspended items after a place, and the place where they ended if more may follow. */
export async function suspendedAfter(
  table: string,
  automation: string,
  place: string,
  rows: number,
): Promise<{ ids: string[]; next: string | undefined }> {
  const part = await page<ListedItem>(table, {
    index: 'byAutomation',
    key: all<'automation' | 'order'>(is('automation', automation), above('order', place)),
    filter: is('status', 'suspended'),
    limit: rows,
  });
  return { ids: part.rows.map(({ id }) => id), next: part.last?.order as string | undefined };
}
