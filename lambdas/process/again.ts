import type { ItemRow } from '../contract/item/row.ts';
import { THINKING_AGAIN } from '../contract/item/timeline.ts';
import { type Changed, claimItem, event } from '../tables/items/items.ts';
import type { Lease } from '../tables/items/lease.ts';
import { approvalId } from '../tables/keys.ts';

/** What the next generation must not inherit from the one that was sent back. */
const OF_ONE_GENERATION = [
  'verdict',
  'reasons',
  'label',
  'duplicateOf',
  'proposalKey',
  'proposalDigest',
  'proposalSeal',
  'executionArn',
  'approvalId',
  'error',
] as const satisfies readonly (keyof ItemRow)[];

/**
 * Claims the generation after the one that an approver sent back.
 * @returns the item as it is now, or the one that refused: it went on in another way, or an earlier delivery of this message has
 *   claimed the generation
 */
export function claimNext(table: string, row: ItemRow, lease: Lease, attempt: number): Promise<Changed> {
  const generation = row.generation + 1;
  const approval = row.approvalId ?? approvalId(row.id, row.generation);
  return claimItem(table, row, ['waiting_approval', 'processing'], {
    takes: lease,
    status: 'processing',
    set: { generation, sentBack: [...(row.sentBack ?? []), approval] },
    remove: OF_ONE_GENERATION,
    events: [event(THINKING_AGAIN, { generation, approvalId: approval }), event('processing', { attempt })],
  });
}

/**
 * Whether an item is in the generation that a message of this kind has claimed: the generation after `sentBack` may also be that of a
 * run that was resumed, and its proposal is not this message's to start.
 */
export function wasSentBack(row: ItemRow, sentBack: number): boolean {
  const generation = sentBack + 1;
  return (
    row.generation === generation &&
    row.timeline.some((it) => it.event === THINKING_AGAIN && it.generation === generation)
  );
}
