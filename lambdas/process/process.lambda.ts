import { automation } from '@bundled/automation';
import { endpoints } from '@bundled/endpoints';
import { implementation } from '@bundled/implementation';
import { readEnv } from '../kit/env.ts';
import { sqsHandler } from '../kit/queue/handler.ts';
import { processRecord } from './process.ts';

const env = readEnv('process/process');

export const handler = sqsHandler(
  (record, delivery) => processRecord(record, { env, automation, implementation, endpoints, ...delivery }),
  { queueUrl: [env.WORK_QUEUE_URL, env.URGENT_QUEUE_URL], limitSeconds: Number(env.LIMIT_SECONDS) },
);
