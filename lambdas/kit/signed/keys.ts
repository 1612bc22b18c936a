import { clock } from '../clock.ts';
import { askForKeys } from './ask-keys.ts';

/* Keys that the house makes for itself, each for one purpose. Whoever may call a purpose's function has its keys, and no others. */

/** Where keys were changed, the new one is used at most this much later. */
const KEEP_MS = 5 * 60 * 1000;

/** Of what no key fits: whoever sends nonsense causes one call in this time, not one each. */
const AGAIN_MS = 10_000;

type Keys = readonly [string, ...string[]];

/** `at`: when they were asked for. */
const kept = new Map<string, { keys: Keys; at: number }>();

/** Those who need keys at the same time ask once: the items of a batch would take the room of a burst. */
const asking = new Map<string, { keys: Promise<Keys>; at: number }>();

/**
 * Today's key first, then those that were used before. @param functionName that makes them
 * @throws TransientError where there are none now; SystemError where this function may have none
 */
export async function readKeys(functionName: string, keepMs = KEEP_MS): Promise<Keys> {
  const now = clock.now();
  const hit = kept.get(functionName);
  if (hit && hit.at + keepMs > now) return hit.keys;
  const asked = asking.get(functionName);
  // Who wants none that are older may not take the answer to a question of before.
  return asked && asked.at + keepMs >= now ? asked.keys : ask(functionName, now);
}

async function ask(functionName: string, at: number): Promise<Keys> {
  const keys = askForKeys(functionName);
  asking.set(functionName, { keys, at });
  try {
    const got = await keys;
    if ((kept.get(functionName)?.at ?? at) <= at) kept.set(functionName, { keys: got, at });
    return got;
  } finally {
    if (asking.get(functionName)?.keys === keys) asking.delete(functionName);
  }
}

/** Today's alone. @throws as `readKeys` */
export async function readKey(functionName: string, keepMs?: number): Promise<string> {
  const [key] = await readKeys(functionName, keepMs);
  return key;
}

/**
 * What `find` makes of a key that holds, today's first; undefined where it makes nothing of any. Another container may have made it by
 * a key that this one does not know yet: then the latest are tried.
 * @throws as `readKeys`
 */
export async function byAnyKey<Found>(
  functionName: string,
  find: (key: string) => Found | undefined,
): Promise<Found | undefined> {
  const held = await readKeys(functionName);
  const found = firstOf(held, find);
  if (found !== undefined) return found;
  const latest = await readKeys(functionName, AGAIN_MS);
  return latest === held ? undefined : firstOf(latest, find);
}

function firstOf<Found>(
  keys: readonly string[],
  find: (key: string) => Found | undefined,
): Found | undefined {
  for (const key of keys) {
    const found = find(key);
    if (found !== undefined) return found;
  }
  return undefined;
}
