import type { Child, ItemRow } from '../../contract/item/row.ts';
import { STATUSES } from '../../contract/item/status.ts';
import { TransientError } from '../../kit/errors.ts';
import { automationOf } from '../keys.ts';
import { changeItem, event, getItem } from './items.ts';

/*
 * An item whose action is an item of an automation: parent and child know each other. The child says whom it comes from from its first
 * write on; its parent is told when the child is there, and when it comes to rest.
 */

/** Items above one, at most: what forwards for longer is a loop that nobody has drawn. */
export const MOST_ANCESTORS = 4;

/** Of one item: ten actions in each of a few generations. What takes its actions back is always told. */
const MOST_CHILDREN = 50;

/** Each is lost to another writer of the same row. */
const ROUNDS = 8;

/**
 * Why no item of `automation` may be made by the last of these items, in fixed words; undefined where it may.
 * @param line the ancestors of that item, the first one first, and the item itself last
 */
export function objectionTo(automation: string, line: readonly string[]): string | undefined {
  if (line.length > MOST_ANCESTORS)
    return `an item is forwarded at most ${MOST_ANCESTORS} times in a row: this would be once more`;
  const names = line.map(automationOf);
  if (!names.slice(0, -1).includes(automation)) return undefined;
  return names.at(-1) === automation
    ? 'an item that was split off is not split again'
    : `a loop: an item of '${automation}' was forwarded here`;
}

/** The line that a child of the item has. */
export function lineOf({ id, ancestors = [] }: Pick<ItemRow, 'id' | 'ancestors'>): readonly string[] {
  return [...ancestors, id];
}

export function parentOf({ ancestors }: Pick<ItemRow, 'ancestors'>): string | undefined {
  return ancestors?.at(-1);
}

/** What thinking knows of where an item comes from. */
export function withParent(row: Pick<ItemRow, 'ancestors'>): {
  parent?: { item: string; automation: string };
} {
  const item = parentOf(row);
  return item === undefined ? {} : { parent: { item, automation: automationOf(item) } };
}

/** What an item id looks like: see `keys.ts`. */
const ITEM_ID = /^[a-z][a-z0-9-]{0,29}_[0-9a-f]{32}$/;

/**
 * Items that its actions made: those that it was told of, and by what their destinations answered those of the last moments. Any
 * destination may answer what looks like an id: who names no such parent is none.
 */
export async function madeBy(
  table: string,
  { id: parent, children = [], ledger = {} }: Pick<ItemRow, 'id' | 'children' | 'ledger'>,
): Promise<string[]> {
  const told = children.map(({ id }) => id);
  const answered = Object.values(ledger).flatMap(({ result }) => result?.reference ?? []);
  const untold = answered.filter((id) => ITEM_ID.test(id) && !told.includes(id));
  const rows = await Promise.all(untold.map((id) => getItem(table, id)));
  return [...told, ...rows.flatMap((row) => (row && parentOf(row) === parent ? [row.id] : []))];
}

/**
 * Writes into the parent's row how its child stands. May be repeated, also late: what is older than what the row says is left.
 * @param told its timeline says it, too
 * @returns the parent's approval, if people were asked about it
 */
export async function tellParent(
  table: string,
  parent: string,
  child: Child,
  told: boolean,
): Promise<string | undefined> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const row = await getItem(table, parent);
    if (!row) return undefined;
    const { children: before, generation, approvalId } = row;
    const known = before?.find(({ id }) => id === child.id);
    if (known && known.at >= child.at) return approvalId;
    const takesBack = row.compensations?.some(({ item }) => item === child.id);
    if (!known && !takesBack && (before?.length ?? 0) >= MOST_CHILDREN) return approvalId;
    const others = (before ?? []).filter(({ id }) => id !== child.id);
    const { id, status, at } = child;
    const facts = { child: id, automation: automationOf(id), status };
    const written = await changeItem(table, { id: parent, generation }, STATUSES, {
      set: { children: [...others, { id, status, at }] },
      ...(before ? { having: { children: before } } : { without: ['children'] }),
      // Whoever works on the parent goes on.
      keepsLease: true,
      events: told ? [event('child', facts)] : [],
    });
    if (written) return approvalId;
  }
  throw new TransientError('many children of one item at once');
}
