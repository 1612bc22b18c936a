import { sleep } from '../clock.ts';
import { SystemError, TransientError } from '../errors.ts';
import { type Invoked, invoke } from './invoke.ts';

/** It starts, and reads two secrets at most. */
const MOST_MS = 10_000;

/** Where there is no room: a burst takes it for moments. */
const MOST_ATTEMPTS = 4;
const PAUSE_MS = 200;
const SPREAD_MS = 600;

/** A role or a function that a deploy has just made is known everywhere a little later. */
const DEPLOY_MS = 2_000;

/**
 * The keys of a purpose, from the function that makes them: today's, and behind it those that were used before.
 * @throws TransientError where it gives none now; SystemError where there is no such function, or this one may not call it
 */
export async function askForKeys(functionName: string): Promise<readonly [string, ...string[]]> {
  let asked = await whereThereIsRoom(functionName);
  if (isRefused(asked)) {
    await sleep(DEPLOY_MS);
    asked = await whereThereIsRoom(functionName);
  }
  if (isRefused(asked))
    throw new SystemError(
      `no keys from '${functionName}': it is not there, or may not be called (${asked.status})`,
    );
  const { keys } = Object(asked.outcome === 'answered' && asked.answer) as { keys?: unknown };
  const [first, ...others] = Array.isArray(keys) ? keys.filter((it) => typeof it === 'string' && it) : [];
  if (typeof first !== 'string')
    throw new TransientError(`no keys from '${functionName}' now: ${why(asked)}`);
  return [first, ...others];
}

async function whereThereIsRoom(functionName: string): Promise<Invoked> {
  for (let attempt = 1; ; attempt += 1) {
    const asked = await invoke(functionName, {}, MOST_MS);
    if (asked.outcome !== 'throttled' || attempt === MOST_ATTEMPTS) return asked;
    await sleep(PAUSE_MS + Math.random() * SPREAD_MS);
  }
}

/** Every other status passes: a function that is deployed, or has slept for weeks, answers 409 (`Pending`) for a while. */
function isRefused(asked: Invoked): asked is Invoked & { outcome: 'refused' } {
  return asked.outcome === 'refused' && (asked.status === 403 || asked.status === 404);
}

function why(asked: Invoked): string {
  if (asked.outcome === 'throttled') return 'no room (429)';
  if (asked.outcome === 'answered') return 'it gave none';
  if (asked.status !== undefined) return `answered ${asked.status}`;
  return 'cause' in asked ? 'no answer' : 'it failed';
}
