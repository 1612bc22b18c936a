import { clock } from '../clock.ts';
import { askForKeys } from './ask-keys.ts';

/* Keys that the house makes for itself, each for one purpose. Whoever may call a purpose's function has its keys, and no others. */

/** Where keys were changed, the new one is used at most this much later. */
const KEEP_MS = 5 * 60 * 1000;

const kept = new Map<string, { keys: readonly [string, ...string[]]; at: number }>();

/**
 * Today's key first, then those that were used before. @param functionName that makes them
 * @throws TransientError where there are none now; SystemError where this function may have none
 */
export async function readKeys(
  functionName: string,
  keepMs = KEEP_MS,
): Promise<readonly [string, ...string[]]> {
  const hit = kept.get(functionName);
  if (hit && hit.at + keepMs > clock.now()) return hit.keys;
  const keys = await askForKeys(functionName);
  kept.set(functionName, { keys, at: clock.now() });
  return keys;
}

/** Today's alone. @throws as `readKeys` */
export async function readKey(functionName: string, keepMs?: number): Promise<string> {
  const [key] = await readKeys(functionName, keepMs);
  return key;
}
