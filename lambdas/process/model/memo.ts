import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamo } from '../../shared/clients.ts';
import { clock, DAY_SECONDS, epochSeconds } from '../../shared/clock.ts';
import { TransientError } from '../../shared/errors.ts';
import type { LineageEntry } from '../../shared/item.ts';
import { isConditionFailure } from '../../shared/items.ts';

/** Long enough for a redrive weeks later; short enough that answers do not outlive their item's content. */
const REMEMBER_SECONDS = 30 * DAY_SECONDS;

/** What a paid call came to. A `failure` is remembered like an answer: the model was paid for it, and would be again. */
export interface Remembered<T> {
  value?: T;
  failure?: string;
  /** Every call that was made for it, the useless ones too. */
  lineage: readonly LineageEntry[];
  rawConfidence?: number;
}

interface MemoRow {
  id: string;
  state: 'claimed' | 'done';
  leaseUntil: number;
  value?: unknown;
  failure?: string;
  lineage?: readonly LineageEntry[];
}

/**
 * Runs a paid call once per key. The first delivery claims the key for `leaseSeconds`, pays, and keeps the answer; a later
 * delivery gets the kept answer; one that comes while the first still runs is told to come back. A worker that died leaves a
 * claim that ends by itself.
 * @throws TransientError while another delivery holds the claim, and whatever `pay` throws (the claim is then given back).
 */
export async function once<T>(
  table: string,
  id: string,
  leaseSeconds: number,
  pay: () => Promise<Remembered<T>>,
): Promise<Remembered<T>> {
  const leaseUntil = clock.now() + leaseSeconds * 1000;
  const existing = await claim(table, id, leaseUntil);
  if (existing?.state === 'done' && existing.lineage) {
    return existing as Remembered<T>;
  }
  if (existing) {
    const retryAfterSeconds = Math.max(1, Math.ceil((existing.leaseUntil - clock.now()) / 1000));
    throw new TransientError('another delivery of this item is running this step', { retryAfterSeconds });
  }
  const paid = await pay().catch(async (error: unknown) => {
    await giveBack(table, id, leaseUntil);
    throw error;
  });
  // From here on the claim is not given back: a write without a reply may have kept what was paid for.
  const done = { id, state: 'done', leaseUntil: 0, ...paid, expiresAt: epochSeconds(REMEMBER_SECONDS) };
  await dynamo().send(new PutCommand({ TableName: table, Item: done }));
  return paid;
}

/** Only a claim that is still ours: a worker slower than its lease must not remove its successor's answer. */
async function giveBack(table: string, id: string, leaseUntil: number): Promise<void> {
  const remove = new DeleteCommand({
    TableName: table,
    Key: { id },
    ConditionExpression: 'leaseUntil = :ours',
    ExpressionAttributeValues: { ':ours': leaseUntil },
  });
  await dynamo()
    .send(remove)
    .catch((error: unknown) => {
      if (!isConditionFailure(error)) throw error;
    });
}

async function claim(table: string, id: string, leaseUntil: number): Promise<MemoRow | undefined> {
  const row = { id, state: 'claimed', leaseUntil, expiresAt: epochSeconds(REMEMBER_SECONDS) };
  const put = new PutCommand({
    TableName: table,
    Item: row,
    ConditionExpression: 'attribute_not_exists(id) OR (#state = :claimed AND leaseUntil < :now)',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':claimed': 'claimed', ':now': clock.now() },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await dynamo().send(put);
    return undefined;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    const { Item } = error as { Item?: Parameters<typeof unmarshall>[0] };
    // Between the refusal and here the row can only have been given back: come again.
    if (!Item) throw new TransientError('the claim of this step changed hands', { retryAfterSeconds: 1 });
    return unmarshall(Item) as MemoRow;
  }
}
