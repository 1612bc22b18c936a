import type { HttpDestination } from '../../contract/outside/destination.ts';
import { readSecret } from '../../kit/secrets.ts';
import { REFUSED_MS } from '../../outbound/auth/held.ts';
import { neverSent } from '../../outbound/bounded-fetch.ts';
import { signature } from '../../outbound/signature.ts';
import { NoAnswer, NotReached, read } from '../answer.ts';
import type { Connector } from './connector.ts';
import { inTime } from './in-time.ts';

/** Posts the signed call of Signalbox (docs/api.md): destinations speak our language. */
export const http: Connector<HttpDestination> = {
  repeatable: ({ idempotent }) => idempotent,
  async call(destination, { item, idempotencyKey, action, parameters, declared = {}, repeated, until }) {
    const { name, url, secretId, timeoutSeconds } = destination;
    const text = JSON.stringify({ ...parameters, action });
    const post = (signingKey: string) => {
      inTime(destination, until);
      return fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          // A connection kept over a freeze may be dead, and a call without an answer calls a person.
          connection: 'close',
          'idempotency-key': idempotencyKey,
          'signalbox-item': item,
          'signalbox-signature': signature(signingKey, [idempotencyKey, item, text]),
        },
        body: text,
        // A redirected POST would carry the signature to somebody else.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
      }).catch((cause: unknown) => {
        if (neverSent(cause)) throw new NotReached(`destination '${name}': no connection`, { cause });
        throw new NoAnswer(`destination '${name}': no answer`, { cause });
      });
    };
    const signingKey = await keyOf(secretId);
    const response = await post(signingKey);
    const rotated = response.status === 401 ? await keyOf(secretId, REFUSED_MS) : signingKey;
    if (rotated === signingKey) return read(name, response, declared, repeated);
    // It has done nothing: the key was rotated since it was read.
    await response.body?.cancel().catch(() => {});
    return read(name, await post(rotated), declared, repeated);
  },
};

async function keyOf(secretId: string, ...keepMs: [number?]): Promise<string> {
  const { signingKey } = await readSecret<{ signingKey: string }>(secretId, ...keepMs);
  return signingKey;
}
