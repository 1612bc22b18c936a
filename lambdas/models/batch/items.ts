import type { ItemRow } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { getItems } from '../../tables/batches/items.ts';
import { type BatchRequest, moveRequest } from '../../tables/batches/requests.ts';
import { toWork } from '../../tables/items/lanes.ts';
import type { Keeping } from './keeper.ts';

/* What becomes of the items whose requests wait. */

/** Those that may wait for an answer. Any other has come to its end, or a person has it. */
const WAITS: readonly ItemStatus[] = ['received', 'processing', 'deferred', 'suspended'];

/** Whether an answer would be of use to an item; its content may be gone. */
export function wants(row: Pick<ItemRow, 'status' | 'erasedAt'> | undefined): boolean {
  return row !== undefined && row.erasedAt === undefined && WAITS.includes(row.status);
}

export type Waiting = Pick<
  ItemRow,
  'id' | 'generation' | 'client' | 'share' | 'priority' | 'status' | 'erasedAt'
>;

export function itemsOf(keeping: Keeping, requests: readonly BatchRequest[]): Promise<Map<string, Waiting>> {
  return getItems(
    keeping.env.ITEM_TABLE,
    requests.map(({ itemId }) => itemId),
  );
}

/**
 * Sends the item of a request on whose state says what to do, and then takes the request off its list: whoever dies in between sends it
 * on once more.
 */
export async function sendOn(
  keeping: Keeping,
  request: BatchRequest,
  item: Waiting | undefined,
): Promise<void> {
  // What an operator holds is sent on when it is resumed.
  if (item && wants(item) && item.status !== 'suspended') await toWork(keeping.env, item);
  await moveRequest(keeping.table, request, { madeFor: request.itemId });
}

/** The step asks at once though a file holds its request: whatever that answers is thrown away, and counted. */
export async function giveUp(
  keeping: Keeping,
  request: BatchRequest,
  item: Waiting | undefined,
): Promise<void> {
  if (request.state === 'sent' && !(await moveRequest(keeping.table, request, { state: 'late' }))) return;
  if (item && wants(item) && item.status !== 'suspended') await toWork(keeping.env, item);
}
