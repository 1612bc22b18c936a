import { automation } from '@bundled/automation';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { logger } from '../kit/telemetry.ts';
import { accept } from './accept.ts';

const env = readEnv('intake/intake');

export const handler = apiHandler(async (event, caller) => {
  const reply = await accept(event, caller, automation, env);
  logger.info('answered', {
    client: caller.name,
    automation: automation.name,
    status: reply.statusCode ?? 200,
  });
  return reply;
});
