import { neighbours } from '@bundled/neighbours';
import { registry } from '@bundled/registry';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { logger } from '../kit/telemetry.ts';
import { answer } from './commands.ts';

const env = readEnv('operate/commands');

export const handler = apiHandler(async (event, caller) => {
  const reply = await answer(event, caller, registry, env, neighbours);
  logger.info('answered', { client: caller.name, route: event.routeKey, status: reply.statusCode ?? 200 });
  return reply;
});
