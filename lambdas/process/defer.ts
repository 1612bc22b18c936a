import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { DEFER_SECONDS, MOST_DEFERRED_SECONDS, readBehind } from '../shared/behind.ts';
import { dynamo, sqs } from '../shared/clients.ts';
import { clock, isoNow } from '../shared/clock.ts';
import type { EnvFor } from '../shared/env.ts';
import type { ItemRow, WorkMessage } from '../shared/item.ts';
import { isConditionFailure } from '../shared/items.ts';

/** What clocks of two machines and the delay of a queue may differ by. */
const SLACK_SECONDS = 60;

/**
 * Puts a deferred item off once more while the desk is behind, for a day at most; false when it is to go on.
 *
 * The next message is a new one, because a message that came back would use up its receives. It is sent before the row says so:
 * what `deferredUntil` names is on its way, so a message that comes well before that time is a duplicate and ends here, and a crash
 * in between costs a second message, never the item. One message sends at most one, so duplicates do not multiply.
 */
export async function putOff(
  env: EnvFor<'process/process'>,
  row: ItemRow,
): Promise<false | 'put off' | 'duplicate'> {
  const { id, generation, deferredUntil } = row;
  if (!deferredUntil || clock.now() >= Date.parse(row.receivedAt) + MOST_DEFERRED_SECONDS * 1000)
    return false;
  if (!(await readBehind(env.CONTROL_TABLE, row.automation))) return false;
  if (Date.parse(deferredUntil) > clock.now() + SLACK_SECONDS * 1000) return 'duplicate';
  const next = new Date(clock.now() + DEFER_SECONDS * 1000).toISOString();
  const message: WorkMessage = { itemId: id, generation };
  await sqs().send(
    new SendMessageCommand({
      QueueUrl: env.WORK_QUEUE_URL,
      MessageBody: JSON.stringify(message),
      DelaySeconds: DEFER_SECONDS,
    }),
  );
  const update = new UpdateCommand({
    TableName: env.ITEM_TABLE,
    Key: { id },
    UpdateExpression: 'SET deferredUntil = :next, updatedAt = :now',
    ConditionExpression: 'generation = :held AND #status = :deferred AND deferredUntil = :read',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':next': next,
      ':now': isoNow(),
      ':held': generation,
      ':deferred': 'deferred',
      ':read': deferredUntil,
    },
  });
  await dynamo()
    .send(update)
    .catch((error: unknown) => {
      // Another delivery has put it off, or let it go on: either way it is done with here.
      if (!isConditionFailure(error)) throw error;
    });
  return 'put off';
}
