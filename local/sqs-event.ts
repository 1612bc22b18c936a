import type { Message } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { REGION } from './emulator.ts';

/** The event that Lambda makes of a batch, every field of it. */
export function sqsEvent(messages: readonly Message[], queueArn: string): SQSEvent {
  return { Records: messages.map((message) => record(message, queueArn)) };
}

function record(message: Message, queueArn: string): SQSRecord {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: (message.Attributes ?? {}) as unknown as SQSRecord['attributes'],
    messageAttributes: messageAttributes(message),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: REGION,
  };
}

function messageAttributes(message: Message): SQSMessageAttributes {
  const attributes = Object.entries(message.MessageAttributes ?? {});
  return Object.fromEntries(
    attributes.map(([name, { StringValue, BinaryValue, DataType }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
        stringListValues: [],
        binaryListValues: [],
        dataType: (DataType ?? 'String') as 'String',
      },
    ]),
  );
}

/**
 * The messages a function is done with, by its answer under `ReportBatchItemFailures`. An answer that is no
 * such report, or one that names a message the batch does not hold, fails the whole batch, as with Lambda.
 */
export function succeeded(messages: readonly Message[], payload: string): readonly Message[] {
  const failed = failedIds(payload);
  if (!failed) return [];
  const known = new Set(messages.map(({ MessageId }) => MessageId));
  if (failed.some((id) => !known.has(id))) return [];
  return messages.filter(({ MessageId }) => MessageId !== undefined && !failed.includes(MessageId));
}

/** Undefined when the answer is no report. */
function failedIds(payload: string): string[] | undefined {
  try {
    const answer = (payload === '' ? null : JSON.parse(payload)) as Partial<SQSBatchResponse> | null;
    const failures = answer?.batchItemFailures ?? [];
    const ids = failures.map(({ itemIdentifier }) => itemIdentifier);
    return ids.every((id) => typeof id === 'string' && id !== '') ? ids : undefined;
  } catch {
    return undefined;
  }
}
