import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { clock } from '../clock.ts';
import { errorFacts } from '../errors.ts';
import { logger } from '../telemetry.ts';

/** Handles one message. `deadline` is when the function ends, in milliseconds since 1970. */
type Run = (record: SQSRecord, deadline: number) => Promise<void>;

/** All records of a batch at once. A record whose promise rejects stays in the queue. */
export function sqsHandler(run: Run) {
  const processor = new BatchProcessor(EventType.SQS, { logger });
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const deadline = clock.now() + context.getRemainingTimeInMillis();
    const response = await processPartialResponse(event, logged(run, deadline), processor, {
      context,
      processInParallel: true,
      // A batch in which every record failed is no failure of the function: the records say why, one by one.
      throwOnFullBatchFailure: false,
    });
    logger.info('batch', { records: event.Records.length, failed: response.batchItemFailures.length });
    return response;
  };
}

/* The batch keeps the ids of failed records and forgets their reasons. */
function logged(run: Run, deadline: number) {
  return async (record: SQSRecord): Promise<void> => {
    try {
      await run(record, deadline);
    } catch (error) {
      const { class: kind, message } = errorFacts(error);
      logger.warn('comes again', { messageId: record.messageId, error: kind, reason: message });
      throw error;
    }
  };
}
