import type { WorkMessage } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import type { ItemStatus } from '../contract/item/status.ts';
import { SystemError } from '../kit/errors.ts';
import { whileShut } from '../outbound/permit.ts';
import { type Changed, claimItem, event, getItem } from '../tables/items/items.ts';
import { atWork, type Lease, leaseLeft } from '../tables/items/lease.ts';
import { awaited, waitsToAct } from '../tables/redrives/waiting.ts';
import { claimAnew, claimNext, wasSentBack } from './again.ts';
import type { ProcessOptions } from './given/thinking.ts';
import { stillDeferred } from './lane/defer.ts';
import { whileHeld } from './lane/held.ts';
import { asItWas, goingOn, type Held, stillWaits } from './waiting.ts';

/** What may be thought about (again): everything before the verdict, and what an operator resumed. */
export const OPEN: readonly ItemStatus[] = ['received', 'processing', 'deferred', 'suspended'];

/** How often the item may change between the look and the claim. */
const MOST_TURNS = 4;

export interface Delivery {
  message: WorkMessage;
  attempt: number;
  lease: Lease;
}

type Options = Pick<ProcessOptions, 'env' | 'automation' | 'alone'>;

/** What a delivery is there for. */
export type Found =
  /** `fresh`: nobody was at work on it before. */
  | { to: 'think'; row: ItemRow; fresh: boolean }
  /** A crash behind the verdict left only what comes after it to do. */
  | { to: 'start'; row: ItemRow }
  | { to: 'wait'; row: ItemRow; outcome: Held }
  /** Its action waits, and whom it waits for is well again. */
  | { to: 'wake'; row: ItemRow }
  /** Its documents are not read yet. */
  | { to: 'read'; row: ItemRow }
  /** The item has gone on, or is gone. */
  | { to: 'leave'; row: ItemRow | undefined };

/**
 * Claims the item of a message, in one write where it comes straight from intake. A row that refuses tells what else there is to do.
 * @throws Leased while another delivery is at work on it
 */
export async function claim(delivery: Delivery, options: Options): Promise<Found> {
  const { message, lease, attempt } = delivery;
  const table = options.env.ITEM_TABLE;
  const held = await whileHeld(options.env, options.automation, message);
  if (held) return { to: 'wait', ...held };
  let { done, row } = await firstLook(table, delivery);
  if (done && row) return { to: 'think', row, fresh: timesInWork(row) === 1 };
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    if (row && message.again && row.generation === message.generation) {
      ({ done, row } = await claimNext(options.env, row, lease, attempt));
      // Its steps are of a generation that nobody thought about before.
      if (done && row) return { to: 'think', row, fresh: true };
    }
    if (row?.rethinks === message.generation && isNext(row, message)) {
      ({ done, row } = await claimAnew(options.env, row, delivery, options.automation));
      if (done && row) return { to: 'think', row, fresh: row.remembers === undefined };
    }
    const found = await standing(row, delivery, options);
    if (found || !row) return found ?? { to: 'leave', row };
    const { wait } = row;
    const isHeld = wait?.for === 'hold';
    const fresh = (isHeld || MAY_BE_FRESH.includes(row.status)) && timesInWork(row) === 0;
    const leaseAlone = await byItself(row, attempt, options);
    const going = goingOn(row, attempt);
    ({ done, row } = await claimItem(table, row, OPEN, {
      takes: lease,
      status: 'processing',
      ...asItWas(row),
      ...going,
      set: { ...going.set, ...(leaseAlone ? { leaseAlone } : {}) },
      remove: [...(going.remove ?? []), ...(row.waitsOn === undefined ? [] : (['waitsOn'] as const))],
    }));
    // Whether a wait goes on without a break is told by the row as it was.
    if (done && row) return { to: 'think', row: { ...row, ...(wait && !isHeld ? { wait } : {}) }, fresh };
  }
  throw atWork(row);
}

/** From this receive on, an item whose worker ended goes by itself: its worker has ended twice. */
const ALONE_FROM = 3;

/**
 * An item that blocks its worker, or ends it, takes all others of its batch along. So one whose worker ended goes alone, behind the
 * others; if its worker ends then too, the item is why.
 * @returns true where it goes alone now
 * @throws SystemError where it was alone when its worker ended
 */
async function byItself(row: ItemRow, attempt: number, { alone }: Options): Promise<true | undefined> {
  if (row.leaseBy === undefined || !alone) return undefined;
  if (row.leaseAlone)
    throw new SystemError('its worker ended whenever it was at work on this item, at last on nothing else');
  if (attempt < ALONE_FROM) return undefined;
  await alone();
  return true;
}

/** A first delivery from intake claims at once; any other looks first, as a read is cheaper than a refusal. */
async function firstLook(
  table: string,
  { message: { itemId: id, generation, ticket, again, woken }, attempt, lease }: Delivery,
): Promise<Changed> {
  if (attempt > 1 || ticket !== undefined || again || woken)
    return { done: false, row: await getItem(table, id) };
  return claimItem(table, { id, generation }, ['received'], {
    takes: lease,
    status: 'processing',
    without: ['verdict', 'wait', 'ticket', 'unread', 'rethinks'],
    events: [event('processing', { attempt })],
  });
}

/** What there is to do with an item instead of thinking about it; undefined if it is to be claimed. */
async function standing(
  row: ItemRow | undefined,
  { message }: Delivery,
  { env, automation }: Options,
): Promise<Found | undefined> {
  if (!row || !isMeant(row, message)) return { to: 'leave', row: undefined };
  if (message.woken) {
    const neighbour = awaited(row);
    // One that does not wait any more has gone on with its own message.
    if (!neighbour) return { to: 'leave', row };
    if (await whileShut(env.CONTROL_TABLE, neighbour, { ...row, anew: true }))
      return { to: 'wait', row, outcome: 'duplicate' };
    if (waitsToAct(row)) return { to: 'wake', row };
  }
  if (!OPEN.includes(row.status)) return { to: 'leave', row };
  if (row.unread) return { to: 'read', row };
  const outcome =
    (await stillDeferred(env, row, automation, message)) || (await stillWaits(env, row, automation, message));
  if (outcome) return { to: 'wait', row, outcome };
  if (row.verdict) return { to: 'start', row };
  if (leaseLeft(row) > 0) throw atWork(row);
  return undefined;
}

/** Whether an operator's next generation is there to be thought about. */
function isNext({ generation, status, unread }: ItemRow, message: WorkMessage): boolean {
  return generation === message.generation && status === 'received' && !unread;
}

/** Whether a message is about the generation that the item is in. */
export function isMeant(row: ItemRow, { again, generation }: WorkMessage): boolean {
  return again ? wasSentBack(row, generation) : row.generation === generation;
}

/** An item that an operator let go on is `received` as well, and its steps are remembered. */
const MAY_BE_FRESH: readonly ItemStatus[] = ['received', 'deferred'];

function timesInWork({ timeline }: ItemRow): number {
  return timeline.filter((it) => it.event === 'processing').length;
}
