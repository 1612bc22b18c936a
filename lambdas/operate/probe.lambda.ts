import { endpoints } from '@bundled/endpoints';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { logger } from '../kit/telemetry.ts';
import { answer } from './probe.ts';

const env = readEnv('operate/probe');

export const handler = apiHandler(async (event, caller) => {
  const reply = await answer(event, caller, endpoints, env);
  logger.info('answered', { client: caller.name, route: event.routeKey, status: reply.statusCode ?? 200 });
  return reply;
});
