import { COMPENSATION_ASKED, type Compensates, type Compensation } from '../../contract/item/compensation.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { DAY_SECONDS, epochSeconds, isoNow } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { absent, update } from '../../kit/dynamo/rows.ts';
import { lineOf } from '../items/family.ts';
import { changeItem, event } from '../items/items.ts';
import { itemKey, newOrder } from '../keys.ts';

/*
 * An item of which an action is taken back says so in its own row before the item that does it is there: of two operators one is
 * refused by that write. The id of the other item follows from the action and the try, so that a crash in between leaves nothing that
 * the same command does not complete.
 */

/** The item that tries for the nth time to take an action of another one back. */
export function compensationId(
  { id, automation }: Pick<ItemRow, 'id' | 'automation'>,
  action: number,
  attempt: number,
): string {
  return itemKey(automation, sha256(`compensation|${id}|${action}|${attempt}`).slice(0, 32));
}

/** Every item that takes something of this one back, or was to: earlier tries that came to nothing, too. */
export function compensationIds(
  row: Pick<ItemRow, 'id' | 'automation' | 'compensations'>,
): ReadonlySet<string> {
  const ids = (row.compensations ?? []).flatMap(({ action, attempt }) =>
    Array.from({ length: attempt }, (_, before) => compensationId(row, action, before + 1)),
  );
  return new Set(ids);
}

/** Statuses of an item whose actions may be taken back: nothing of it goes on by itself. */
export const TAKEN_BACK_FROM: readonly ItemStatus[] = ['done', 'parked'];

/** Writes which item takes an action back. False where the item has changed since it was read, or was erased. */
export function reserve(
  table: string,
  row: ItemRow,
  wanted: Compensation,
  said: { by: string; name: string; reason: string },
): Promise<boolean> {
  const { compensations = [] } = row;
  const others = compensations.filter(({ action }) => action !== wanted.action);
  const { by, name, reason } = said;
  return changeItem(table, row, TAKEN_BACK_FROM, {
    set: { compensations: [...others, wanted] },
    ...(row.compensations
      ? { having: { compensations }, without: ['erasedAt'] }
      : { without: ['compensations', 'erasedAt'] }),
    events: [event(COMPENSATION_ASKED, { action: wanted.action, name, by, child: wanted.item, reason })],
  });
}

/** Makes the item that takes an action back. Again it changes nothing: the first one stands. */
export async function putCompensation(
  table: string,
  parent: ItemRow,
  id: string,
  said: { compensates: Compensates; reason: string; days: number },
): Promise<void> {
  const { automation, client, priority, bodyKey } = parent;
  const { compensates, reason, days } = said;
  const { action, name, by } = compensates;
  const now = isoNow();
  const { id: _, ...row }: ItemRow = {
    ...{ id, automation, client, priority, bodyKey, compensates },
    ...{ status: 'received', generation: 1, receivedAt: now, order: newOrder(now), updatedAt: now },
    expiresAt: epochSeconds(days * DAY_SECONDS),
    ancestors: lineOf(parent),
    ...(parent.private ? { private: true as const } : {}),
    timeline: [
      event('received', { client, priority, door: 'compensate', parent: parent.id }),
      event(COMPENSATION_ASKED, { action, name, by, parent: parent.id, reason }),
    ],
  };
  await update<ItemRow>(table, id, { set: row, when: absent<keyof ItemRow>('id') });
}

/** Statuses in which an action was not taken back, and never will be by that item. */
const CAME_TO_NOTHING: readonly ItemStatus[] = ['rejected', 'refused', 'expired', 'withdrawn'];

/** Whether an item that was to take something back has ended without doing so. */
export function cameToNothing({ status }: Pick<ItemRow, 'status'>): boolean {
  return CAME_TO_NOTHING.includes(status);
}

/** How the item that takes an action back stands, as far as this row was told. */
export interface CompensationView {
  item: string;
  status: ItemStatus;
}

export function compensationView(
  { compensations = [], children = [] }: Pick<ItemRow, 'compensations' | 'children'>,
  action: number,
): CompensationView | undefined {
  const found = compensations.find((one) => one.action === action);
  if (!found) return undefined;
  const { item } = found;
  return { item, status: children.find(({ id }) => id === item)?.status ?? 'received' };
}

/** The action, counted from 1, that is taken back or may be, as far as this row was told. */
export function takenBack(row: Pick<ItemRow, 'compensations' | 'children'>): number | undefined {
  return row.compensations?.find(({ action }) => {
    const view = compensationView(row, action);
    return view && !cameToNothing(view);
  })?.action;
}
