import { Duration, type Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { slice } from '../../lambdas/tables/keys.ts';
import { Handler, READING } from '../parts/handler.ts';
import { WorkQueue } from '../parts/queue.ts';
import { content, uploads } from '../parts/uses/files.ts';
import { queue, rows, spares, table } from '../parts/uses.ts';
import type { PlatformStack } from '../platform/platform-stack.ts';

/** Where a part of an automation's slice goes. */
export interface Slot {
  automation: Automation;
  platform: PlatformStack;
  folder: string;
  work: Queue;
  /** Where urgent items have a queue of their own. */
  urgent: Queue | undefined;
}

/** Two readers may end over a document, and the next delivery refuses it; the last one but one parks the item. */
const RECEIVES = 6;
/** As long as a function may run: what takes longer to read is refused. */
const TIMEOUT = Duration.minutes(15);
/** Items of one automation whose documents are read at a time. */
const MOST_READERS = 5;

/** The stage `read` and its queue, where an automation takes documents. Others have neither. */
export function readerOf(
  stack: Stack,
  { automation, platform, folder, work, urgent }: Slot,
): Queue | undefined {
  const { name, documents } = automation;
  if (!documents) return undefined;
  const { foundation, data } = platform;
  const reads = new WorkQueue(stack, 'reads', {
    ...{ foundation, consumerTimeout: TIMEOUT, maxReceiveCount: RECEIVES },
  });
  const read = new Handler(stack, 'read/read', {
    ...{ foundation, timeout: TIMEOUT, memorySize: READING, folder },
    description: `reads the documents of ${name}`,
    uses: [
      table(data, 'ITEM_TABLE', rows([slice(name)], 'UpdateItem'), spares('ledger')),
      content(data, slice(name), 'GetObject', 'PutObject'),
      // What it refuses it puts where nobody reads.
      uploads(data, name, {
        uploads: ['DeleteObject'],
        documents: ['GetObject', 'DeleteObject'],
        quarantine: ['PutObject'],
      }),
      // Sending is for documents that one function has no time for.
      queue('READ_QUEUE_URL', reads.queue, 'ChangeMessageVisibility', 'SendMessage'),
      queue('WORK_QUEUE_URL', work, 'SendMessage'),
      queue('URGENT_QUEUE_URL', urgent, 'SendMessage'),
    ],
    tells: { MAX_RECEIVES: String(RECEIVES), LIMIT_SECONDS: String(TIMEOUT.toSeconds()) },
  });
  // One item at a time: what kills a reader kills no neighbour's.
  reads.feed(read.invoked, foundation, MOST_READERS, 1);
  return reads.queue;
}
