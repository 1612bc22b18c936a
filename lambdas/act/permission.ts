import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { ApprovalRow } from '../shared/approval.ts';
import { dynamo } from '../shared/clients.ts';
import type { EnvFor } from '../shared/env.ts';
import { SystemError } from '../shared/errors.ts';
import type { ItemRow } from '../shared/item.ts';

/**
 * The last lock before the world changes. It believes neither the message nor the execution: the gate's verdict and a person's
 * decision are read from the tables, and both must be about exactly the document that is about to be carried out.
 * @throws SystemError when there is no permission, or it is for something else
 */
export async function checkPermission(env: EnvFor<'act/act'>, row: ItemRow, shown: string): Promise<void> {
  if (row.proposalDigest !== shown)
    throw new SystemError('the proposal was changed after the gate: nothing was done');
  if (row.verdict === 'act') return;
  if (row.verdict !== 'ask' || !row.approvalId)
    throw new SystemError('neither the gate nor a person allowed this action');
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: env.APPROVAL_TABLE, Key: { id: row.approvalId }, ConsistentRead: true }),
  );
  const approval = Item as ApprovalRow | undefined;
  if (approval?.status !== 'decided' || approval.decision !== 'approve') {
    throw new SystemError('no person has approved this action');
  }
  if (approval.digest !== shown)
    throw new SystemError('the approval is for another proposal: nothing was done');
}
