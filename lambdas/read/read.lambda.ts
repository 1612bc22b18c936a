import { automation } from '@bundled/automation';
import { readEnv } from '../kit/env.ts';
import { sqsHandler } from '../kit/queue/handler.ts';
import { readApart } from './apart.ts';
import { readRecord } from './stage/read.ts';

const env = readEnv('read/read');

export const handler = sqsHandler(
  (record, delivery) => readRecord(record, { env, automation, readApart, ...delivery }),
  { queueUrl: env.READ_QUEUE_URL, limitSeconds: Number(env.LIMIT_SECONDS) },
);
