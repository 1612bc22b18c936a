import { automation } from '@automation/declaration';
import { implementation } from '@automation/evaluate';
import { endpoints } from '@endpoints';
import { readEnv } from '../shared/env.ts';
import { sqsHandler } from '../shared/sqs-handler.ts';
import { processRecord } from './process.ts';

const env = readEnv('process/process');

export const handler = sqsHandler((record, deadline) =>
  processRecord(record, { env, automation, implementation, endpoints, deadline }),
);
