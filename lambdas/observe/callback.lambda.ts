import { readEnv } from '../shared/env.ts';
import { sqsHandler } from '../shared/sqs-handler.ts';
import { callBack } from './callback.ts';
import type { CallbackMessage } from './publish.ts';

const env = readEnv('observe/callback');

export const handler = sqsHandler((record) => callBack(JSON.parse(record.body) as CallbackMessage, env));
