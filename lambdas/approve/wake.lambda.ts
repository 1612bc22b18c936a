import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { ApprovalRow } from '../shared/approval.ts';
import { readEnv } from '../shared/env.ts';
import { logger } from '../shared/telemetry.ts';
import { wake } from './wake.ts';

const env = readEnv('approve/wake');

export async function handler({ Records }: DynamoDBStreamEvent): Promise<void> {
  logger.info('approvals changed', { records: Records.length });
  for (const { dynamodb } of Records) {
    const image = dynamodb?.NewImage as Parameters<typeof unmarshall>[0] | undefined;
    if (image) await wake(unmarshall(image) as ApprovalRow, env);
  }
}
