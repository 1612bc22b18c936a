import { TransientError } from '../kit/errors.ts';
import { readSecret } from '../kit/secrets.ts';
import { signature } from '../outbound/signature.ts';
import { type CallResult, type Looks, NoAnswer, read } from './answer.ts';

/** A destination as `lib/` hands it over in the `DESTINATIONS` variable. */
export interface Destination {
  url: string;
  secretId: string;
  /** It ignores or refuses a second call with the same key, so that a call without an answer may be repeated. */
  idempotent: boolean;
}

export interface Call {
  item: string;
  /** Without a dot, like the item: the signature joins the two with one. */
  idempotencyKey: string;
  body: object;
  looks: Looks;
  /** The destination may have seen the key before. */
  repeated: boolean;
}

/** Well under the function's own timeout: an answer that comes later than this is handled as no answer. */
const TIMEOUT_MS = 10_000;

/** There was no connection, so that nothing can have been sent. */
const NOT_CONNECTED =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/** Posts one action. @throws as `read` does, and a NoAnswer when nothing came back */
export async function call(
  name: string,
  destination: Destination,
  { item, idempotencyKey, body, looks, repeated }: Call,
): Promise<CallResult> {
  const { signingKey } = await readSecret<{ signingKey: string }>(destination.secretId);
  const text = JSON.stringify(body);
  const response = await fetch(destination.url, {
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
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    if (NOT_CONNECTED.test(codeOf(cause)))
      throw new TransientError(`destination '${name}': no connection`, { cause });
    throw new NoAnswer(`destination '${name}': no answer`, { cause });
  });
  return read(name, response, looks, repeated);
}

/** `fetch` says "failed"; what failed stands in the cause. */
function codeOf(error: unknown): string {
  return String((error as { cause?: { code?: unknown } } | undefined)?.cause?.code ?? '');
}
