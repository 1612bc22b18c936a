import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo } from '../../kit/aws.ts';
import { clock, DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { errorFacts } from '../../kit/errors.ts';
import { MAX_WAIT_SECONDS } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { isConditionFailure } from '../items/items.ts';
import { waitKey } from '../keys.ts';

/*
 * Whoever waits for an item holds a whole function while nothing happens. Places to wait are counted, over all functions: each is a row
 * with a lease, so that a function that dies gives its place back by itself. A client has the same half of the places each time, so
 * that one client alone cannot take them all.
 */

/** Places that are tried before the caller is answered without waiting. */
const TRIES = 3;

/**
 * Runs `wait` in a place to wait, or answers undefined at once where none was found: a caller can ask again, others cannot work in a
 * function that waits.
 */
export async function inWaitPlace<T>(
  table: string,
  { client, places }: { client: string; places: number },
  wait: () => Promise<T>,
): Promise<T | undefined> {
  const place = await takePlace(table, client, places);
  if (place === undefined) return undefined;
  try {
    return await wait();
  } finally {
    await freePlace(table, place);
  }
}

async function takePlace(table: string, client: string, places: number): Promise<string | undefined> {
  const first = Number.parseInt(sha256(client).slice(0, 8), 16);
  const reach = Math.ceil(places / 2);
  const start = Math.floor(Math.random() * reach);
  for (let round = 0; round < Math.min(TRIES, reach); round += 1) {
    const id = waitKey(String((first + ((start + round) % reach)) % places));
    if (await lease(table, id, clock.now() + (MAX_WAIT_SECONDS + 5) * 1000)) return id;
  }
  return undefined;
}

async function lease(table: string, id: string, until: number): Promise<boolean> {
  try {
    await dynamo().send(
      new UpdateCommand({
        TableName: table,
        Key: { id },
        UpdateExpression: 'SET takenUntil = :until, expiresAt = :expiresAt',
        ConditionExpression: 'attribute_not_exists(takenUntil) OR takenUntil < :now',
        ExpressionAttributeValues: {
          ':until': until,
          ':now': clock.now(),
          ':expiresAt': epochSeconds(DAY_SECONDS),
        },
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

async function freePlace(table: string, id: string): Promise<void> {
  const free = new UpdateCommand({ TableName: table, Key: { id }, UpdateExpression: 'REMOVE takenUntil' });
  // The answer is there; the place comes back by its lease.
  await dynamo()
    .send(free)
    .catch((error: unknown) => logger.warn('place not freed', { reason: errorFacts(error).message }));
}
