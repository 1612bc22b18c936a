import type { DynamoDBStreamEvent } from 'aws-lambda';
import { readEnv } from '../shared/env.ts';
import { logger } from '../shared/telemetry.ts';
import { archive } from './archive.ts';

const env = readEnv('observe/archive');

export async function handler({ Records }: DynamoDBStreamEvent): Promise<void> {
  await archive(Records, env.AUDIT_BUCKET);
  logger.info('entries archived', { records: Records.length });
}
