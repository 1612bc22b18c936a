import type { ApprovalRow, RunDecision, TrailEntry } from '../contract/approval.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ApprovalCommand } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { clock } from '../kit/clock.ts';
import { errorFacts, where } from '../kit/errors.ts';
import { send } from '../kit/queue/send.ts';
import { itemLogger } from '../kit/telemetry.ts';
import { waitingRun } from '../tables/approvals/handles.ts';
import { auditEntries, putAudits } from '../tables/audit/audit.ts';
import { changeItem, event, getItem, restChange } from '../tables/items/items.ts';
import { resume, SUPERSEDED, startClaimed, statusOf, taskFailed } from '../tables/items/runs.ts';
import { withdrawItem } from '../tables/items/withdrawal.ts';
import { answerRun } from './answer.ts';

type Env = EnvFor<'approve/on-change'>;

/**
 * What follows from a change of an approval. The approvals table's stream drives it, so it repeats until it
 * succeeds (or the record's day is over: then `ask` and the end of the run find the decision). Everything
 * here may happen twice.
 */
export async function onChange(row: ApprovalRow, before: ApprovalRow | undefined, env: Env): Promise<void> {
  await putAudits(env.AUDIT_TABLE, auditEntries(row, before?.trail?.length ?? 0));
  if (row.status === 'withdrawn') return takeBack(row, before, env);
  const stands = row.status === 'expired' || (row.status === 'decided' && row.carriedAt !== undefined);
  if (row.status === 'decided' && !stands) return waitForUndo(row, env);
  if (!stands) {
    const voided = Object.keys(before?.votes ?? {}).some((email) => !row.votes[email]);
    if (voided && before?.status === 'pending')
      await command(env, { approvalId: row.id, command: 'deliver' });
    return;
  }
  const first = before?.status !== row.status || before?.carriedAt !== row.carriedAt;
  if (first && Object.values(row.asked).some(({ slack }) => slack)) {
    await command(env, { approvalId: row.id, command: 'tell' });
  }
  if (row.attentionCheck) return;
  try {
    await carry(row, env);
  } catch (error) {
    if (errorFacts(error).class === 'TransientError') throw error;
    await park(row, error, env);
  }
}

/** The item was withdrawn: said once more in its row, if the API died before that. The waiting run ends. */
async function takeBack(row: ApprovalRow, before: ApprovalRow | undefined, env: Env): Promise<void> {
  const item = await getItem(env.ITEM_TABLE, row.itemId);
  const { by = 'Signalbox', comment: reason } = row.trail.findLast((it) => it.event === 'withdrawn') ?? {};
  if (item?.approvalId === row.id) await withdrawItem(env.ITEM_TABLE, item, { by, reason });
  const { tokens } = await waitingRun(env.LINK_TABLE, row.id);
  for (const token of tokens) await taskFailed(token, SUPERSEDED);
  if (before?.status !== row.status && Object.values(row.asked).some(({ slack }) => slack))
    await command(env, { approvalId: row.id, command: 'tell' });
}

/** SQS holds the command while the decision can be undone; a second more, for clocks that differ. */
async function waitForUndo({ id, undoUntil }: ApprovalRow, env: Env): Promise<void> {
  const left = Math.max(0, Date.parse(undoUntil ?? '') - clock.now());
  await command(env, { approvalId: id, command: 'carry' }, Math.min(900, Math.ceil(left / 1000) + 1));
}

async function command(env: Env, message: ApprovalCommand, delaySeconds = 0): Promise<void> {
  await send(env.APPROVALS_QUEUE_URL, message, delaySeconds);
}

async function carry(approval: ApprovalRow, env: Env): Promise<void> {
  const decision = approval.status === 'expired' ? 'expired' : approval.decision;
  if (!decision) return;
  const log = itemLogger({ itemId: approval.itemId, generation: approval.generation, stage: 'approve' });
  const row = await getItem(env.ITEM_TABLE, approval.itemId);
  if (row?.approvalId !== approval.id || !row.executionArn) return log.info('stale decision');
  const run = await statusOf(row.executionArn);
  // A run that ended by itself, a later generation or an action under way: the decision was carried there before.
  const later = row.generation !== approval.generation;
  // One whose action is under way may still wait, where this function died before it said so.
  const gone = run !== 'RUNNING' && row.status === 'acting';
  if (run === 'SUCCEEDED' || gone || (run === 'RUNNING' && later))
    return log.info('decision was carried before');

  await tellItem(env, row, approval, decision);
  const answer =
    run === 'RUNNING'
      ? await wake(env, row, approval, decision)
      : await goOn(env, row, row.executionArn, later && run === undefined);
  log.info('decision carried', { decision, execution: answer });
}

/** A run that is gone is followed by the next generation, or by the one claimed for this decision before. */
async function goOn(env: Env, row: ItemRow, arn: string, claimed: boolean): Promise<string> {
  if (!claimed) return resume(env.ITEM_TABLE, row, arn);
  await startClaimed(row);
  return 'started';
}

/**
 * A decision that can never be carried parks its item: the stream delivers nothing behind a failing record.
 */
async function park(approval: ApprovalRow, error: unknown, env: Env): Promise<void> {
  const facts = errorFacts(error);
  const log = itemLogger({ itemId: approval.itemId, generation: approval.generation, stage: 'approve' });
  log.error('decision not carried', { error: facts.class, reason: facts.message, at: where(error) });
  const row = await getItem(env.ITEM_TABLE, approval.itemId);
  if (row?.approvalId !== approval.id) return;
  const change = restChange(
    'parked',
    { ...facts, message: `the decision was not carried: ${facts.message}` },
    'approve',
  );
  await changeItem(env.ITEM_TABLE, row, ['waiting_approval', 'processing'], change);
}

async function tellItem(
  env: Env,
  row: ItemRow,
  approval: ApprovalRow,
  decision: Exclude<RunDecision, 'none'>,
): Promise<void> {
  const told = row.timeline.some(
    ({ event: name, approvalId }) => name === 'decided' && approvalId === approval.id,
  );
  if (told || decision === 'expired') return;
  const edited =
    approval.edits && decision === 'approve' ? { edited: approval.edits.map(({ field }) => field) } : {};
  // Somebody may answer the first mail while the others go out: the item is still in 'processing'.
  await changeItem(env.ITEM_TABLE, row, ['waiting_approval', 'processing'], {
    status: 'processing',
    events: [
      event('decided', {
        ...{ decision, by: approval.decidedBy, approvalId: approval.id, ...edited },
        ...attentionTo(approval),
      }),
    ],
  });
}

const VOICES: readonly TrailEntry['event'][] = ['approved', 'rejected', 'sent_back'];

/** Whose question it was when it was decided, and how long all who had a say looked at it; unknown of what was decided in Slack. */
function attentionTo({ group, asked, decidedBy = '', trail }: ApprovalRow): {
  group: string;
  activeSeconds?: number;
} {
  const seconds = trail.flatMap(({ event: name, activeSeconds }) =>
    VOICES.includes(name) && activeSeconds !== undefined ? [activeSeconds] : [],
  );
  const sum = seconds.reduce((all, one) => all + one, 0);
  return {
    group: asked[decidedBy]?.group ?? group,
    ...(seconds.length > 0 ? { activeSeconds: sum } : {}),
  };
}

/*
 * If the run goes on without this token, the token was answered before, or its wait has ended and the next
 * approval is on its way: `ask` answers that one with the decision it finds. Resuming here would start a
 * second run beside the first.
 */
async function wake(
  env: Env,
  row: ItemRow,
  { id }: ApprovalRow,
  decision: Exclude<RunDecision, 'none'>,
): Promise<string> {
  const woken = await answerRun(row, decision, await waitingRun(env.LINK_TABLE, id));
  return woken ? 'woken' : 'carried before, or by the next question';
}
