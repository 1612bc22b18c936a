import type { ApprovalRow } from '../../contract/approval.ts';
import type { ApprovalCommand, SignInCommand, TaskMessage } from '../../contract/item/messages.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { digest, peopleOf } from '../../kit/digest.ts';
import { errorFacts, SystemError, TransientError } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';
import { count, itemLogger } from '../../kit/telemetry.ts';
import { readApproval } from '../../tables/approvals/approvals.ts';
import { keepToken } from '../../tables/approvals/handles.ts';
import { changeItem, event, getItem } from '../../tables/items/items.ts';
import { SUPERSEDED, taskFailed } from '../../tables/items/runs.ts';
import { approvalId } from '../../tables/keys.ts';
import { answerRun } from '../answer.ts';
import { sendLink } from '../channels/mail/sign-in.ts';
import { amend, expired, withdrawn } from '../decision/amend.ts';
import { run } from './commands.ts';
import { type AskContext, claimMails, deliver, isSending, mail } from './deliver.ts';
import { openApproval } from './open.ts';
import { invitees } from './people.ts';

/*
 * Asks people. It promises:
 * - One approval per item and generation, however often its message arrives. A second message only adds its
 *   task token and mails the approvers who have no mail yet.
 * - One link per approval and recipient. Only the hash of a link is stored, where only the page reads it.
 * - A crash between the row and the mails sends the mails again, with new links beside the old ones. All of
 *   them lead to the same single decision.
 * It does not promise that a mail arrives: the reminder, the time limits and the escalation cover that.
 */

const WAITING: readonly ItemStatus[] = ['processing', 'waiting_approval'];

/** One message of the approvals queue: a run that waits for people, or a command about an approval. */
export async function ask(
  message: TaskMessage | ApprovalCommand | SignInCommand,
  context: AskContext,
): Promise<void> {
  if ('command' in message && message.command === 'sign in') return sendLink(context, message);
  if ('command' in message) return run(context, message);
  const log = itemLogger({ itemId: message.itemId, generation: message.generation, stage: 'approve' });
  const row = await getItem(context.env.ITEM_TABLE, message.itemId);
  if (!row || row.generation !== message.generation || !WAITING.includes(row.status)) {
    log.info('stale message', { status: row?.status ?? 'absent' });
    if (row?.status === 'withdrawn') await takeBack(context, row);
    // Nothing can answer this token any more.
    await taskFailed(message.taskToken, SUPERSEDED);
    return;
  }
  try {
    log.info('asked', await put(context, row, message));
  } catch (error) {
    // A wrong configuration does not mend itself during the days that the run may wait.
    const facts = errorFacts(error);
    if (error instanceof SystemError) await shut(context, row);
    if (!(error instanceof SystemError) || !(await taskFailed(message.taskToken, facts))) throw error;
    log.error('not asked', { error: facts.class, reason: facts.message });
  }
}

async function put(context: AskContext, row: ItemRow, run: TaskMessage): Promise<Record<string, unknown>> {
  const { env } = context;
  const before = await askedBefore(context, row, run);
  const { approval, mailed } = before ? later(context, before) : await firstPut(context, row, run);
  if (approval.status !== 'pending') return closed(row, approval, run);
  // Before the mails: after an immediate answer `on-change` must find an item that knows this approval.
  const known = await changeItem(env.ITEM_TABLE, row, WAITING, {
    set: { approvalId: approval.id },
    events: [],
  });
  if (!known) {
    const now = await getItem(env.ITEM_TABLE, row.id);
    if (now?.status === 'withdrawn') await takeBack(context, row);
    await taskFailed(run.taskToken, SUPERSEDED);
    return { stale: true };
  }
  const after = await mailed();
  // Of a worker that died, they are to be sent when its claims are over.
  if (after.status === 'pending' && isSending(after)) throw new TransientError('another delivery is mailing');
  if (after.status !== 'pending' || row.status === 'waiting_approval')
    return { status: after.status, again: true };
  // After the mails: whoever reads `waiting_approval` may look for the mail at once.
  await changeItem(env.ITEM_TABLE, row, ['processing'], {
    status: 'waiting_approval',
    events: [event('waiting_approval', { approvalId: after.id, group: after.group, mails: mailsOf(after) })],
  });
  return { group: after.group, asked: Object.keys(after.asked).length };
}

/** The question of a run that is gone, which this one follows: it is the same proposal's. */
async function askedBefore(context: AskContext, row: ItemRow, run: TaskMessage) {
  const id = questionId(row);
  if (id === approvalId(row.id, row.generation)) return undefined;
  await waitsFor(context, id, run);
  return readApproval(context.env.APPROVAL_TABLE, id);
}

/** How many people were mailed; whoever was not reached has none. */
function mailsOf({ asked }: ApprovalRow): number {
  return Object.values(asked).filter(({ mailedAt }) => mailedAt).length;
}

/** An approval, and how its mails go out. */
interface Put {
  approval: ApprovalRow;
  mailed: () => Promise<ApprovalRow>;
}

function later(context: AskContext, approval: ApprovalRow): Put {
  return { approval, mailed: () => deliver(context, approval, 'mailedAt') };
}

async function firstPut(context: AskContext, row: ItemRow, run: TaskMessage): Promise<Put> {
  const { env, settings } = context;
  const document = await readGated(env.CONTENT_BUCKET, row);
  const asked = await firstAsked(context, document);
  const id = approvalId(row.id, row.generation);
  await waitsFor(context, id, run);
  // Its row brings the claims of its mails along, so that they need no write of their own.
  const mails = row.approvalId === id ? undefined : claimMails(context, { id, asked });
  const { approval, fresh } = await openApproval(env.APPROVAL_TABLE, settings, row, document, {
    asked: mails?.asked ?? asked,
  });
  if (!fresh || !mails) return later(context, approval);
  return { approval, mailed: () => mail(context, approval, 'mailedAt', document, mails) };
}

async function waitsFor({ env, settings }: AskContext, id: string, run: TaskMessage): Promise<void> {
  await keepToken(env.LINK_TABLE, id, run, epochSeconds(settings.itemDays * DAY_SECONDS));
}

function questionId({ approvalId: known, id, generation }: ItemRow): string {
  return known ?? approvalId(id, generation);
}

/** An approval that cannot be asked for closes with its run: nobody may decide what nothing waits for. */
async function shut({ env }: AskContext, row: ItemRow): Promise<void> {
  const approval = await readApproval(env.APPROVAL_TABLE, questionId(row));
  if (!approval) return;
  await amend(env.APPROVAL_TABLE, approval, (now) =>
    now.status === 'pending' ? expired(now, { by: 'Signalbox' }) : undefined,
  );
}

/** The item was withdrawn while its approval was being created: nobody is asked. */
async function takeBack({ env }: AskContext, row: ItemRow): Promise<void> {
  const approval = await readApproval(env.APPROVAL_TABLE, questionId(row));
  if (!approval) return;
  await amend(env.APPROVAL_TABLE, approval, (now) =>
    now.status === 'pending' ? withdrawn(now, { by: 'Signalbox' }) : undefined,
  );
}

/** The document that the gate passed. @throws SystemError if another one is stored now */
async function readGated(bucket: string, row: ItemRow): Promise<ProposalDocument> {
  if (!row.proposalKey) throw new SystemError('the item has no proposal to approve');
  const document = await getContent<ProposalDocument>(bucket, row.proposalKey);
  if (digest(document) === row.proposalDigest) return document;
  count('proposalsTampered', row.automation);
  throw new SystemError('the proposal was changed after the gate: nobody was asked');
}

/** The first group. If too few of its members may answer, the next group joins at once. */
async function firstAsked(
  { env, settings }: AskContext,
  { question }: ProposalDocument,
): Promise<ApprovalRow['asked']> {
  if (!question) throw new SystemError('the proposal has no terms of approval');
  const { group, escalateTo, quorum } = question.terms;
  let asked: ApprovalRow['asked'] = {};
  for (const name of [group, escalateTo]) {
    // Members of both groups are asked as members of the first.
    asked = { ...(await invitees(env.CONTROL_TABLE, settings, question.requester, name)), ...asked };
    if (peopleOf(Object.keys(asked)) >= quorum) return asked;
  }
  throw new SystemError(
    `too few of the approver groups '${group}' and '${escalateTo}' may decide this: add members who did not ask for it`,
  );
}

/** A run that asks about a decided approval gets the decision: it came while no run waited. */
async function closed(
  row: ItemRow,
  { status, decision, carriedAt }: ApprovalRow,
  { taskToken, actionQueueUrl }: TaskMessage,
): Promise<Record<string, unknown>> {
  const waiting = { tokens: [taskToken], ...(actionQueueUrl === undefined ? {} : { actionQueueUrl }) };
  if (decision && carriedAt) await answerRun(row, decision, waiting);
  if (status === 'expired') await answerRun(row, 'expired', waiting);
  if (status === 'withdrawn') await taskFailed(taskToken, SUPERSEDED);
  return { closed: status };
}
