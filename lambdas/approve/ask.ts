import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type ApprovalRow, approvalId } from '../shared/approval.ts';
import { dynamo } from '../shared/clients.ts';
import { epochSeconds, isoNow } from '../shared/clock.ts';
import { getContent } from '../shared/content.ts';
import { newLinkToken, sha256 } from '../shared/digest.ts';
import type { EnvFor } from '../shared/env.ts';
import { errorFacts, SystemError } from '../shared/errors.ts';
import { taskFailed } from '../shared/execution.ts';
import type { ItemRow, ItemStatus, ProposalDocument, TaskMessage } from '../shared/item.ts';
import { changeItem, event, getItem, isConditionFailure } from '../shared/items.ts';
import { itemLogger } from '../shared/telemetry.ts';
import { sendMail } from './mail.ts';

/*
 * Asks people. What it promises:
 * - One approval per item and generation, however often its message comes. A second message (a redelivery, or the escalation)
 *   only replaces the task token and mails the groups that were not mailed yet.
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
  if (approval.status !== 'pending') return { closed: approval.status };
  const asked = approval.mailed.includes(group);
  if (asked && row.status === 'waiting_approval') return { group, again: true };
  // Before the mails: somebody may answer the moment the first is out, and `wake` must find an item that knows this question.
  const known = await changeItem(env.ITEM_TABLE, row, WAITING, {
    set: { approvalId: approval.id },
    events: [],
  });
  if (!known) return { stale: true };
  const after = asked ? approval : await mail(env, desk, approval, group);
  if (after.status !== 'pending') return { closed: after.status };
  // After the mails: who reads that an item waits for a person may look for the mail at once.
  await changeItem(env.ITEM_TABLE, row, WAITING, {
    status: 'waiting_approval',
    events: [event(message.escalated ? 'escalated' : 'waiting_approval', { approvalId: approval.id, group })],
  });
  return { group, recipients: desk.groups[group]?.length ?? 0 };
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

/** Hashes first, mails second: a mail never carries a link that the table does not know. */
async function mail(
  env: Env,
  desk: DeskSettings,
  approval: ApprovalRow,
  group: string,
): Promise<ApprovalRow> {
  const recipients = desk.groups[group] ?? [];
  if (recipients.length === 0) throw new SystemError(`the approver group '${group}' has no members`);
  const links = recipients.map(({ email }) => ({ email, token: newLinkToken() }));
  const added = links.map(({ email, token }) => [sha256(token), { email, group }] as const);
  await change(
    env,
    approval.id,
    `SET ${added.map((_, index) => `links.#hash${index} = :link${index}`).join(', ')}`,
    Object.fromEntries(added.map(([, link], index) => [`:link${index}`, link])),
    Object.fromEntries(added.map(([hash], index) => [`#hash${index}`, hash])),
  );
  const document = await getContent<ProposalDocument>(env.CONTENT_BUCKET, approval.proposalKey);
  for (const { email, token } of links) {
    const url = `${desk.baseUrl}/approvals/${approval.id}?t=${token}`;
    await sendMail(desk.sender, email, { document, url, closesAt: approval.closesAt });
  }
  return change(env, approval.id, 'SET mailed = list_append(mailed, :groups)', { ':groups': [group] });
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
