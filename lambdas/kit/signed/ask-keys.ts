import { SystemError, TransientError } from '../errors.ts';
import { invoke } from './invoke.ts';

/** It starts, and reads two secrets at most. */
const MOST_MS = 10_000;

/**
 * The keys of a purpose, from the function that makes them: today's, and behind it those that were used before.
 * @throws TransientError where it gives none now; SystemError where there is no such function, or this one may not call it
 */
export async function askForKeys(functionName: string): Promise<readonly [string, ...string[]]> {
  const asked = await invoke(functionName, {}, MOST_MS);
  if (asked.outcome === 'refused')
    throw new SystemError(`no keys from '${functionName}': it is not there, or may not be called`);
  const { keys } = Object(asked.outcome === 'answered' && asked.answer) as { keys?: unknown };
  const [first, ...others] = Array.isArray(keys) ? keys.filter((it) => typeof it === 'string' && it) : [];
  if (typeof first !== 'string') throw new TransientError(`no keys from '${functionName}' now`);
  return [first, ...others];
}
