import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { writeRoot } from '../tables/receipts/roots.ts';
import { count } from '../tables/statistics/hours.ts';
import { changesOf, type ItemBatch } from './outcomes/changes.ts';
import { countedIn } from './outcomes/facts.ts';
import { chainOutcomes } from './receipts/outcomes.ts';

const env = readEnv('record/outcomes');

/** What is kept of items beside their rows. It is repeated in any parts; each line here finds what it did before. */
export async function handler(batch: ItemBatch | object): Promise<{ state: object }> {
  if ('shardId' in batch) await keep(batch);
  // The clock, each hour.
  else await writeRoot({ receiptTable: env.RECEIPT_TABLE, auditBucket: env.AUDIT_BUCKET });
  // The window wants a state, and gets none.
  return { state: {} };
}

async function keep(batch: ItemBatch): Promise<void> {
  const changes = changesOf(batch);
  const hours = await count(env.CONTROL_TABLE, batch.shardId, changes.map(countedIn));
  const receipts = await chainOutcomes(batch.Records ?? [], env);
  logger.info('outcomes kept', { records: changes.length, hours, receipts });
}
