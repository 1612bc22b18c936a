import type { ActionResult } from '../../contract/item/row.ts';
import type { RequestDestination } from '../../contract/outside/destination.ts';
import type { ApiAnswer, Doing, RequestRules } from '../../contract/outside/request.ts';
import { clock } from '../../kit/clock.ts';
import { InputError, SystemError, TransientError } from '../../kit/errors.ts';
import { sendAuthorised } from '../../outbound/auth/send.ts';
import { neverSent } from '../../outbound/bounded-fetch.ts';
import { OutwardFailure } from '../../outbound/failure.ts';
import { InwardAddress } from '../../outbound/post.ts';
import type { Outgoing } from '../../outbound/send.ts';
import { AtWork, mayHaveActed, NoAnswer, NotReached, Unknown, Untold } from '../answer.ts';
import type { Call, Connector } from './connector.ts';
import { inTime } from './in-time.ts';
import { headersOf, outgoing, urlOf } from './outgoing.ts';
import { readAnswer, readFound } from './reading.ts';

/* Speaks the destination's own API, as the code of the action says. */

const MOST_BYTES = 1_000_000;
const HOUR_MS = 3_600_000;
/** What was done a moment ago may not be found yet. */
const SETTLES_SECONDS = 30;

export const request: Connector<RequestDestination> = {
  repeatable: (_destination, declared) => (declared?.request?.repeats.by ?? 'nothing') !== 'nothing',
  async call(destination, asked) {
    const { name } = destination;
    const { declared, item, idempotencyKey, parameters, repeated, unsure, until } = asked;
    const rules = declared?.request;
    if (!rules) throw new SystemError(`destination '${name}': the action says no 'request' for it`);
    const doing: Doing = { item, idempotencyKey, parameters };
    const found = await lookFor(destination, rules, doing, asked);
    if (found.done) return found.done;
    const sent = rules.request(doing);
    const answer = await ask(destination, outgoing(destination, rules, doing, sent), until);
    return readAnswer(name, rules, answer, doing, { unsure, repeated, lookedFor: found.asked });
  },
};

interface LookedFor {
  /** It was, and it is not done. */
  asked: boolean;
  done?: ActionResult;
}

/**
 * Before an action is sent again of which nobody knows whether it was done.
 * @throws Unknown where no code can tell any more; AtWork while it is too early to tell; InputError where others did it
 */
async function lookFor(
  destination: RequestDestination,
  { find, repeats }: RequestRules,
  doing: Doing,
  { unsure, tried, until }: Call,
): Promise<LookedFor> {
  const { name } = destination;
  if (!find || !(unsure || find.atFirst)) {
    const keptMs = 'keptHours' in repeats ? repeats.keptHours * HOUR_MS : Number.POSITIVE_INFINITY;
    if (unsure && clock.now() - (tried?.first ?? 0) > keptMs)
      throw new Unknown(`destination '${name}' keeps no key for so long: ask there whether it acted`);
    return { asked: false };
  }
  const asks = find.request(doing);
  const question: Outgoing = { method: 'GET', url: urlOf(destination, asks), headers: headersOf(name, asks) };
  const done = await ask(destination, question, until)
    .then((answer) => readFound(name, find, answer, doing))
    .catch((error: unknown) => {
      throw unsure ? error : undoubted(error);
    });
  if (done && unsure) return { asked: true, done };
  if (done) throw new InputError(`destination '${name}': it was done there before, and not by this action`);
  const settlesMs = (find.settlesSeconds ?? SETTLES_SECONDS) * 1000;
  const left = unsure ? settlesMs - (clock.now() - (tried?.last ?? 0)) : 0;
  if (left > 0)
    throw new AtWork(`destination '${name}': it is too early to tell whether it acted`, {
      retryAfterSeconds: Math.ceil(left / 1000),
    });
  return { asked: true };
}

async function ask(destination: RequestDestination, outgoing: Outgoing, until: number): Promise<ApiAnswer> {
  const { name, local, timeoutSeconds } = destination;
  inTime(destination, until);
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  const bounds = { ...(local ? { local } : {}), anyPort: true, mostBytes: MOST_BYTES, signal };
  const got = await sendAuthorised(destination, outgoing, bounds).catch((cause: unknown) => {
    throw unsent(destination, cause) ?? new NoAnswer(`destination '${name}': no answer`, { cause });
  });
  return { ...got, json: jsonIn(got.text) };
}

/** A question before the first try leaves no doubt, whatever became of it: what is found there later, others did. */
function undoubted(error: unknown): unknown {
  if (!(error instanceof TransientError && mayHaveActed(error))) return error;
  const { message, retryAfterSeconds } = error;
  return new (error instanceof AtWork ? Untold : NotReached)(message, { cause: error, retryAfterSeconds });
}

/** What kept a request from being sent at all. */
function unsent(destination: RequestDestination, cause: unknown): Error | undefined {
  const { name } = destination;
  if (cause instanceof SystemError) return cause;
  // No token came: the destination itself was not asked.
  if (cause instanceof OutwardFailure) {
    const failure = cause.errorOf(destination);
    return failure instanceof TransientError ? new NotReached(failure.message, { cause }) : failure;
  }
  if (cause instanceof InwardAddress)
    return new SystemError(`destination '${name}': its url leads inward`, { cause });
  return neverSent(cause) ? new NotReached(`destination '${name}': no connection`, { cause }) : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
