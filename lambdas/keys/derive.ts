import { hkdfSync } from 'node:crypto';
import type { EnvFor } from '../contract/env.ts';
import { SystemError } from '../kit/errors.ts';
import { earlierSecret, readSecret } from '../kit/secrets.ts';

/** What the one secret holds from which keys are made. */
interface Root {
  key?: unknown;
  /** What `key` was before, the latest first: what was sealed then stays good. */
  before?: unknown;
  /** Keys that are not made from it, by their purpose: they were secrets of their own once. */
  kept?: unknown;
}

/** Of 48 letters and digits, as CloudFormation makes it, or another that is hard to guess. */
const LEAST_LENGTH = 32;
/** Changing it more often than things wait to be approved is no habit. */
const MOST_BEFORE = 5;
const BYTES = 32;

/**
 * The keys of this function's one purpose, in hexadecimal or as an earlier version made them: today's first. It takes no word of the
 * caller's, so that who may call it gets no other purpose's. @throws SystemError where the secret holds no key
 */
export async function keysOf({
  ROOT_SECRET,
  PURPOSE,
  EARLIER_SECRET,
}: EnvFor<'keys/derive'>): Promise<{ keys: string[] }> {
  // Read each time: of two callers that ask one after the other, the second never gets the older keys.
  const { key, before, kept } = await readSecret<Root>(ROOT_SECRET, 0);
  const roots = [key, ...(Array.isArray(before) ? before.slice(0, MOST_BEFORE) : [])].filter(isRoot);
  if (!isRoot(key))
    throw new SystemError('the secret of keys holds no key: it is shorter than 32 characters');
  const own = Object(kept)[PURPOSE] ?? (await earlierSecret<{ key?: unknown }>(EARLIER_SECRET))?.key;
  const earlier = typeof own === 'string' && own !== '' ? [own] : [];
  const made = roots.map((root) => derived(root, PURPOSE));
  // What it was before stays in use until the secret is changed: nothing that was sealed, or is remembered by a hash, is lost to it.
  return { keys: roots.length > 1 ? [...made, ...earlier] : [...earlier, ...made] };
}

function isRoot(value: unknown): value is string {
  return typeof value === 'string' && value.length >= LEAST_LENGTH;
}

/** HKDF (RFC 5869): who has one purpose's key learns nothing of another's, nor of what they are made from. */
function derived(root: string, purpose: string): string {
  const made = hkdfSync('sha256', root, 'signalbox keys', purpose, BYTES);
  return Buffer.from(made).toString('hex');
}
