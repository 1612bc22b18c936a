import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { sqs } from '../aws.ts';
import { TransientError } from '../errors.ts';
import { together } from '../together.ts';

/** What SQS takes in one call, and how many bytes. */
const MOST_MESSAGES = 10;
const MOST_BYTES = 200_000;

interface Message {
  body: string;
  delaySeconds: number;
  group: string | undefined;
}

const queues = new Map<string, (message: Message) => Promise<void>>();

/**
 * Sends a message as JSON, together with others that are ready at the same time.
 * @param group whose message it is, at most 128 letters and digits: SQS serves a group that keeps its consumers busy after the others
 * @throws TransientError when SQS did not take this one, and whatever the call throws
 */
export function send(queueUrl: string, message: object, delaySeconds = 0, group?: string): Promise<void> {
  let queue = queues.get(queueUrl);
  if (!queue) {
    queue = together(MOST_MESSAGES, (group: readonly Message[]) => sendAll(queueUrl, group));
    queues.set(queueUrl, queue);
  }
  return queue({ body: JSON.stringify(message), delaySeconds, group });
}

async function sendAll(QueueUrl: string, group: readonly Message[]): Promise<(undefined | Error)[]> {
  const bytes = group.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  if (group.length === 1 || bytes > MOST_BYTES) {
    const sent = group.map(({ body: MessageBody, ...message }) =>
      sqs().send(new SendMessageCommand({ QueueUrl, MessageBody, ...settingsOf(message) })),
    );
    return (await Promise.allSettled(sent)).map((it) =>
      it.status === 'rejected' ? errorIn(it.reason) : undefined,
    );
  }
  const Entries = group.map(({ body: MessageBody, ...message }, index) => ({
    Id: String(index),
    MessageBody,
    ...settingsOf(message),
  }));
  const { Failed = [] } = await sqs().send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const refused = new Map(Failed.map(({ Id, Code }) => [Id, Code]));
  return group.map((_, index) =>
    refused.has(String(index))
      ? new TransientError(`SQS did not take a message: ${refused.get(String(index))}`)
      : undefined,
  );
}

function settingsOf({ delaySeconds, group }: Omit<Message, 'body'>) {
  return {
    ...(delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {}),
    ...(group === undefined ? {} : { MessageGroupId: group }),
  };
}

function errorIn(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
