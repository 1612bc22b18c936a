import { settings } from '@desk';
import { readEnv } from '../shared/env.ts';
import type { DeskErrand, TaskMessage } from '../shared/item.ts';
import { sqsHandler } from '../shared/sqs-handler.ts';
import { ask } from './ask.ts';

const env = readEnv('approve/ask');

export const handler = sqsHandler((record) =>
  ask(JSON.parse(record.body) as TaskMessage | DeskErrand, { env, settings }),
);
