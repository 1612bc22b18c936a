import { readEnv } from '../kit/env.ts';
import { sqsHandler } from '../kit/queue/handler.ts';
import { callBack } from './callback.ts';
import type { CallbackMessage } from './publish.ts';

const env = readEnv('record/callback');

/** Eight deliveries in all, three minutes apart. */
const AGAIN_SECONDS = 180;

export const handler = sqsHandler((record) => callBack(JSON.parse(record.body) as CallbackMessage, env), {
  queueUrl: env.CALLBACK_QUEUE_URL,
  againSeconds: AGAIN_SECONDS,
});
