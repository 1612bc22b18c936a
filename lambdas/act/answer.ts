import * as z from 'zod/v4/core';
import type { Action } from '../contract/automation.ts';
import type { ActionResult } from '../contract/item/row.ts';
import { InputError, ProcessingError, SystemError, TransientError } from '../kit/errors.ts';
import { TooManyBytes, textWithin } from '../outbound/bounded-fetch.ts';
import { retryAfterSeconds } from '../outbound/rate-headers.ts';

/* What a destination's answer means: it acted, it did nothing, or nobody knows. */

/** How an action tells success from refusal. */
export type Looks = Pick<Action, 'success' | 'refusal'>;

/** Nothing was sent: there was no connection. */
export class NotReached extends TransientError {}
/** It lives, did nothing, and has no room now. */
export class NoRoom extends TransientError {}
/** Nobody knows whether the destination has acted; another call with the same key may tell. */
export class NoAnswer extends TransientError {}
/** It did not tell whether the action was done there before, and nothing was sent. */
export class Untold extends TransientError {}
/** Nobody knows yet: it is at work on this key. */
export class AtWork extends NoAnswer {}
/** Nobody knows, and no other call will tell. */
export class Unknown extends ProcessingError {}
/** Something stands where the destination should: it may have acted and show a page of its own now. */
export class Redirected extends SystemError {}

/** What the destination's breaker learns of a failed call. `none`: it did its part. Undefined: nothing. */
export function heardIn(error: unknown): 'transient' | 'rate' | 'none' | undefined {
  if (error instanceof NoRoom) return 'rate';
  if ([AtWork, Untold, InputError, Unknown].some((its) => error instanceof its)) return 'none';
  return error instanceof NoAnswer || error instanceof NotReached ? 'transient' : undefined;
}

/** Whether the destination may have acted although the call failed. */
export function mayHaveActed(error: unknown): boolean {
  return error instanceof NoAnswer || error instanceof Unknown || error instanceof Redirected;
}

/**
 * Reads an answer. `repeated`: the destination may have seen the key before.
 * @throws TransientError when it said that it did nothing now (a NoAnswer when it may have acted); InputError when it refused;
 *   SystemError when the fault is in our configuration; ProcessingError (an Unknown) when nobody can tell
 */
export async function read(
  name: string,
  response: Response,
  looks: Looks,
  repeated: boolean,
): Promise<ActionResult> {
  const { status } = response;
  const what = `destination '${name}' answered ${status}`;
  if (response.ok) return done(name, response, looks);
  if (status === 409 && repeated && looks.success) {
    const stored = json(await text(name, response));
    if (fits(looks.success, stored)) return { status, ...referenceIn(stored) };
  }
  await response.body?.cancel().catch(() => {});
  if (status === 409 && repeated) throw new AtWork(what);
  throw refusal(name, response);
}

function refusal(name: string, { status, headers }: Response): Error {
  const what = `destination '${name}' answered ${status}`;
  const waits = { retryAfterSeconds: retryAfterSeconds(headers.get('retry-after')) };
  if ([425, 429].includes(status)) return new NoRoom(what, waits);
  // A proxy says 503 too, after it lost its server: only one that names a time has turned the call away.
  if (status === 503 && waits.retryAfterSeconds) return new NoRoom(what, waits);
  // These also come from something in between, or after half of the work.
  if (status === 408 || status >= 500) return new NoAnswer(what, waits);
  if (status < 400) return new Redirected(`${what}: a redirect, correct its url`);
  if (status === 401 || status === 403) return new SystemError(`${what}: check its secret`);
  return new InputError(`${what}: it refused the action`);
}

async function done(name: string, response: Response, { success, refusal: denial }: Looks) {
  const { status } = response;
  if (!success) return { status, ...referenceIn(json(await textWithin(response).catch(() => ''))) };
  // What breaks off may have been anything: whoever takes our key can be asked again.
  const answer = json(await text(name, response));
  if (fits(success, answer)) return { status, ...referenceIn(answer) };
  if (denial ? fits(denial, answer) : saysNo(answer))
    throw new InputError(`destination '${name}' answered ${status}, and in words that it refused the action`);
  throw new Unknown(
    `destination '${name}' answered ${status}, but not as success looks: ask there whether it acted`,
  );
}

function text(name: string, response: Response): Promise<string> {
  return textWithin(response).catch((cause: unknown) => {
    if (cause instanceof TooManyBytes) return '';
    throw new NoAnswer(`destination '${name}': no answer`, { cause });
  });
}

/** Undefined where it is none, such as a page to sign in. */
function json(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

function fits(schema: z.$ZodType, answer: unknown): boolean {
  return answer !== undefined && z.safeParse(schema, answer).success;
}

function saysNo(answer: unknown): boolean {
  const { ok, success } = (answer ?? {}) as { ok?: unknown; success?: unknown };
  return ok === false || success === false;
}

/* Of the answer only a short reference is kept: the rest may hold content. */
function referenceIn(answer: unknown): { reference?: string } {
  const { reference: named, id } = (answer ?? {}) as { reference?: unknown; id?: unknown };
  const reference = named ?? id;
  return typeof reference === 'string' && /^[\w.:/-]{1,100}$/.test(reference) ? { reference } : {};
}
