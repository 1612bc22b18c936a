import { settings } from '@desk';
import { readEnv } from '../shared/env.ts';
import type { DeskErrand, TaskMessage } from '../shared/item.ts';
import { sqsHandler } from '../shared/sqs-handler.ts';
import { ask } from './ask.ts';
import { later } from './question/later.ts';

const env = readEnv('approve/ask');

export const handler = sqsHandler(({ body }) =>
  ask(JSON.parse(body) as TaskMessage | DeskErrand, { env, settings }).catch((error: unknown) =>
    later(error, body, env.APPROVALS_QUEUE_URL),
  ),
);
