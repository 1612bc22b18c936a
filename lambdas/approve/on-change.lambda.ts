import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { ApprovalRow } from '../contract/approval.ts';
import { readEnv } from '../kit/env.ts';
import { logger } from '../kit/telemetry.ts';
import { onChange } from './on-change.ts';

const env = readEnv('approve/on-change');

export async function handler({ Records }: DynamoDBStreamEvent): Promise<void> {
  logger.info('approvals changed', { records: Records.length });
  for (const { dynamodb } of Records) {
    const now = row(dynamodb?.NewImage);
    if (now) await onChange(now, row(dynamodb?.OldImage), env);
  }
}

/** The row of an approval that expired before it was created: nothing waits for it. */
function row(image: unknown): ApprovalRow | undefined {
  const read = image ? unmarshall(image as Parameters<typeof unmarshall>[0]) : undefined;
  return read?.facts === undefined ? undefined : (read as ApprovalRow);
}
