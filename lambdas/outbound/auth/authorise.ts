import { sha256 } from '../../kit/digest.ts';
import type { Outgoing } from '../send.ts';
import { signature } from '../signature.ts';
import { type Held, heldOf } from './held.ts';
import { signedForAws } from './sigv4.ts';
import { tokenOf } from './token.ts';
import type { Authorised, Authorising, Signed } from './types.ts';

/**
 * The headers of a request, with what the neighbour knows us by. A token is kept in memory until shortly before it ends.
 * @throws SystemError where the secret has not what it needs; OutwardFailure where no token comes
 */
export async function authorise(
  who: Authorised,
  request: Outgoing,
  authorising: Authorising,
): Promise<Signed> {
  const { auth, secretId, keyHeader } = who;
  const { headers } = request;
  if (!auth || !secretId) return { headers };
  const held = await heldOf(who, secretId);
  switch (auth) {
    case 'bearer':
      return { headers: { ...headers, authorization: `Bearer ${held('token')}` } };
    case 'basic': {
      const pair = Buffer.from(`${held('user')}:${held('password')}`).toString('base64');
      return { headers: { ...headers, authorization: `Basic ${pair}` } };
    }
    case 'header':
      return { headers: { ...headers, [keyHeader ?? 'x-api-key']: held('key') } };
    case 'hmac':
      return { headers: { ...headers, [keyHeader ?? 'x-signature']: signed(request, held) } };
    case 'oauth': {
      const token = await tokenOf(who, held, authorising);
      return { headers: { ...headers, authorization: `Bearer ${token.text}` }, token };
    }
    case 'sigv4':
      return { headers: await signedForAws(who, request, held) };
    default:
      return auth satisfies never;
  }
}

/** `t=<unix>,v1=<hex HMAC-SHA256 of "t.<method>.<hex SHA-256 of the body>.<path and query>">`: of these the last alone may hold dots. */
function signed({ method, url, body = '' }: Outgoing, held: Held): string {
  return signature(held('signingKey'), [method, sha256(body), `${url.pathname}${url.search}`]);
}
