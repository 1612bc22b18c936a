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
    const now = row(dynamodb?.NewImage);
    if (now) await wake(now, row(dynamodb?.OldImage), env);
  }
}

/** The row of a question that expired before it was put holds nothing that anybody waits for. */
function row(image: unknown): ApprovalRow | undefined {
  const read = image ? unmarshall(image as Parameters<typeof unmarshall>[0]) : undefined;
  return read?.facts === undefined ? undefined : (read as ApprovalRow);
}
