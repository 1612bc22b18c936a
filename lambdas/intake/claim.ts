import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { EnvFor } from '../contract/env.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { dynamo } from '../kit/aws.ts';
import { epochSeconds, sleep } from '../kit/clock.ts';
import { sha256 } from '../kit/digest.ts';
import { DEFER_SECONDS } from '../tables/control/backlog.ts';
import { requestId } from '../tables/keys.ts';

/** Without an `Idempotency-Key` the same body from the same client within this time is the same item. */
const DEDUPE_SECONDS = 10 * 60;

/** What a request is known by when it comes again. */
export interface RequestKey {
  id: string;
  bodyHash: string;
  /** True where the caller gave no key: then the body is the key, for a while. */
  byContent: boolean;
}

export interface Claim {
  itemId: string;
  bodyHash: string;
}

export function requestKey(
  client: string,
  automation: string,
  idempotencyKey: string | undefined,
  bodyHash: string,
): RequestKey {
  const byContent = idempotencyKey === undefined;
  const part = byContent ? `content|${bodyHash}` : `key|${idempotencyKey}`;
  return { id: requestId(automation, sha256(`${client}|${automation}|${part}`)), bodyHash, byContent };
}

/** The claim of an earlier request with this key. */
export async function findClaim(table: string, { id }: RequestKey): Promise<Claim | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
  );
  const found = Item as (Claim & { expiresAt: number }) | undefined;
  return found && found.expiresAt >= epochSeconds() ? found : undefined;
}

/** Writes claim and item together, or returns the claim that was there first. */
export async function claim(
  env: EnvFor<'intake/intake'>,
  row: ItemRow,
  key: RequestKey,
): Promise<Claim | undefined> {
  // Whoever comes again after the `Retry-After` of a deferral must find the item.
  const window = DEDUPE_SECONDS + (row.deferredUntil ? DEFER_SECONDS : 0);
  const expiresAt = key.byContent ? epochSeconds(window) : row.expiresAt;
  const write = new TransactWriteCommand({
    TransactItems: [
      {
        Put: {
          TableName: env.IDEMPOTENCY_TABLE,
          Item: { id: key.id, itemId: row.id, bodyHash: key.bodyHash, expiresAt },
          // A row past its time may stay for days before DynamoDB removes it.
          ConditionExpression: 'attribute_not_exists(id) OR expiresAt < :now',
          ExpressionAttributeValues: { ':now': epochSeconds() },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      { Put: { TableName: env.ITEM_TABLE, Item: row, ConditionExpression: 'attribute_not_exists(id)' } },
    ],
  });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await dynamo().send(write);
      return undefined;
    } catch (error) {
      const existing = cancelledBy(error);
      if (existing) return existing;
      // Two requests with one key met in the middle; the SDK does not try again by itself.
      if (attempt === 4 || !inTheWay(error)) throw error;
      await sleep(50 * attempt);
    }
  }
}

function inTheWay(error: unknown): boolean {
  const { CancellationReasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
  return CancellationReasons.some(({ Code }) => Code === 'TransactionConflict');
}

function cancelledBy(error: unknown): Claim | undefined {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return undefined;
  const { CancellationReasons } = error as {
    CancellationReasons?: { Item?: Parameters<typeof unmarshall>[0] }[];
  };
  const item = CancellationReasons?.[0]?.Item;
  return item ? (unmarshall(item) as Claim) : undefined;
}
