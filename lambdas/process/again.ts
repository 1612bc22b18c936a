import { COMPLETES } from '../contract/approval.ts';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { THINKING_AGAIN, thoughtIn } from '../contract/item/timeline.ts';
import { errorFacts } from '../kit/errors.ts';
import { wasCompletion } from '../tables/approvals/approvals.ts';
import { type Changed, claimItem, event } from '../tables/items/items.ts';
import type { Lease } from '../tables/items/lease.ts';
import { isDoubtful } from '../tables/items/ledger.ts';
import { approvalId } from '../tables/keys.ts';
import { stopped } from './alone.ts';

/** What the next generation must not inherit from the one that was sent back. */
const OF_ONE_GENERATION = [
  'verdict',
  'reasons',
  'label',
  'duplicateOf',
  'duplicateIsOwn',
  'proposalKey',
  'proposalDigest',
  'proposalSeal',
  'executionArn',
  'approvalId',
  'error',
] as const satisfies readonly (keyof ItemRow)[];

/**
 * Claims the generation after the one that an approver sent back, or that the house had closed to complete it: that leaves no remark to
 * answer, so that the item may act alone.
 * @returns the item as it is now, or the one that refused: it went on in another way, or an earlier delivery of this message has
 *   claimed the generation
 */
export async function claimNext(
  env: Pick<EnvFor<'process/process'>, 'ITEM_TABLE' | 'APPROVAL_TABLE'>,
  row: ItemRow,
  lease: Lease,
  attempt: number,
): Promise<Changed> {
  const generation = row.generation + 1;
  const approval = row.approvalId ?? approvalId(row.id, row.generation);
  const completes = await completion(env.APPROVAL_TABLE, approval);
  const list = completes ? 'completed' : 'sentBack';
  return claimItem(env.ITEM_TABLE, row, ['waiting_approval', 'processing'], {
    takes: lease,
    status: 'processing',
    set: { generation, [list]: [...(row[list] ?? []), approval] },
    remove: [...OF_ONE_GENERATION, 'remembers'],
    events: [
      event(THINKING_AGAIN, {
        ...{ generation, approvalId: approval },
        ...(completes ? { reason: COMPLETES } : {}),
      }),
      event('processing', { attempt }),
    ],
  });
}

/**
 * Claims the generation that an operator wants thought about anew, without what was judged before. The room of an action that never
 * began goes back first: that action finds an item that went on, and a worker that dies in between is followed by one that does it again.
 * @returns the item as it is now, or the one that refused
 */
export async function claimAnew(
  env: Pick<EnvFor<'process/process'>, 'ITEM_TABLE' | 'CONTROL_TABLE'>,
  row: ItemRow,
  { lease, attempt }: { lease: Lease; attempt: number },
  automation: Automation,
): Promise<Changed> {
  const { generation, verdict } = row;
  const doubtful = isDoubtful(row);
  if (verdict && !doubtful) await stopped(env, { ...row, generation: thoughtIn(row) }, automation);
  return claimItem(env.ITEM_TABLE, row, ['received'], {
    takes: lease,
    status: 'processing',
    having: { rethinks: generation },
    // What was done, or may have been, stays told.
    remove: [...OF_ONE_GENERATION, 'rethinks', ...(doubtful ? [] : (['action', 'actions'] as const))],
    events: [event(THINKING_AGAIN, { generation }), event('processing', { attempt })],
  });
}

/** An approval that can never be read counts as sent back by a person: then a person is asked, and the item is not lost over it. */
async function completion(table: string, approval: string): Promise<boolean> {
  try {
    return await wasCompletion(table, approval);
  } catch (error) {
    if (errorFacts(error).class === 'TransientError') throw error;
    return false;
  }
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
