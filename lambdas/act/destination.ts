import { InputError, SystemError, TransientError } from '../shared/errors.ts';
import { readSecret } from '../shared/secrets.ts';
import { signature } from '../shared/signature.ts';

/** A destination as `lib/` hands it over in the `DESTINATIONS` variable. */
export interface Destination {
  url: string;
  secretId: string;
  /** It ignores or refuses a second call with the same key, so that a call without an answer may be repeated. */
  idempotent: boolean;
}

export interface Call {
  item: string;
  idempotencyKey: string;
  body: object;
}

export interface CallResult {
  status: number;
  reference?: string;
}

/** Well under the function's own timeout: an answer that comes later than this is handled as no answer. */
const TIMEOUT_MS = 10_000;

/**
 * Posts one action.
 * @throws TransientError when the destination is busy, down or gives no clear answer (then a NoAnswer); InputError when it
 *   refused the call; SystemError when the refusal is about us (401, 403).
 */
export async function call(
  name: string,
  destination: Destination,
  { item, idempotencyKey, body }: Call,
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
      'signalbox-signature': signature(signingKey, text),
    },
    body: text,
    // A redirected POST would carry the signature to somebody else.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new NoAnswer(`destination '${name}': no answer`, { cause });
  });
  if (response.ok) return { status: response.status, ...(await referenceIn(response)) };
  await response.body?.cancel();
  throw refusal(name, response);
}

/** Nobody knows whether the destination has acted. */
export class NoAnswer extends TransientError {}

function refusal(name: string, { status, headers }: Response): Error {
  const what = `destination '${name}' answered ${status}`;
  const retryAfterSeconds = Number(headers.get('retry-after')) || undefined;
  if ([425, 429, 503].includes(status)) return new TransientError(what, { retryAfterSeconds });
  // These also come from something in between, or after half of the work.
  if (status === 408 || status >= 500) return new NoAnswer(what, { retryAfterSeconds });
  if (status === 401 || status === 403) return new SystemError(`${what}: check its secret`);
  return new InputError(`${what}: it refused the action`);
}

/* Of the answer only a short reference is kept: the rest may hold content. */
async function referenceIn(response: Response): Promise<{ reference?: string }> {
  const answer = (await response.json().catch(() => ({}))) as { reference?: unknown; id?: unknown } | null;
  const reference = answer?.reference ?? answer?.id;
  return typeof reference === 'string' && /^[\w.:/-]{1,100}$/.test(reference) ? { reference } : {};
}
