import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemRow } from '../contract/item/row.ts';
import { THINKING_AGAIN } from '../contract/item/timeline.ts';
import { dynamo } from '../kit/aws.ts';
import { isoNow } from '../kit/clock.ts';
import { event, getItem, isConditionFailure } from '../tables/items/items.ts';
import { approvalId } from '../tables/keys.ts';

/** What the next generation must not inherit from the one that was sent back. */
const OF_ONE_GENERATION = [
  ...[
    'verdict',
    'reasons',
    'label',
    'proposalKey',
    'proposalDigest',
    'proposalSeal',
    'executionArn',
    'approvalId',
    'error',
  ],
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
  // Somebody was faster; it may have been another delivery of this message.
  const row = claimed ?? (await getItem(table, found.id));
  const ours = row?.timeline.some(
    ({ event: name, generation }) => name === THINKING_AGAIN && generation === sentBack + 1,
  );
  return ours && row?.generation === sentBack + 1 ? row : undefined;
}

async function claim(table: string, row: ItemRow): Promise<ItemRow | undefined> {
  const generation = row.generation + 1;
  const approval = row.approvalId ?? approvalId(row.id, row.generation);
  const update = new UpdateCommand({
    TableName: table,
    Key: { id: row.id },
    UpdateExpression: [
      'SET generation = :next, #status = :processing, updatedAt = :now, sentBack = :sentBack,',
      'timeline = list_append(timeline, :events)',
      `REMOVE ${OF_ONE_GENERATION.map((field) => `#${field}`).join(', ')}`,
    ].join(' '),
    ConditionExpression: 'generation = :held AND #status IN (:waiting, :processing)',
    ExpressionAttributeNames: {
      '#status': 'status',
      ...Object.fromEntries(OF_ONE_GENERATION.map((field) => [`#${field}`, field])),
    },
    ExpressionAttributeValues: {
      ':next': generation,
      ':held': row.generation,
      ':waiting': 'waiting_approval',
      ':processing': 'processing',
      ':now': isoNow(),
      ':sentBack': [...(row.sentBack ?? []), approval],
      ':events': [event(THINKING_AGAIN, { generation, approvalId: approval })],
    },
    ReturnValues: 'ALL_NEW',
  });
  try {
    return (await dynamo().send(update)).Attributes as ItemRow;
  } catch (error) {
    if (isConditionFailure(error)) return undefined;
    throw error;
  }
}
