import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  earlierWebhookSecret,
  type WebhookDoor,
  type WebhookSecrets,
  webhookSecret,
} from '../../../contract/intake/webhooks.ts';
import { secretName } from '../../../contract/names.ts';
import { epochSeconds } from '../../../kit/clock.ts';
import { Problem } from '../../../kit/http.ts';
import { earlierSecret, readSecret } from '../../../kit/secrets.ts';
import { logger } from '../../../kit/telemetry.ts';
import { type Claimed, type HeadersOf, schemeOf } from './schemes.ts';

const WINDOW_SECONDS = 300;

/** While one secret takes the place of another there are two, three at worst. */
const MOST_SECRETS = 5;

/** A secret that was filled a moment ago is looked for this often, however many calls are signed with something else. */
const LOOK_MS = 30_000;

/** HMAC takes an empty key, and a short one can be guessed from one call. In bytes of the key, however it is written. */
const LEAST_BYTES = 8;

interface Given {
  automation: string;
  name: string;
  environment: string;
  headers: HeadersOf;
  body: Uint8Array;
}

/**
 * Lets a call through whose signature is good and whose time is now. One sentence for whatever is wrong with it: nobody learns from it
 * how near they came. @throws Problem 401; 503 where nobody has filled the secret yet: senders come again
 */
export async function verify(door: WebhookDoor, given: Given): Promise<void> {
  const { automation, name, environment, headers, body } = given;
  const scheme = schemeOf(door.scheme);
  const claimed = scheme.claimed(headers, body);
  const configured = secretName(environment, webhookSecret(automation));
  if (!isNow(claimed, door.windowSeconds) || claimed.signatures.length === 0) throw unsigned();
  const held = await readSecret<WebhookSecrets | null>(configured);
  if (isSigned(claimed, keysIn(held, name, scheme.key))) return;
  const now = await readSecret<WebhookSecrets | null>(configured, LOOK_MS);
  const keys = keysIn(now, name, scheme.key);
  if (keys.length === 0) {
    // A name with nothing good behind it is shut, or mistyped: what was before opens it no more.
    if (Object.hasOwn(now ?? {}, name)) throw unfilled(configured, name);
    // As long as the new one has no entry, what the sender has signed with so far is good.
    const before = secretName(environment, earlierWebhookSecret(automation, name));
    const earlier = await earlierSecret<{ secrets?: string[] }>(before, automation);
    const known = keysIn({ [name]: earlier?.secrets }, name, scheme.key);
    if (isSigned(claimed, known)) return;
    throw known.length > 0 ? unsigned() : unfilled(configured, name);
  }
  if (now === held || !isSigned(claimed, keys)) throw unsigned();
}

function isNow({ at }: Claimed, windowSeconds = WINDOW_SECONDS): boolean {
  // NaN is within no window.
  return at === undefined || Math.abs(epochSeconds() - at) <= windowSeconds;
}

/** Compares every signature with every key, whichever is good: the time it takes says nothing. */
function isSigned({ signed, signatures, encoding }: Claimed, keys: readonly Uint8Array[]): boolean {
  let good = false;
  for (const key of keys) {
    const hmac = createHmac('sha256', key);
    for (const piece of signed) hmac.update(piece);
    const expected = hmac.digest();
    for (const signature of signatures) {
      const bytes = Buffer.alloc(expected.length);
      const length = bytes.write(signature, encoding);
      // Several texts decode to the same bytes, and one that is cut short leaves zeros behind it.
      const whole = length === expected.length && isForm(signature, encoding);
      if (timingSafeEqual(bytes, expected) && whole) good = true;
    }
  }
  return good;
}

function isForm(signature: string, encoding: 'hex' | 'base64'): boolean {
  return encoding === 'hex' ? /^[0-9a-f]{64}$/i.test(signature) : /^[\w+/-]{43}=?$/.test(signature);
}

function keysIn(
  held: WebhookSecrets | null,
  name: string,
  key: ((secret: string) => Uint8Array) | undefined,
): Uint8Array[] {
  const own: unknown = held && Object.hasOwn(held, name) ? held[name] : undefined;
  const secrets: unknown[] = Array.isArray(own) ? own : [];
  return secrets
    .filter((it): it is string => typeof it === 'string')
    .map((it) => key?.(it.trim()) ?? Buffer.from(it.trim(), 'utf8'))
    .filter((it) => it.length >= LEAST_BYTES)
    .slice(0, MOST_SECRETS);
}

function unsigned(): Problem {
  logger.info('webhook refused');
  return new Problem(401, 'the signature of this call is missing, wrong or too old');
}

function unfilled(secret: string, webhook: string): Problem {
  logger.error('webhook without secret', { secret, webhook });
  return new Problem(
    503,
    'this webhook is not set up yet: send it again later',
    {},
    { 'retry-after': '300' },
  );
}
