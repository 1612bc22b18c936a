import type { WorkMessage } from '../../contract/item/messages.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { sha256 } from '../../kit/digest.ts';
import { send } from '../../kit/queue/send.ts';

/** The work queues of an automation. */
export interface Lanes {
  WORK_QUEUE_URL: string;
  /** Of urgent items where they have a queue of their own, else `none`. */
  URGENT_QUEUE_URL: string;
}

type Carried = Pick<ItemRow, 'id' | 'generation' | 'client' | 'share' | 'priority'>;

/** The queue that carries items of a priority. */
export function laneOf({ WORK_QUEUE_URL, URGENT_QUEUE_URL }: Lanes, { priority }: Pick<ItemRow, 'priority'>) {
  return priority === 'urgent' && URGENT_QUEUE_URL !== 'none' ? URGENT_QUEUE_URL : WORK_QUEUE_URL;
}

/** Sends an item to work, in its lane and on its client's account. `more`: what the message says besides the item. */
export function toWork(
  lanes: Lanes,
  item: Carried,
  {
    delaySeconds = 0,
    ...more
  }: Pick<WorkMessage, 'ticket' | 'again' | 'woken'> & { delaySeconds?: number } = {},
): Promise<void> {
  const message: WorkMessage = { itemId: item.id, generation: item.generation, ...more };
  return send(laneOf(lanes, item), message, delaySeconds, groupOf(item));
}

/** By whom SQS tells clients apart: names of clients may hold signs that it does not take. */
export function groupOf({ client, share }: Pick<ItemRow, 'client' | 'share'>): string {
  return sha256(`client|${client}${share === undefined ? '' : `|${share}`}`).slice(0, 32);
}
