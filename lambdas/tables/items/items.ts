import type { ErrorFacts, ItemRow, TimelineEvent } from '../../contract/item/row.ts';
import type { ItemStatus, Stage } from '../../contract/item/status.ts';
import { isoNow } from '../../kit/clock.ts';
import { absent, all, type Change, get, is, oneOf, update, updateAndSee } from '../../kit/dynamo/rows.ts';

export function getItem(table: string, id: string): Promise<ItemRow | undefined> {
  return get(table, id);
}

export interface ItemChange {
  status?: ItemStatus;
  set?: Partial<ItemRow>;
  remove?: readonly (keyof ItemRow)[];
  /** Only of an item that has none of these. */
  without?: readonly (keyof ItemRow)[];
  /** Only of an item that has these as they are here. */
  having?: Partial<ItemRow>;
  events: TimelineEvent[];
}

/** Changes an item and its timeline in one write; false if it left this generation or the `from` statuses. */
export function changeItem(
  table: string,
  item: { id: string; generation: number },
  from: readonly ItemStatus[],
  change: ItemChange,
): Promise<boolean> {
  return update(table, item.id, changeOf(item, from, change));
}

/** The same. @returns the item as it is now; undefined where nothing was changed */
export async function changedItem(
  table: string,
  item: { id: string; generation: number },
  from: readonly ItemStatus[],
  change: ItemChange,
): Promise<ItemRow | undefined> {
  const { done, row } = await updateAndSee(table, item.id, changeOf(item, from, change));
  return done ? row : undefined;
}

function changeOf(
  { generation }: { generation: number },
  from: readonly ItemStatus[],
  { status, set, remove = [], without = [], having = {}, events }: ItemChange,
): Change<ItemRow> {
  const same = Object.entries(having) as [keyof ItemRow, unknown][];
  return {
    set: { ...set, updatedAt: isoNow(), ...(status ? { status } : {}) },
    append: { timeline: events },
    remove,
    when: all(
      is('generation', generation),
      oneOf('status', from),
      ...without.map(absent),
      ...same.map(([field, value]) => is(field, value)),
    ),
  };
}

export function event(name: string, facts: Record<string, unknown> = {}): TimelineEvent {
  return { at: isoNow(), event: name, ...facts };
}

/** Ends the work on an item with the reason, under the stage that failed. A resume restarts its waits. */
export function restChange(
  status: ItemStatus,
  error: ErrorFacts,
  stage: Stage,
  before: readonly TimelineEvent[] = [],
): ItemChange {
  return {
    status,
    set: { error },
    remove: ['wait'],
    events: [...before, event(status, { stage, error: error.class, reason: error.message })],
  };
}
