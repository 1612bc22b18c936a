import { settings } from '@bundled/settings';
import type { ApprovalCommand, TaskMessage } from '../contract/item/messages.ts';
import { readEnv } from '../kit/env.ts';
import { sqsHandler } from '../kit/queue/handler.ts';
import { ask } from './ask/ask.ts';
import { later } from './ask/later.ts';

const env = readEnv('approve/ask');

/** What fails is tried five times more, so that a neighbour's quarter of an hour costs no question. */
const AGAIN_SECONDS = 180;

export const handler = sqsHandler(
  ({ body }) =>
    ask(JSON.parse(body) as TaskMessage | ApprovalCommand, { env, settings }).catch((error: unknown) =>
      later(error, body, env.APPROVALS_QUEUE_URL),
    ),
  { queueUrl: env.APPROVALS_QUEUE_URL, againSeconds: AGAIN_SECONDS },
);
