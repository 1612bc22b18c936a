import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { logger } from '../kit/log/logger.ts';
import { putOnce } from '../kit/objects.ts';
import type { RecordEntry } from '../tables/audit/audit.ts';

/** The principal of DynamoDB's time to live. */
const TIME_TO_LIVE = 'dynamodb.amazonaws.com';

/**
 * Copies new audit entries into the archive, one object per batch and month, once: an existing object is
 * never overwritten, and the bucket refuses attempts. A batch redelivered in parts is stored in parts as
 * well. A changed or deleted entry is reported; its copy stays as it was.
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
      const { count } = await import('../kit/telemetry.ts');
      count('auditChanged', entry.automation);
    }
  }
  for (const entries of Map.groupBy(fresh, ({ month }) => month).values()) {
    const written = await putOnce(bucket, archiveKey(entries), entries);
    if (!written) logger.info('archived before', { order: entries[0]?.order });
  }
}

/** By month and first entry (without characters that a URL escapes), and the number of entries. */
export function archiveKey(entries: readonly Pick<RecordEntry, 'month' | 'order'>[]): string {
  const [{ month, order } = { month: '', order: '' }] = entries;
  return `audit/${month}/${order.replaceAll(':', '-').replaceAll('#', '/')}-${entries.length}.json`;
}
