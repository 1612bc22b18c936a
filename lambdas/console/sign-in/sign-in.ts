import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { SignInCommand } from '../../contract/item/messages.ts';
import { dynamo, sqs } from '../../kit/aws.ts';
import { clock, DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { logger } from '../../kit/telemetry.ts';
import { networkOf } from '../../outbound/address.ts';
import { isConditionFailure } from '../../tables/items/items.ts';

/*
 * Asking for a link and sending it are two things. The page only puts the request into the queue, whatever the address: neither its words
 * nor its time say who has a role. The worker looks the address up.
 */

/** Requests of one source in an hour, and of all sources in a minute: the queue is the approvals' own. */
const PER_SOURCE_AND_HOUR = 20;
const PER_MINUTE = 60;

/** Puts a request into the queue, unless its source, or everybody together, has asked too often. */
export async function askForLink(
  env: { CONTROL_TABLE: string; APPROVALS_QUEUE_URL: string },
  { email, next, source }: { email: string; next: string; source: string },
): Promise<void> {
  const hour = Math.floor(clock.now() / 3_600_000);
  const minute = Math.floor(clock.now() / 60_000);
  const allowed =
    (await counted(env.CONTROL_TABLE, [sha256(networkOf(source)).slice(0, 32), hour], PER_SOURCE_AND_HOUR)) &&
    (await counted(env.CONTROL_TABLE, ['all', minute], PER_MINUTE));
  if (!allowed) return logger.warn('sign-in refused', { reason: 'asked too often' });
  const command: SignInCommand = { command: 'sign in', email, next };
  const MessageBody = JSON.stringify(command);
  await sqs().send(new SendMessageCommand({ QueueUrl: env.APPROVALS_QUEUE_URL, MessageBody }));
}

async function counted(table: string, [who, when]: [string, number], most: number): Promise<boolean> {
  try {
    await dynamo().send(
      new UpdateCommand({
        TableName: table,
        Key: { id: `signin-from#${who}#${when}` },
        UpdateExpression: 'SET expiresAt = :expiresAt ADD asked :one',
        ConditionExpression: 'attribute_not_exists(asked) OR asked < :most',
        ExpressionAttributeValues: { ':one': 1, ':most': most, ':expiresAt': epochSeconds(DAY_SECONDS) },
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
