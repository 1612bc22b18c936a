import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from 'aws-lambda';
import { readEnv } from '../kit/env.ts';
import type { CallerContext } from '../kit/http.ts';
import { logger } from '../kit/telemetry.ts';
import { callerOf } from './caller.ts';

const env = readEnv('api/authorize');

/**
 * Names the caller, or nobody. It always lets the request pass and every API function refuses a caller without a name: an
 * HTTP API can only answer a denial with its own 403, and callers are promised a 401 problem document.
 */
export async function handler(
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<APIGatewaySimpleAuthorizerWithContextResult<Partial<CallerContext>>> {
  const caller = await callerOf(event.headers?.authorization, env.CLIENTS_SECRET);
  logger.info('caller', { client: caller.client ?? 'unknown' });
  return { isAuthorized: true, context: caller };
}
