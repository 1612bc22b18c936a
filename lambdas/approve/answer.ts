import type { RunDecision } from '../contract/approval.ts';
import type { ActionMessage } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { send } from '../kit/queue/send.ts';
import type { WaitingRun } from '../tables/approvals/handles.ts';
import { taskDecided } from '../tables/items/runs.ts';

/**
 * Tells the run that waits for a decision about this item. What was approved is sent to its action before that, so that the run
 * ends without a state of its own for it (ADR 0118). Whoever dies in between does both again: two messages of an action are one
 * action, and one about an item that goes on, or has ended, does nothing.
 * @returns false when nobody waits under any of the tokens any more
 * @throws TransientError, and what SQS and Step Functions throw: the run has heard nothing then
 */
export async function answerRun(
  { id: itemId, generation, status }: Pick<ItemRow, 'id' | 'generation' | 'status'>,
  decision: Exclude<RunDecision, 'none'>,
  { tokens, actionQueueUrl }: WaitingRun,
): Promise<boolean> {
  const sends = decision === 'approve' && actionQueueUrl !== undefined;
  const open = status === 'waiting_approval' || status === 'processing';
  if (sends && open) await send(actionQueueUrl, { itemId, generation } satisfies ActionMessage);
  // Messages may overtake each other: the latest token need not be the one that waits.
  for (const token of tokens) if (await taskDecided(token, decision, sends)) return true;
  return false;
}
