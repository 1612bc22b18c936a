import { neighbours } from '@bundled/neighbours';
import { registry } from '@bundled/registry';
import { settings } from '@bundled/settings';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { logger } from '../kit/telemetry.ts';
import { answer } from './api.ts';
import { ROUTES } from './routes.ts';

const env = readEnv('api/api');

const inside = apiHandler((event, caller) => answer(event, caller, registry, env, settings, neighbours));

/** The description of the API is for everyone; the rest is for callers with a name. */
export async function handler(event: Parameters<typeof inside>[0]): ReturnType<typeof inside> {
  if (event.routeKey !== ROUTES.description.at) return inside(event);
  logger.info('described');
  const { openapi } = await import('./openapi/openapi.ts');
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'max-age=60' },
    body: JSON.stringify(openapi(registry, env.BASE_URL)),
  };
}
