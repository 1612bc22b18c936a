import { automation } from '@bundled/automation';
import { readEnv } from '../kit/env.ts';
import { sqsHandler } from '../kit/queue/handler.ts';
import { arrive } from './doors/arrive.ts';

const env = readEnv('intake/doors');

export const handler = sqsHandler((record) => arrive(record, automation, env), {
  ...{ queueUrl: env.ARRIVAL_QUEUE_URL, limitSeconds: Number(env.LIMIT_SECONDS), againSeconds: 30 },
});
