import { readEnv } from '../kit/env.ts';
import { sqsHandler } from '../kit/queue/handler.ts';
import { hearOfMail } from './mail-events.ts';

const env = readEnv('record/mail-events');

export const handler = sqsHandler((record) => hearOfMail(record, env));
