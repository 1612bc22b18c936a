import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from 'aws-lambda';
import { readEnv } from '../kit/env.ts';
import type { CallerContext } from '../kit/http.ts';
import { logger } from '../kit/telemetry.ts';
import { callerOf } from './caller.ts';
import { cameByEdge } from './edge.ts';

const env = readEnv('api/authorize');

/**
 * Names the caller, or nobody. It always lets the request pass and every API function refuses a caller without a name: an
 * HTTP API can only answer a denial with its own 403, and callers are promised a 401 problem document. What came past CloudFront, where
 * the API is behind it, is not for callers: that is denied.
 */
export async function handler(
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<APIGatewaySimpleAuthorizerWithContextResult<Partial<CallerContext>>> {
  if (!(await cameByEdge(event.headers, env.EDGE_SECRET))) {
    logger.info('a request did not come by CloudFront');
    return { isAuthorized: false, context: {} };
  }
  const caller = await callerOf(event.headers?.authorization, env.CLIENTS_SECRET);
  logger.info('caller', { client: caller.client ?? 'unknown' });
  return { isAuthorized: true, context: caller };
}
