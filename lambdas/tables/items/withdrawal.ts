import type { ItemRow } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { isoNow } from '../../kit/clock.ts';
import { changeItem, event } from './items.ts';

/** Statuses to withdraw from: nothing was done, and nothing will be without another write to the row. */
const WITHDRAWABLE: readonly ItemStatus[] = [
  ...(['received', 'processing', 'deferred', 'waiting_approval', 'suspended'] as const),
  ...(['quarantined', 'parked'] as const),
];

/**
 * Takes an item back, in one write: `act` finds it withdrawn and does not act, or has said before that it acts, and then this writes
 * nothing. False where it acts, has acted or may have, is final, went on to another generation, or asks somebody meanwhile.
 */
export function withdrawItem(
  table: string,
  item: Pick<ItemRow, 'id' | 'generation' | 'approvalId'>,
  { by, reason }: { by: string; reason?: string | undefined },
): Promise<boolean> {
  return changeItem(table, item, WITHDRAWABLE, {
    status: 'withdrawn',
    remove: ['wait', 'waitsOn', 'deferredUntil', 'error'],
    // A question that came between the look and this write would stay open, and has to be closed first.
    without: item.approvalId === undefined ? ['action', 'approvalId'] : ['action'],
    events: [event('withdrawn', { by, ...(reason ? { reason } : {}) })],
  });
}

/** What a withdrawal leaves in the record of a question. */
export function withdrawnEntry({ by, reason }: { by: string; reason?: string | undefined }) {
  return { at: isoNow(), event: 'withdrawn' as const, by, ...(reason ? { comment: reason } : {}) };
}
