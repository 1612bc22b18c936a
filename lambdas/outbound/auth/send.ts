import { isDeepStrictEqual } from 'node:util';
import { readSecret } from '../../kit/secrets.ts';
import { type Bounds, type Got, type Outgoing, sendOutward } from '../send.ts';
import { authorise } from './authorise.ts';
import { REFUSED_MS } from './held.ts';
import type { Authorised } from './types.ts';

/**
 * Makes one request with the neighbour's credentials. A token that is refused is fetched anew, and so is a secret that was rotated, once:
 * what answers 401 has done nothing.
 * `signal` ends all of it together.
 * @throws as `authorise` and `sendOutward` do
 */
export async function sendAuthorised(who: Authorised, request: Outgoing, bounds: Bounds): Promise<Got> {
  const { local, signal } = bounds;
  const { headers, token } = await authorise(who, request, { signal, local });
  const secret = await secretOf(who);
  const got = await sendOutward({ ...request, headers }, bounds);
  if (got.status !== 401) return got;
  const isRotated = !isDeepStrictEqual(await secretOf(who, REFUSED_MS), secret);
  if (!token && !isRotated) return got;
  const again = await authorise(who, request, { signal, local, instead: token });
  return sendOutward({ ...request, headers: again.headers }, bounds);
}

async function secretOf({ auth, secretId }: Authorised, ...keepMs: [number?]): Promise<unknown> {
  return auth && secretId ? readSecret(secretId, ...keepMs) : undefined;
}
