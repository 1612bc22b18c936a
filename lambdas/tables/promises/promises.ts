import type { Automation } from '../../contract/automation.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { type Priority, STATUSES } from '../../contract/item/status.ts';
import { all, below, is, page } from '../../kit/dynamo/rows.ts';
import { changeItem, event } from '../items/items.ts';

/*
 * Promises by label. An item is in the index `byPromise` from its first write on, under the time before which no label's promise can be
 * broken. Only the clock of approvals goes through it: no other write of an item has anything to do with its promise.
 */

const INDEX = 'byPromise';

/** For the row of a new item: when to look first, by the shortest promise. Working time is never shorter than time. */
export function firstLook(
  { promise }: Pick<Automation, 'promise'>,
  priority: Priority,
  received: number,
): Pick<ItemRow, 'promisedUntil'> {
  const minutes = Object.values(promise?.byLabel ?? {}).map((it) => it.minutes);
  if (minutes.length === 0 || priority === 'low') return {};
  return { promisedUntil: new Date(received + Math.min(...minutes) * 60_000).toISOString() };
}

/** Ids of items that are to be looked at, the longest due first. */
export async function toLookAt(
  table: string,
  automation: string,
  now: string,
  most: number,
): Promise<string[]> {
  const key = all<'automation' | 'promisedUntil'>(is('automation', automation), below('promisedUntil', now));
  const { rows } = await page<Pick<ItemRow, 'id' | 'automation' | 'promisedUntil'>>(table, {
    index: INDEX,
    key,
    limit: most,
  });
  return rows.map(({ id }) => id);
}

/** What a look at an item's promise came to. */
export type Look =
  | { kind: 'later'; dueAt: string }
  | { kind: 'ended'; dueAt: string; met: boolean }
  | { kind: 'broken'; dueAt: string }
  | { kind: 'nothing' };

/** Writes it down once, whoever looks at the same time. @returns false where another has */
export function writeLook(table: string, row: ItemRow, look: Look): Promise<boolean> {
  const { promisedUntil, label = 'none' } = row;
  const over = look.kind !== 'later';
  const met = look.kind === 'ended' ? look.met : false;
  return changeItem(table, row, STATUSES, {
    having: { promisedUntil } as Partial<ItemRow>,
    set: {
      ...(look.kind === 'later' ? { promisedUntil: look.dueAt, promised: { dueAt: look.dueAt } } : {}),
      ...(look.kind === 'ended' || look.kind === 'broken' ? { promised: { dueAt: look.dueAt, met } } : {}),
    },
    remove: over ? ['promisedUntil'] : [],
    // Whoever works on the item goes on.
    keepsLease: true,
    events: isBroken(look) ? [event('promise_broken', { label, dueAt: look.dueAt })] : [],
  });
}

export function isBroken(look: Look): look is Extract<Look, { dueAt: string }> {
  return look.kind === 'broken' || (look.kind === 'ended' && !look.met);
}
