import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { sqs } from '../aws.ts';

/* Messages of a queue that nobody consumes: looked at, moved, and removed by hand. */

export interface Message {
  id: string;
  receipt: string;
  body: string;
  /** ISO 8601: when it was first sent. */
  sentAt: string | undefined;
  receives: number;
  /** The ARN of the queue that it comes from, of a dead letter. */
  source: string | undefined;
  group: string | undefined;
  attributes: Record<string, MessageAttributeValue> | undefined;
}

/** @returns undefined where there is none */
export async function urlOf(QueueName: string): Promise<string | undefined> {
  try {
    return (await sqs().send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  } catch (error) {
    if (error instanceof Error && error.name === 'QueueDoesNotExist') return undefined;
    throw error;
  }
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** About how many messages there are, those in somebody's hand too. */
export async function countOf(QueueUrl: string): Promise<number> {
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] });
  const { Attributes = {} } = await sqs().send(asked);
  return COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}

/** About how many messages wait for a consumer. */
export async function waitingIn(QueueUrl: string): Promise<number> {
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [COUNTS[0]] });
  const { Attributes = {} } = await sqs().send(asked);
  return Number(Attributes[COUNTS[0]] ?? 0);
}

/** The URLs of the queues whose names begin so. */
export async function queuesLike(QueueNamePrefix: string): Promise<string[]> {
  const found: string[] = [];
  for (let NextToken: string | undefined; ; ) {
    const page = await sqs().send(new ListQueuesCommand({ QueueNamePrefix, MaxResults: 1000, NextToken }));
    found.push(...(page.QueueUrls ?? []));
    NextToken = page.NextToken;
    if (!NextToken) return found;
  }
}

/** Ten at most; nobody else sees them for so long. */
export async function receive(QueueUrl: string, seconds: number): Promise<Message[]> {
  const { Messages = [] } = await sqs().send(
    new ReceiveMessageCommand({
      ...{ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: seconds, WaitTimeSeconds: 1 },
      ...{ MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] },
    }),
  );
  return Messages.map(
    ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes }) => ({
      ...{ id: MessageId, receipt: ReceiptHandle, body: Body, attributes: MessageAttributes },
      sentAt: Attributes.SentTimestamp && new Date(Number(Attributes.SentTimestamp)).toISOString(),
      receives: Number(Attributes.ApproximateReceiveCount ?? 0),
      ...{ source: Attributes.DeadLetterQueueSourceArn, group: Attributes.MessageGroupId },
    }),
  );
}

export async function giveBack(QueueUrl: string, { receipt }: Message): Promise<void> {
  const given = { QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 };
  await sqs().send(new ChangeMessageVisibilityCommand(given));
}

/** Into another queue as it is. What is there is still here until it is removed. */
export async function copyTo(QueueUrl: string, { body, group, attributes }: Message): Promise<void> {
  await sqs().send(
    new SendMessageCommand({
      ...{ QueueUrl, MessageBody: body },
      ...(group === undefined ? {} : { MessageGroupId: group }),
      ...(attributes === undefined ? {} : { MessageAttributes: attributes }),
    }),
  );
}

export async function remove(QueueUrl: string, { receipt }: Message): Promise<void> {
  await sqs().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt }));
}
