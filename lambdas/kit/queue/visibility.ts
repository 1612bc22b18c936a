import { ChangeMessageVisibilityBatchCommand, ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import { sqs } from '../aws.ts';
import { TransientError } from '../errors.ts';
import { together } from '../together.ts';

/** What SQS takes in one call. */
const MOST_MESSAGES = 10;

interface Change {
  ReceiptHandle: string;
  VisibilityTimeout: number;
}

const queues = new Map<string, (change: Change) => Promise<void>>();

/**
 * Says after how many seconds a message that is in work here comes again. Changes of a queue that are ready at the same time go in
 * one call, and one after the other: the last word about a message counts.
 * @throws TransientError when SQS did not take this one, and whatever the call throws
 */
export function comesAgainIn(
  seconds: number,
  { receiptHandle: ReceiptHandle }: { receiptHandle: string },
  queueUrl: string,
): Promise<void> {
  let queue = queues.get(queueUrl);
  if (!queue) {
    queue = together(MOST_MESSAGES, (group: readonly Change[]) => changeAll(queueUrl, group));
    queues.set(queueUrl, queue);
  }
  return queue({ ReceiptHandle, VisibilityTimeout: Math.ceil(seconds) });
}

async function changeAll(QueueUrl: string, group: readonly Change[]): Promise<(undefined | Error)[]> {
  const changes = [...new Map(group.map((change) => [change.ReceiptHandle, change])).values()];
  const [first] = changes;
  if (first && changes.length === 1) {
    await sqs().send(new ChangeMessageVisibilityCommand({ QueueUrl, ...first }));
    return group.map(() => undefined);
  }
  const Entries = changes.map((change, index) => ({ Id: String(index), ...change }));
  const { Failed = [] } = await sqs().send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  const refused = new Map(Failed.map(({ Id, Code }) => [changes[Number(Id)]?.ReceiptHandle, Code]));
  return group.map(({ ReceiptHandle }) =>
    refused.has(ReceiptHandle)
      ? new TransientError(`SQS did not change a message: ${refused.get(ReceiptHandle)}`)
      : undefined,
  );
}
