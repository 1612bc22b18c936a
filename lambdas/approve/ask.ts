import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type ApprovalRow, approvalId } from '../shared/approval.ts';
import { dynamo } from '../shared/clients.ts';
import { epochSeconds, isoNow } from '../shared/clock.ts';
import { getContent } from '../shared/content.ts';
import { newLinkToken, sha256 } from '../shared/digest.ts';
import type { EnvFor } from '../shared/env.ts';
import { errorFacts, SystemError } from '../shared/errors.ts';
import { SUPERSEDED, taskFailed, taskSucceeded } from '../shared/execution.ts';
import type { ItemRow, ItemStatus, ProposalDocument, TaskMessage } from '../shared/item.ts';
import { changeItem, event, getItem, isConditionFailure } from '../shared/items.ts';
import { itemLogger } from '../shared/telemetry.ts';
import { sendMail } from './mail.ts';

/*
 * Asks people. What it promises:
 * - One approval per item and generation, however often its message comes. A second message (a redelivery, or the escalation)
 *   only replaces the task token and mails the approvers who have no mail yet.
 * - One link per approval and recipient. Only the hash of a link is kept: who reads the table cannot decide.
 * - A crash between the row and the mails sends the mails again, with new links beside the old ones; each of them leads to the
 *   same single decision.
 * What it does not promise: that a mail arrives. That is what the time limits and the escalation are for.
 */

export interface DeskSettings {
  sender: string;
  /** Base of the links in mails. */
  baseUrl: string;
  groups: Record<string, { email: string }[]>;
  /** By automation. */
  policies: Record<
    string,
    { group: string; escalateTo: string; timeoutMinutes: number; escalationMinutes: number }
  >;
  itemDays: number;
}

type Env = EnvFor<'approve/ask'>;

const WAITING: readonly ItemStatus[] = ['processing', 'waiting_approval'];

export async function ask(message: TaskMessage, env: Env): Promise<void> {
  const log = itemLogger({ itemId: message.itemId, generation: message.generation, stage: 'approve' });
  const row = await getItem(env.ITEM_TABLE, message.itemId);
  if (!row || row.generation !== message.generation || !WAITING.includes(row.status)) {
    log.info('stale message', { status: row?.status ?? 'absent' });
    // Whoever waits under this token waits in vain.
    await taskFailed(message.taskToken, SUPERSEDED);
    return;
  }
  try {
    log.info('asked', await put(row, message, env));
  } catch (error) {
    // A wrong configuration does not mend itself while the run waits out its days.
    const facts = errorFacts(error);
    if (!(error instanceof SystemError) || !(await taskFailed(message.taskToken, facts))) throw error;
    log.error('not asked', { error: facts.class, reason: facts.message });
  }
}

async function put(row: ItemRow, message: TaskMessage, env: Env): Promise<Record<string, unknown>> {
  const desk = JSON.parse(env.DESK) as DeskSettings;
  const policy = desk.policies[row.automation];
  if (!policy) throw new SystemError(`the desk knows no approval policy for '${row.automation}'`);
  const group = message.escalated ? policy.escalateTo : policy.group;
  const approval = await open(env, desk, row, message, policy);
  if (approval.status !== 'pending') return closed(approval, message);
  const missing = (desk.groups[group] ?? []).filter(({ email }) => !approval.mailed.includes(email));
  if (missing.length === 0 && row.status === 'waiting_approval') return { group, again: true };
  // Before the mails: somebody may answer the moment the first is out, and `wake` must find an item that knows this question.
  const known = await changeItem(env.ITEM_TABLE, row, WAITING, {
    set: { approvalId: approval.id },
    events: [],
  });
  if (!known) {
    await taskFailed(message.taskToken, SUPERSEDED);
    return { stale: true };
  }
  const after = await mail(env, desk, approval, group, missing);
  if (after.status !== 'pending') return { closed: after.status };
  // After the mails: who reads that an item waits for a person may look for the mail at once.
  await changeItem(env.ITEM_TABLE, row, WAITING, {
    status: 'waiting_approval',
    events: [event(message.escalated ? 'escalated' : 'waiting_approval', { approvalId: approval.id, group })],
  });
  return { group, mailed: missing.length };
}

/** A run that asks about what is decided gets the decision: it came while no run waited for it. */
async function closed(approval: ApprovalRow, message: TaskMessage): Promise<Record<string, unknown>> {
  const { status, decision } = approval;
  if (decision) await taskSucceeded(message.taskToken, { decision });
  return { closed: status };
}

/** Creates the approval, or gives the one that is there the token of the task that waits now. */
async function open(
  env: Env,
  desk: DeskSettings,
  row: ItemRow,
  message: TaskMessage,
  policy: { timeoutMinutes: number; escalationMinutes: number },
): Promise<ApprovalRow> {
  if (!row.proposalKey || !row.proposalDigest)
    throw new SystemError('the item has no proposal to decide about');
  const approval: ApprovalRow = {
    id: approvalId(row.id, row.generation),
    itemId: row.id,
    generation: row.generation,
    automation: row.automation,
    status: 'pending',
    digest: row.proposalDigest,
    proposalKey: row.proposalKey,
    taskToken: message.taskToken,
    createdAt: isoNow(),
    closesAt: epochSeconds((policy.timeoutMinutes + policy.escalationMinutes) * 60),
    links: {},
    mailed: [],
    expiresAt: epochSeconds(desk.itemDays * 86_400),
  };
  const put = new PutCommand({
    TableName: env.APPROVAL_TABLE,
    Item: approval,
    ConditionExpression: 'attribute_not_exists(id)',
  });
  try {
    await dynamo().send(put);
    return approval;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    return change(env, approval.id, 'SET taskToken = :token', { ':token': message.taskToken });
  }
}

/**
 * Hashes first, mails second: a mail never carries a link that the table does not know. Each approver for themselves: an address
 * that is refused does not keep the mail from the others, and who has theirs gets no second one.
 * @throws SystemError when nobody of the group could be mailed, TransientError when the mail service falters
 */
async function mail(
  env: Env,
  desk: DeskSettings,
  approval: ApprovalRow,
  group: string,
  missing: readonly { email: string }[],
): Promise<ApprovalRow> {
  if (!desk.groups[group]?.length) throw new SystemError(`the approver group '${group}' has no members`);
  if (missing.length === 0) return approval;
  const links = missing.map(({ email }) => ({ email, token: newLinkToken() }));
  const added = links.map(({ email, token }) => [sha256(token), { email, group }] as const);
  await change(
    env,
    approval.id,
    `SET ${added.map((_, index) => `links.#hash${index} = :link${index}`).join(', ')}`,
    Object.fromEntries(added.map(([, link], index) => [`:link${index}`, link])),
    Object.fromEntries(added.map(([hash], index) => [`#hash${index}`, hash])),
  );
  const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, approval.proposalKey);
  const sent: string[] = [];
  const faults: unknown[] = [];
  for (const { email, token } of links) {
    const url = `${desk.baseUrl}/approvals/${approval.id}?t=${token}`;
    try {
      await sendMail(desk.sender, email, { document, url, closesAt: approval.closesAt });
      sent.push(email);
    } catch (error) {
      faults.push(error);
    }
  }
  const after = await change(env, approval.id, 'SET mailed = list_append(mailed, :sent)', { ':sent': sent });
  const faltered = faults.find((error) => errorFacts(error).class === 'TransientError');
  if (faltered) throw faltered;
  const reached = desk.groups[group].filter(({ email }) => after.mailed.includes(email));
  if (reached.length > 0) return after;
  const why = faults[0] instanceof Error ? faults[0].name : 'no reason was given';
  throw new SystemError(`nobody of the approver group '${group}' could be mailed: ${why}`);
}

async function change(
  env: Env,
  id: string,
  expression: string,
  values: Record<string, unknown>,
  names: Record<string, string> = {},
): Promise<ApprovalRow> {
  const { Attributes } = await dynamo().send(
    new UpdateCommand({
      TableName: env.APPROVAL_TABLE,
      Key: { id },
      UpdateExpression: expression,
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeValues: values,
      ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
      ReturnValues: 'ALL_NEW',
    }),
  );
  return Attributes as ApprovalRow;
}
