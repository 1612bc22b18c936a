import type { Message as Lying } from '../../lambdas/kit/queue/messages.ts';
import type { Aws } from '../aws.ts';

/** A dead message, as it lies there. */
export type Dead = Omit<Lying, 'attributes'> & { attributes: object | undefined };

interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  Attributes?: Readonly<Record<string, string>>;
  MessageAttributes?: object;
}

/** Some of the messages of a queue; nobody else sees them for so long. */
export async function receive(aws: Aws, url: string, seconds: number, most = 10): Promise<Dead[]> {
  const { Messages = [] } = await aws.json<{ Messages?: Message[] }>('sqs', 'ReceiveMessage', {
    ...{ QueueUrl: url, MaxNumberOfMessages: Math.min(10, most), VisibilityTimeout: seconds },
    // One name for both ways of asking: the older one alone is known everywhere.
    ...{ AttributeNames: ['All'], MessageAttributeNames: ['All'], WaitTimeSeconds: 1 },
  });
  return Messages.map(({ MessageId, ReceiptHandle, Body, Attributes = {}, MessageAttributes }) => ({
    ...{ id: MessageId, receipt: ReceiptHandle, body: Body },
    sentAt: Attributes.SentTimestamp && new Date(Number(Attributes.SentTimestamp)).toISOString(),
    receives: Number(Attributes.ApproximateReceiveCount ?? 0),
    ...{ source: Attributes.DeadLetterQueueSourceArn, group: Attributes.MessageGroupId },
    attributes: MessageAttributes,
  }));
}

const SEEN_SECONDS = 30;
/** A queue may give fewer than it has; after so many empty answers it is believed. */
const EMPTY = 2;

/** Shows up to `most` different messages, and gives them back. Whoever dies in between leaves them unseen for half a minute. */
export async function peek(aws: Aws, url: string, most: number): Promise<Dead[]> {
  const seen = new Map<string, Dead>();
  for (let empty = 0; empty < EMPTY && seen.size < most; ) {
    const some = await receive(aws, url, SEEN_SECONDS, most - seen.size);
    empty = some.length === 0 ? empty + 1 : 0;
    for (const one of some) seen.set(one.id, one);
  }
  const all = [...seen.values()];
  await Promise.all(all.map(({ receipt }) => giveBack(aws, url, receipt)));
  return all;
}

export async function giveBack(aws: Aws, QueueUrl: string, ReceiptHandle: string): Promise<void> {
  await aws.json('sqs', 'ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
}

/**
 * Sends a message where it came from, then removes it. Whoever dies in between leaves it in both: every consumer of the house takes a
 * message that comes twice.
 */
export async function moveBack(aws: Aws, from: string, to: string, dead: Dead): Promise<void> {
  const { receipt, body, group, attributes } = dead;
  await aws.json('sqs', 'SendMessage', {
    ...{ QueueUrl: to, MessageBody: body },
    ...(group === undefined ? {} : { MessageGroupId: group }),
    ...(attributes === undefined ? {} : { MessageAttributes: attributes }),
  });
  await aws.json('sqs', 'DeleteMessage', { QueueUrl: from, ReceiptHandle: receipt });
}
