import type { EnvFor } from '../../contract/env.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { closeApproval } from '../../tables/approvals/approvals.ts';
import { getItem } from '../../tables/items/items.ts';
import { withdrawItem, withdrawnEntry } from '../../tables/items/withdrawal.ts';

/** An item that moves on between reading and writing is read again, this often. */
const ROUNDS = 4;

/** Whether nothing was done yet, and something may still be. */
export function mayGo({ status, action }: ItemRow): boolean {
  return !action && !['acting', 'done', 'rejected', 'refused', 'expired', 'withdrawn'].includes(status);
}

/**
 * Takes an item back until it acts. Its open question is closed first, so that no decision can come between; after a crash the approvals
 * table's stream withdraws the item. @returns the item as it is now
 */
export async function takeBack(
  item: ItemRow,
  says: { by: string; reason?: string | undefined },
  env: Pick<EnvFor<'operate/commands'>, 'ITEM_TABLE' | 'APPROVAL_TABLE'>,
): Promise<{ row: ItemRow; taken: boolean }> {
  let row = item;
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!mayGo(row)) break;
    const closed = row.approvalId
      ? await closeApproval(env.APPROVAL_TABLE, row.approvalId, withdrawnEntry(says))
      : false;
    const written = await withdrawItem(env.ITEM_TABLE, row, says);
    row = (await getItem(env.ITEM_TABLE, row.id)) ?? row;
    // The stream of the question that was closed here may have been faster.
    if (written || (closed && row.status === 'withdrawn')) return { row, taken: true };
  }
  return { row, taken: false };
}
