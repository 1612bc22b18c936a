import type { DynamoDBStreamEvent } from 'aws-lambda';
import { putAudit } from '../shared/audit.ts';
import { readEnv } from '../shared/env.ts';
import { logger } from '../shared/telemetry.ts';
import { actsAlone } from './alone.ts';
import { publish, statusChanges } from './publish.ts';

const env = readEnv('observe/publish');

export async function handler({ Records }: DynamoDBStreamEvent): Promise<void> {
  const changes = statusChanges(Records);
  for (const entry of actsAlone(Records)) await putAudit(env.AUDIT_TABLE, entry);
  if (changes.length > 0) await publish(changes, env);
  logger.info('items changed', { records: Records.length, statusChanges: changes.length });
}
