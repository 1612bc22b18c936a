import { type Bounds, type Got, type Outgoing, sendOutward } from '../send.ts';
import { authorise } from './authorise.ts';
import type { Authorised } from './types.ts';

/**
 * Makes one request with the neighbour's credentials. A token that is refused is fetched anew, once: what answers 401 has done nothing.
 * `signal` ends all of it together.
 * @throws as `authorise` and `sendOutward` do
 */
export async function sendAuthorised(who: Authorised, request: Outgoing, bounds: Bounds): Promise<Got> {
  const { local, signal } = bounds;
  const { headers, token } = await authorise(who, request, { signal, local });
  const got = await sendOutward({ ...request, headers }, bounds);
  if (got.status !== 401 || !token) return got;
  const again = await authorise(who, request, { signal, local, instead: token });
  return sendOutward({ ...request, headers: again.headers }, bounds);
}
