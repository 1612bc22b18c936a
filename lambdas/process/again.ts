import type { ItemRow } from '../contract/item/row.ts';
import { THINKING_AGAIN } from '../contract/item/timeline.ts';
import { changedItem, event, getItem } from '../tables/items/items.ts';
import { approvalId } from '../tables/keys.ts';

/** What the next generation must not inherit from the one that was sent back. */
const OF_ONE_GENERATION = [
  'verdict',
  'reasons',
  'label',
  'proposalKey',
  'proposalDigest',
  'proposalSeal',
  'executionArn',
  'approvalId',
  'error',
] as const satisfies readonly (keyof ItemRow)[];

/**
 * The item in the generation after the one that an approver sent back, claimed now or by an earlier delivery of this message.
 * Undefined when the item went on in another way: the generation after `sentBack` may also be that of a run that was resumed,
 * and its proposal is not this message's to start.
 */
export async function nextGeneration(
  table: string,
  found: ItemRow,
  sentBack: number,
): Promise<ItemRow | undefined> {
  const claimed = found.generation === sentBack ? await claim(table, found) : found;
  // Somebody was faster, perhaps another delivery of this message.
  const row = claimed ?? (await getItem(table, found.id));
  const ours = row?.timeline.some(
    ({ event: name, generation }) => name === THINKING_AGAIN && generation === sentBack + 1,
  );
  return ours && row?.generation === sentBack + 1 ? row : undefined;
}

function claim(table: string, row: ItemRow): Promise<ItemRow | undefined> {
  const generation = row.generation + 1;
  const approval = row.approvalId ?? approvalId(row.id, row.generation);
  return changedItem(table, row, ['waiting_approval', 'processing'], {
    status: 'processing',
    set: { generation, sentBack: [...(row.sentBack ?? []), approval] },
    remove: OF_ONE_GENERATION,
    events: [event(THINKING_AGAIN, { generation, approvalId: approval })],
  });
}
