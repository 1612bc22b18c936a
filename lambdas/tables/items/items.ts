import type { ApprovalRow } from '../../contract/approval.ts';
import type { ErrorFacts, ItemRow, TimelineEvent } from '../../contract/item/row.ts';
import type { ItemStatus, Stage } from '../../contract/item/status.ts';
import { isoNow } from '../../kit/clock.ts';
import { getTogether } from '../../kit/dynamo/gets.ts';
import {
  absent,
  all,
  type Change,
  get,
  is,
  type Outcome,
  oneOf,
  update,
  updateAndSee,
  updateOrSee,
} from '../../kit/dynamo/rows.ts';
import { approvalId } from '../keys.ts';
import { LEASE_FIELDS, type Lease, unleased } from './lease.ts';

export function getItem(table: string, id: string): Promise<ItemRow | undefined> {
  return get(table, id);
}

/**
 * An item, and the question that its generation asked of people: undefined where it asked none. Read together with those of other
 * messages that are there at the same time.
 */
export async function itemAndQuestion(
  tables: { items: string; approvals: string },
  id: string,
  generation: number,
): Promise<{ row: ItemRow | undefined; question: ApprovalRow | undefined }> {
  const [row, question] = await Promise.all([
    getTogether<ItemRow>(tables.items, id),
    getTogether<ApprovalRow>(tables.approvals, approvalId(id, generation)),
  ]);
  return { row, question };
}

export interface ItemChange {
  status?: ItemStatus;
  set?: Partial<ItemRow>;
  remove?: readonly (keyof ItemRow)[];
  /** Only of an item that has none of these. */
  without?: readonly (keyof ItemRow)[];
  /** Only of an item that has these as they are here. */
  having?: Partial<ItemRow>;
  /** Takes this lease, of an item that nobody is at work on. */
  takes?: Lease;
  /** Only of an item that nobody is at work on. */
  idle?: boolean;
  /** Only while the item is leased so. */
  held?: Lease | undefined;
  /** Of somebody else than who is at work on it, and goes on. @default the work on it ends with this write */
  keepsLease?: boolean;
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

/** What became of a change: the item as it is now where that was asked for, or the one that refused. */
export type Changed<After = ItemRow> = Outcome<ItemRow, After>;

/** The same. Refused, it tells the row that is there. */
export function tryChange(
  table: string,
  item: { id: string; generation: number },
  from: readonly ItemStatus[],
  change: ItemChange,
): Promise<Changed<undefined>> {
  return updateOrSee(table, item.id, changeOf(item, from, change));
}

/** The same. It tells the item as it is now. */
export function changeAndSee(
  table: string,
  item: { id: string; generation: number },
  from: readonly ItemStatus[],
  change: ItemChange,
): Promise<Changed> {
  return updateAndSee(table, item.id, changeOf(item, from, change));
}

/** Takes the lease of an item. @returns the item as it is now, or the one that refused */
export async function claimItem(
  table: string,
  item: { id: string; generation: number },
  from: readonly ItemStatus[],
  change: ItemChange & { takes: Lease },
): Promise<Changed> {
  const { done, row } = await updateAndSee(table, item.id, changeOf(item, from, change));
  // The answer was lost, and the SDK asked a second time: the first has taken it.
  return row && (done || row.leaseBy === change.takes.by) ? { done: true, row } : { done: false, row };
}

function changeOf(
  { generation }: { generation: number },
  from: readonly ItemStatus[],
  { status, set, remove = [], without = [], having = {}, takes, idle, held, keepsLease, events }: ItemChange,
): Change<ItemRow> {
  const same = Object.entries(having) as [keyof ItemRow, unknown][];
  // Only who works on an item leases it: any other who changes it then has moved it on.
  const ends = from.includes('processing') && !takes && !keepsLease;
  return {
    set: { ...set, ...takes?.take(), updatedAt: isoNow(), ...(status ? { status } : {}) },
    append: { timeline: events },
    remove: ends ? [...remove, ...LEASE_FIELDS] : remove,
    when: all(
      is('generation', generation),
      oneOf('status', from),
      ...without.map(absent),
      ...same.map(([field, value]) => is(field, value)),
      ...(takes || idle ? [unleased()] : []),
      ...(held ? [is<keyof ItemRow>('leaseBy', held.by)] : []),
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
    remove: ['wait', 'waitsOn'],
    events: [...before, event(status, { stage, error: error.class, reason: error.message })],
  };
}
