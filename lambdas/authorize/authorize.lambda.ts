import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from 'aws-lambda';
import { type ClientLimits, limitsOf, limitsText } from '../shared/client-limits.ts';
import { sha256 } from '../shared/digest.ts';
import { readEnv } from '../shared/env.ts';
import type { CallerContext } from '../shared/http.ts';
import { readSecret } from '../shared/secrets.ts';
import { logger } from '../shared/telemetry.ts';

const env = readEnv('authorize/authorize');

interface Client {
  name: string;
  /** SHA-256 of the client's token, in hex: the token itself is kept by the client alone. */
  sha256: string;
  automations: string[];
  role?: string;
  rate?: Partial<ClientLimits['rate']>;
  quota?: Partial<ClientLimits['quota']>;
  callbackKey?: string;
}

/**
 * Names the caller, or nobody. It always lets the request pass and every API function refuses a caller without a name: an
 * HTTP API can only answer a denial with its own 403, and callers are promised a 401 problem document.
 */
export async function handler(
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<APIGatewaySimpleAuthorizerWithContextResult<Partial<CallerContext>>> {
  const caller = await callerOf(event.headers?.authorization);
  logger.info('caller', { client: caller.client ?? 'unknown' });
  return { isAuthorized: true, context: caller };
}

async function callerOf(header: string | undefined): Promise<Partial<CallerContext>> {
  const token = /^Bearer ([\w.~+/=-]{16,512})$/i.exec(header ?? '')?.[1];
  if (!token) return {};
  // Hashes of random tokens are compared, so the time a comparison takes tells nothing of a token.
  const hash = sha256(token);
  const client = (await find(hash)) ?? (await find(hash, NEW_CLIENT_MS));
  if (!client) return {};
  return {
    client: client.name,
    automations: client.automations.join(','),
    role: client.role ?? 'client',
    limits: limitsText(limitsOf(client)),
    // That there is one: the key itself is for who calls back.
    ...(client.callbackKey ? { callbacks: 'yes' } : {}),
  };
}

/** A token that is not known may be new: the list is read again for it, but not for every stranger. */
const NEW_CLIENT_MS = 5_000;

async function find(hash: string, keepMs?: number): Promise<Client | undefined> {
  const { clients } = await readSecret<{ clients: Client[] }>(env.CLIENTS_SECRET, keepMs);
  return clients.find((candidate) => candidate.sha256 === hash);
}
