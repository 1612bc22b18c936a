import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { count } from '../tables/statistics/hours.ts';
import { changesOf, type ItemBatch } from './outcomes/changes.ts';
import { countedIn } from './outcomes/facts.ts';

const env = readEnv('record/outcomes');

/** What is kept of items beside their rows. It is repeated in any parts; each line here finds what it did before. */
export async function handler(batch: ItemBatch): Promise<{ state: object }> {
  const changes = changesOf(batch);
  const hours = await count(env.CONTROL_TABLE, batch.shardId, changes.map(countedIn));
  logger.info('outcomes counted', { records: changes.length, hours });
  // The window wants a state, and gets none.
  return { state: {} };
}
