import type { DynamoDBStreamEvent } from 'aws-lambda';
import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/log/logger.ts';
import { archive } from './archive.ts';

const env = readEnv('record/archive');

export async function handler({ Records }: DynamoDBStreamEvent): Promise<void> {
  await archive(Records, env.AUDIT_BUCKET);
  logger.info('entries archived', { records: Records.length });
}
