import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ApprovalRow } from '../shared/approval.ts';
import { dynamo } from '../shared/clients.ts';
import { epochSeconds, isoNow } from '../shared/clock.ts';
import { isConditionFailure } from '../shared/items.ts';

export async function readApprovalRow(table: string, id: string): Promise<ApprovalRow | undefined> {
  // Longer than any id of ours, and than DynamoDB takes a key.
  if (id.length > 200) return undefined;
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
  );
  return Item as ApprovalRow | undefined;
}

export interface Decision {
  decision: 'approve' | 'reject';
  decidedBy: string;
  comment: string;
  activeSeconds: number;
}

/**
 * Records a decision if there is none yet: one conditional write, so that of two clicks one counts. Returns the row as it then
 * stands, and whether this decision is the one that counts. The table's stream wakes the execution: a crash here loses nothing.
 */
export async function decide(
  table: string,
  approval: ApprovalRow,
  decision: Decision,
): Promise<{ row: ApprovalRow; counted: boolean }> {
  const update = new UpdateCommand({
    TableName: table,
    Key: { id: approval.id },
    UpdateExpression:
      'SET #status = :decided, decision = :decision, decidedBy = :by, decidedAt = :at, #comment = :comment, activeSeconds = :active',
    ConditionExpression: '#status = :pending AND #digest = :digest AND closesAt > :now',
    ExpressionAttributeNames: { '#status': 'status', '#comment': 'comment', '#digest': 'digest' },
    ExpressionAttributeValues: {
      ':decided': 'decided',
      ':pending': 'pending',
      ':decision': decision.decision,
      ':by': decision.decidedBy,
      ':at': isoNow(),
      ':comment': decision.comment,
      ':active': decision.activeSeconds,
      ':digest': approval.digest,
      ':now': epochSeconds(),
    },
    ReturnValues: 'ALL_NEW',
  });
  try {
    return { row: (await dynamo().send(update)).Attributes as ApprovalRow, counted: true };
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    return { row: (await readApprovalRow(table, approval.id)) ?? approval, counted: false };
  }
}
