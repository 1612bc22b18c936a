import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { clock } from '../clock.ts';
import { errorFacts } from '../errors.ts';
import { logger } from '../telemetry.ts';
import { Apart } from './apart.ts';
import { type Beat, Heartbeat } from './heartbeat.ts';
import { comesAgainIn } from './visibility.ts';

/** What the work on one message may know of its function. */
export interface Delivery {
  /** That the message came from. */
  queueUrl: string;
  /** When the function ends, in milliseconds since 1970. */
  deadline: number;
  /** Takes what is to be done now and then while the worker lives. */
  whileAlive: (beat: Beat) => void;
  /** Waits until nothing else of the batch is in work, and keeps it so. */
  alone: () => Promise<void>;
}

type Run = (record: SQSRecord, delivery: Delivery) => Promise<void>;

export interface QueueOptions {
  /** Of the queue that feeds it, or of each of them. */
  queueUrl: string | readonly string[];
  /** For how long the function may run, as its own environment says. @default what the context says */
  limitSeconds?: number;
  /** After how long a message comes again that failed. @default when the queue's own time is over, or as `run` said */
  againSeconds?: number;
}

/** All records of a batch at once. A record whose promise rejects stays in the queue. */
export function sqsHandler(run: Run, options?: QueueOptions) {
  const processor = new BatchProcessor(EventType.SQS, { logger });
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const { limitSeconds = Number.POSITIVE_INFINITY } = options ?? {};
    const left = Math.min(context.getRemainingTimeInMillis(), limitSeconds * 1000);
    const deadline = clock.now() + left;
    const queueUrl = queueOf(event, options);
    const heartbeat = options?.limitSeconds ? new Heartbeat(queueUrl, deadline, limitSeconds) : undefined;
    const apart = new Apart();
    const places = new Map(event.Records.map(({ messageId }) => [messageId, apart.place()]));
    const alive = async (record: SQSRecord): Promise<void> => {
      const place = places.get(record.messageId) ?? apart.place();
      const delivery = { queueUrl, deadline, alone: place.alone };
      try {
        if (!heartbeat) return await run(record, { ...delivery, whileAlive: () => {} });
        await heartbeat.during(record.receiptHandle, (whileAlive) =>
          run(record, { ...delivery, whileAlive }),
        );
      } finally {
        place.end();
      }
    };
    const response = await processPartialResponse(event, logged(alive, queueUrl, options), processor, {
      context,
      processInParallel: true,
      // A batch in which every record failed is no failure of the function: the records say why, one by one.
      throwOnFullBatchFailure: false,
    });
    logger.info('batch', { records: event.Records.length, failed: response.batchItemFailures.length });
    return response;
  };
}

/** A batch comes from one queue, and its records say from which: by ARN, which ends with the name as the URL does. */
function queueOf({ Records: [first] }: SQSEvent, { queueUrl = '' }: Partial<QueueOptions> = {}): string {
  if (typeof queueUrl === 'string') return queueUrl;
  const name = first?.eventSourceARN.split(':').at(-1);
  return queueUrl.find((url) => url.endsWith(`/${name}`)) ?? queueUrl[0] ?? '';
}

/* The batch keeps the ids of failed records and forgets their reasons. */
function logged(run: (record: SQSRecord) => Promise<void>, queueUrl: string, options?: QueueOptions) {
  return async (record: SQSRecord): Promise<void> => {
    try {
      await run(record);
    } catch (error) {
      const { class: kind, message } = errorFacts(error);
      logger.warn('comes again', { messageId: record.messageId, error: kind, reason: message });
      if (options?.againSeconds) await putOff(record, options.againSeconds, queueUrl);
      throw error;
    }
  };
}

/** Where SQS does not hear it, the message comes again when the queue's own time is over. */
async function putOff(record: SQSRecord, seconds: number, queueUrl: string): Promise<void> {
  await comesAgainIn(seconds, record, queueUrl).catch((error: unknown) =>
    logger.warn('not put off', { messageId: record.messageId, reason: errorFacts(error).message }),
  );
}
