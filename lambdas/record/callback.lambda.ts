import { readEnv } from '../kit/env.ts';
import { sqsHandler } from '../kit/queue/handler.ts';
import { callBack } from './callback.ts';
import type { CallbackMessage } from './publish.ts';

const env = readEnv('record/callback');

export const handler = sqsHandler((record) => callBack(JSON.parse(record.body) as CallbackMessage, env));
