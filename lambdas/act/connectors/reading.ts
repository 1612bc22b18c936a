import type { ActionResult } from '../../contract/item/row.ts';
import type { ApiAnswer, Doing, RequestRules } from '../../contract/outside/request.ts';
import { InputError, SystemError } from '../../kit/errors.ts';
import { retryAfterSeconds } from '../../outbound/rate-headers.ts';
import { AtWork, NoAnswer, NoRoom, Redirected } from '../answer.ts';

/* What the answers of a destination's own API mean, by the code of the action where the status alone does not say. */

/** What is known of the action from before this try. */
export interface Known {
  /** Some call of it had no clear answer. */
  unsure: boolean;
  /** The destination may have seen the key. */
  repeated: boolean;
  /** `find` was asked before this try, and it was not done. */
  lookedFor: boolean;
}

/**
 * @throws InputError when it refused; NoRoom when it did nothing now; AtWork, NoAnswer or Redirected when it may have acted; SystemError
 *   when the fault is in our configuration
 */
export function readAnswer(
  name: string,
  rules: RequestRules,
  answer: ApiAnswer,
  doing: Doing,
  known: Known,
): ActionResult {
  const { status } = answer;
  const what = `destination '${name}' answered ${status}`;
  const fixed = byStatus(what, answer);
  if (fixed) throw fixed;
  const reading = said(name, () => rules.reads(answer, doing));
  switch (reading?.outcome) {
    case 'done':
      return { status, ...short(reading.reference) };
    case 'already done':
      // Ours, if one of our tries may have done it and nobody could say that it had not.
      if (known.unsure && !known.lookedFor) return { status, ...short(reading.reference) };
      throw new InputError(`${what}: it was done there before, and not by this action`);
    case 'not done':
      if (rules.refusals?.includes(reading.reason)) throw new InputError(`${what}: ${reading.reason}`);
      throw new InputError(`${what}: it refused the action`);
    case 'later':
      throw new NoRoom(`${what}: it has no room now`, waitOf(reading.seconds));
    case 'at work':
      throw new AtWork(`${what}: it is at work on it`, waitOf(reading.seconds));
    case undefined:
      break;
    default:
      return reading satisfies never;
  }
  if (status < 300) throw new NoAnswer(`${what}, and nothing that its action knows`);
  if (status === 409 && known.repeated) throw new AtWork(`${what}: it is at work on it`);
  throw new InputError(`${what}: it refused the action`);
}

/**
 * What `find` says.
 * @returns undefined where it was not done
 */
export function readFound(
  name: string,
  find: NonNullable<RequestRules['find']>,
  answer: ApiAnswer,
  doing: Doing,
): ActionResult | undefined {
  const { status } = answer;
  const what = `destination '${name}' answered ${status}`;
  const fixed = byStatus(what, answer);
  // A question changes nothing, whatever became of it.
  if (fixed instanceof Redirected) throw new SystemError(`${what}: a redirect, correct its url`);
  if (fixed) throw fixed;
  if (status >= 300 && status !== 404 && status !== 410)
    throw new SystemError(`${what}: it refuses the question whether it acted`);
  const found = said(name, () => find.reads(answer, doing));
  if (found?.outcome === 'done') return { status, ...short(found.reference) };
  if (found?.outcome === 'not done') return undefined;
  throw new AtWork(`${what}, and does not tell whether it acted`);
}

/** Code that reads a number where the answer has none must not keep the queue from bringing the action back. */
function waitOf(seconds = 0): { retryAfterSeconds?: number } {
  return seconds > 0 && Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {};
}

/** What no code may read otherwise. */
function byStatus(what: string, { status, header }: ApiAnswer): Error | undefined {
  const waits = { retryAfterSeconds: retryAfterSeconds(header('retry-after')) };
  if (status === 425 || status === 429) return new NoRoom(`${what}: it has no room now`, waits);
  // A proxy says 503 too, after it lost its server: only one that names a time has turned the call away.
  if (status === 503 && waits.retryAfterSeconds) return new NoRoom(`${what}: it has no room now`, waits);
  if (status === 408 || status >= 500) return new NoAnswer(what, waits);
  if (status === 401 || status === 403) return new SystemError(`${what}: check its secret`);
  if (status >= 300 && status < 400) return new Redirected(`${what}: a redirect, correct its url`);
  return undefined;
}

/** The code of an automation must not make a call undone: where it fails, nobody knows. */
function said<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new NoAnswer(`destination '${name}': the code of the action cannot read its answer`, { cause });
  }
}

/* Of the answer only a short reference is kept: the rest may hold content. */
function short(reference: string | undefined): { reference?: string } {
  return typeof reference === 'string' && /^[\w.:/-]{1,100}$/.test(reference) ? { reference } : {};
}
