import { hkdfSync } from 'node:crypto';
import type { EnvFor } from '../contract/env.ts';
import { SystemError } from '../kit/errors.ts';
import { earlierSecret, readSecret } from '../kit/secrets.ts';

/** What the one secret holds from which keys are made. */
interface Root {
  key?: unknown;
  /** What `key` was before, the latest first: what was sealed then stays good. `[]` where that is to be forgotten. */
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
  if (!isRoot(key))
    throw new SystemError('the secret of keys holds no key: it is shorter than 32 characters');
  if (before !== undefined && !(Array.isArray(before) && before.every(isRoot)))
    throw new SystemError("the secret of keys: 'before' must be a list of what 'key' was, or be left out");
  const moved = keptOf(kept, PURPOSE);
  const own = moved ?? (await earlierSecret<{ key?: unknown }>(EARLIER_SECRET, makerOf(PURPOSE)))?.key;
  const earlier = typeof own === 'string' && own !== '' ? [own] : [];
  const made = [key, ...(before ?? []).slice(0, MOST_BEFORE)].map((root) => derived(root, PURPOSE));
  // While nobody has changed the root, functions of the version before have only their own key: both versions agree on it.
  return { keys: before === undefined ? [...earlier, ...made] : [...made, ...earlier] };
}

/** @throws SystemError where something else stands there: a seal by the key that was meant would look forged */
function keptOf(kept: unknown, purpose: string): string | undefined {
  if (kept === undefined) return undefined;
  if (typeof kept !== 'object' || kept === null || Array.isArray(kept))
    throw new SystemError("the secret of keys: 'kept' must hold keys by their purpose, or be left out");
  const own: unknown = Object.hasOwn(kept, purpose) ? (kept as Record<string, unknown>)[purpose] : undefined;
  if (own === undefined || (typeof own === 'string' && own !== '')) return own;
  throw new SystemError(`the secret of keys: 'kept' must hold a text for '${purpose}'`);
}

/** Whose stack made the secret that an earlier version had for it. */
function makerOf(purpose: string): string {
  const [kind = '', automation = ''] = purpose.split('/');
  return kind === 'gates' ? automation : 'platform';
}

function isRoot(value: unknown): value is string {
  return typeof value === 'string' && value.length >= LEAST_LENGTH;
}

/** HKDF (RFC 5869): who has one purpose's key learns nothing of another's, nor of what they are made from. */
function derived(root: string, purpose: string): string {
  const made = hkdfSync('sha256', root, 'signalbox keys', purpose, BYTES);
  return Buffer.from(made).toString('hex');
}
