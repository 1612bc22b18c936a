import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { RecordEntry } from '../shared/audit.ts';
import { putOnce } from '../shared/content.ts';
import { count, logger } from '../shared/telemetry.ts';

/** Who removes rows whose time is over. */
const TIME_TO_LIVE = 'dynamodb.amazonaws.com';

/**
 * Copies each new entry of the audit into the archive, once: an object that is there is never written again, and the bucket refuses whoever
 * tries. An entry that was changed or taken out of the table is said aloud; its copy is what it was.
 */
export async function archive(records: readonly DynamoDBRecord[], bucket: string): Promise<void> {
  for (const { eventName, dynamodb, userIdentity } of records) {
    const image = dynamodb?.NewImage ?? dynamodb?.OldImage;
    if (!image) continue;
    const entry = unmarshall(image as Parameters<typeof unmarshall>[0]) as RecordEntry;
    if (eventName === 'INSERT') {
      const written = await putOnce(bucket, archiveKey(entry), entry);
      if (!written) logger.info('archived before', { order: entry.order });
    } else if (
      eventName === 'MODIFY' ||
      (eventName === 'REMOVE' && userIdentity?.principalId !== TIME_TO_LIVE)
    ) {
      logger.error('audit entry changed', { order: entry.order, change: eventName });
      count('auditChanged', entry.automation);
    }
  }
}

/** By month, time and what it is about, without the signs that an address of the bucket would have to escape. */
export function archiveKey({ month, order }: Pick<RecordEntry, 'month' | 'order'>): string {
  return `audit/${month}/${order.replaceAll(':', '-').replaceAll('#', '/')}.json`;
}
