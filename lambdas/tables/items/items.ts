import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ErrorFacts, ItemRow, TimelineEvent } from '../../contract/item/row.ts';
import type { ItemStatus, Stage } from '../../contract/item/status.ts';
import { dynamo } from '../../kit/aws.ts';
import { isoNow } from '../../kit/clock.ts';

/** One item, read consistently. */
export async function getItem(table: string, id: string): Promise<ItemRow | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
  );
  return Item as ItemRow | undefined;
}

export interface ItemChange {
  status?: ItemStatus;
  set?: Partial<ItemRow>;
  remove?: readonly (keyof ItemRow)[];
  /** Only of an item that has none of these. */
  without?: readonly (keyof ItemRow)[];
  events: TimelineEvent[];
}

/**
 * Changes an item and appends to its timeline in one write, if the item is still in this generation and in one of the
 * statuses `from`. Returns false when it is not: someone else has moved it on, and that is not an error.
 */
export async function changeItem(
  table: string,
  item: { id: string; generation: number },
  from: readonly ItemStatus[],
  change: ItemChange,
): Promise<boolean> {
  const set: Record<string, unknown> = { ...change.set, updatedAt: isoNow() };
  if (change.status) set.status = change.status;
  const fields = Object.entries(set).filter(([, value]) => value !== undefined);
  const assignments = fields.map(([field]) => `#${field} = :${field}`);
  const values = Object.fromEntries(fields.map(([field, value]) => [`:${field}`, value]));
  const { without = [] } = change;
  const removals = (change.remove ?? []).map((field) => `#${field}`);
  const statuses = Object.fromEntries(from.map((status, index) => [`:from${index}`, status]));
  const update = new UpdateCommand({
    TableName: table,
    Key: { id: item.id },
    UpdateExpression: [
      `SET ${assignments.join(', ')}, timeline = list_append(timeline, :events)`,
      ...(removals.length > 0 ? [`REMOVE ${removals.join(', ')}`] : []),
    ].join(' '),
    ConditionExpression: [
      `generation = :held AND #status IN (${Object.keys(statuses).join(', ')})`,
      ...without.map((field) => `attribute_not_exists(#${field})`),
    ].join(' AND '),
    ExpressionAttributeNames: {
      '#status': 'status',
      ...Object.fromEntries(
        [...fields.map(([field]) => field), ...(change.remove ?? []), ...without].map((field) => [
          `#${field}`,
          field,
        ]),
      ),
    },
    ExpressionAttributeValues: { ...values, ...statuses, ':held': item.generation, ':events': change.events },
  });
  try {
    await dynamo().send(update);
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

export function event(name: string, facts: Record<string, unknown> = {}): TimelineEvent {
  return { at: isoNow(), event: name, ...facts };
}

/** An item comes to rest with the reason on it, filed under the stage that failed, after what the stages before it did. It waits for nothing then: who lets it go on lets it begin its waiting anew. */
export function restChange(
  status: ItemStatus,
  error: ErrorFacts,
  stage: Stage,
  before: readonly TimelineEvent[] = [],
): ItemChange {
  return {
    status,
    set: { error },
    remove: ['wait'],
    events: [...before, event(status, { stage, error: error.class, reason: error.message })],
  };
}

export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
