import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { putOnce } from '../kit/objects.ts';
import { count, logger } from '../kit/telemetry.ts';
import type { RecordEntry } from '../tables/audit/audit.ts';

/** Who removes rows whose time is over. */
const TIME_TO_LIVE = 'dynamodb.amazonaws.com';

/**
 * Copies new entries of the audit into the archive, those of a batch and month as one object, once: an object that is there is never written
 * again, and the bucket refuses whoever tries. A batch that comes again in parts is there in parts as well. An entry that was changed or
 * taken out of the table is said aloud; its copy is what it was.
 */
export async function archive(records: readonly DynamoDBRecord[], bucket: string): Promise<void> {
  const fresh: RecordEntry[] = [];
  for (const { eventName, dynamodb, userIdentity } of records) {
    const image = dynamodb?.NewImage ?? dynamodb?.OldImage;
    if (!image) continue;
    const entry = unmarshall(image as Parameters<typeof unmarshall>[0]) as RecordEntry;
    const gone = eventName === 'REMOVE' && userIdentity?.principalId !== TIME_TO_LIVE;
    if (eventName === 'INSERT') fresh.push(entry);
    else if (eventName === 'MODIFY' || gone) {
      logger.error('audit entry changed', { order: entry.order, change: eventName });
      count('auditChanged', entry.automation);
    }
  }
  for (const entries of Map.groupBy(fresh, ({ month }) => month).values()) {
    const written = await putOnce(bucket, archiveKey(entries), entries);
    if (!written) logger.info('archived before', { order: entries[0]?.order });
  }
}

/** By month and the first entry's time and subject, without the signs that an address of the bucket would have to escape; and how many. */
export function archiveKey(entries: readonly Pick<RecordEntry, 'month' | 'order'>[]): string {
  const [{ month, order } = { month: '', order: '' }] = entries;
  return `audit/${month}/${order.replaceAll(':', '-').replaceAll('#', '/')}-${entries.length}.json`;
}
