import type { ApprovalRow } from '../shared/approval.ts';
import type { EnvFor } from '../shared/env.ts';
import { isRunning, resume, taskSucceeded } from '../shared/execution.ts';
import { changeItem, event, getItem } from '../shared/items.ts';
import { itemLogger } from '../shared/telemetry.ts';

/**
 * Carries a recorded decision to the run that waits for it. It is driven by the approvals table's stream, so it comes again
 * until it has succeeded (or the record's day is over: then `ask` and the run's own end find the decision); everything here may
 * be done twice.
 */
export async function wake(approval: ApprovalRow, env: EnvFor<'approve/wake'>): Promise<void> {
  const { decision } = approval;
  if (approval.status !== 'decided' || !decision) return;
  const log = itemLogger({ itemId: approval.itemId, generation: approval.generation, stage: 'approve' });
  const row = await getItem(env.ITEM_TABLE, approval.itemId);
  if (row?.approvalId !== approval.id || !row.executionArn) return log.info('stale decision');
  const running = await isRunning(row.executionArn);
  // A later generation, or an action under way: an earlier record of the stream has carried this decision there.
  const carried = row.generation !== approval.generation || row.status === 'acting';
  if (running && carried) return log.info('decision was carried before');

  const told = row.timeline.some(
    ({ event: name, approvalId }) => name === 'decided' && approvalId === approval.id,
  );
  if (!told) {
    // Whoever answered the first mail while the others went out finds the item still in 'processing'.
    await changeItem(env.ITEM_TABLE, row, ['waiting_approval', 'processing'], {
      status: 'processing',
      events: [event('decided', { decision, by: approval.decidedBy, approvalId: approval.id })],
    });
  }
  const answer = running
    ? await answerRun(approval.taskToken, decision)
    : await resume(env.ITEM_TABLE, row, row.executionArn, decision);
  log.info('decision carried', { decision, execution: answer });
}

/*
 * A token that is gone from a run that goes on was answered before, or its wait has ended and the next question is on its way:
 * `ask` answers that one with the decision it finds. To resume here would start a second run beside the first.
 */
async function answerRun(taskToken: string, decision: 'approve' | 'reject'): Promise<string> {
  return (await taskSucceeded(taskToken, { decision })) ? 'woken' : 'carried before, or by the next question';
}
