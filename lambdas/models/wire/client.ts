import type { Endpoint, Usage } from '../../contract/endpoint.ts';
import { clock } from '../../kit/clock.ts';
import { SystemError } from '../../kit/errors.ts';
import { traced } from '../../kit/trace.ts';
import { readApiKey } from '../../outbound/api-key.ts';
import { neverSent, TooManyBytes, textWithin, withCauses } from '../../outbound/bounded-fetch.ts';
import { CallFailure, refusedBy } from '../../outbound/classify.ts';
import { type RateHeaders, rateHeaders } from '../../outbound/rate-headers.ts';
import { kindOf, refusalOf } from '../../outbound/refusal.ts';

/*
 * The one client of model servers: chat, embeddings, second opinions and the probe go through `send`. One request is one request:
 * retries are the queue's, redirects are refused, and a body is read to its end within a limit of size and of time. What an
 * answer means is not left to the package: `outbound/classify` reads it for every kind of call (ADR 0041).
 */

export interface WireRequest {
  /** @default 'POST' */
  method?: 'GET' | 'POST';
  /** Behind the endpoint's `baseUrl`. */
  path: string;
  body?: object | undefined;
}

export interface WireAnswer {
  status: number;
  /** A status of 2xx. */
  ok: boolean;
  headers: RateHeaders;
  /** The whole body; empty where a refusal's could not be read: its status says enough. */
  text: string;
  milliseconds: number;
}

export interface WireLimits {
  timeoutMs: number;
  /** @default those of an answer in JSON */
  mostBytes?: number | undefined;
  /** The caller's own: it gives up before the time is over. */
  signal?: AbortSignal | undefined;
}

/** No whole answer came. `unsent`: no connection came about, so that no server did any work. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly why: 'unsent' | 'given up' | 'late' | 'too large' | 'ended';
  readonly milliseconds: number;
  constructor(why: Unanswered['why'], milliseconds: number) {
    super(why);
    this.why = why;
    this.milliseconds = milliseconds;
  }
}

/** @throws Unanswered and nothing else; its message holds no words of the connection, which may quote the request */
export async function send(
  { baseUrl, keyHeader }: Pick<Endpoint, 'baseUrl' | 'keyHeader'>,
  apiKey: string,
  { method = 'POST', path, body }: WireRequest,
  { timeoutMs, mostBytes, signal }: WireLimits,
): Promise<WireAnswer> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const startedAt = clock.now();
  let heard: Omit<WireAnswer, 'milliseconds'> | undefined;
  // Large, and a file of its own: most of an instance's work begins before its first call of a model.
  const { default: OpenAI } = await import('openai');
  const client = new OpenAI({
    // The package wants a key, also for a server that does not; `keyed` says what is sent.
    ...{ apiKey: apiKey || 'none', baseURL: baseUrl, maxRetries: 0, timeout: timeoutMs, logLevel: 'off' },
    fetch: async (url, init) => {
      // Not the package's own headers: it adds to them what `OPENAI_*` variables of the environment say.
      const accept = 'application/json';
      const ours = { ...keyed(apiKey, keyHeader), 'user-agent': 'signalbox', accept };
      const headers = { ...ours, ...(body && { 'content-type': accept }) };
      // A redirect would carry the item's data to a place whose residency nobody has written down.
      const response = await fetch(url, { ...init, headers, redirect: 'manual' });
      heard = await whole(response, mostBytes);
      return new Response(null, { status: 204 });
    },
  });
  try {
    const ended = signal ? AbortSignal.any([deadline, signal]) : deadline;
    const options = { signal: ended, ...(body ? { body } : {}) };
    await client[method === 'GET' ? 'get' : 'post'](path, options).asResponse();
    if (!heard) throw new Error('the client answered without a request');
    return { ...heard, milliseconds: clock.now() - startedAt };
  } catch (error) {
    throw new Unanswered(reasonOf(error, deadline, signal), clock.now() - startedAt);
  }
}

function keyed(apiKey: string, header: string | undefined): Record<string, string> {
  if (!apiKey) return {};
  return header ? { [header]: apiKey } : { authorization: `Bearer ${apiKey}` };
}

/** The whole answer, read before the package sees it: it reads without a limit of size, and the body of an error without one of time. */
async function whole(response: Response, mostBytes: number | undefined) {
  const { ok, status } = response;
  const text = await textWithin(response, mostBytes).catch((error: unknown) => {
    if (!ok) return '';
    throw error;
  });
  return { ok, status, text, headers: rateHeaders(response.headers) };
}

function reasonOf(error: unknown, deadline: AbortSignal, signal: AbortSignal | undefined): Unanswered['why'] {
  if (neverSent(error)) return 'unsent';
  if (signal?.aborted) return 'given up';
  if (deadline.aborted) return 'late';
  return withCauses(error).some((it) => it instanceof TooManyBytes) ? 'too large' : 'ended';
}

/** A secret that nobody has filled is a wrong key: the endpoint cannot be used, another one can. */
export async function keyOf({ secret }: Pick<Endpoint, 'secret'>, ...keepMs: [number?]): Promise<string> {
  return readApiKey(secret, ...keepMs).catch((error: unknown) => {
    if (error instanceof SystemError) throw new CallFailure('key', error.message, { cause: error });
    throw error;
  });
}

/** A request of a step, and what it is billed at worst. */
export interface StepRequest extends WireRequest {
  step: string;
  model: string;
  most: Usage;
  mostBytes?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Sends a step's request with the endpoint's key; once more where the key was refused and has been changed since this instance
 * read it. An answer may be a refusal: `refusedWith` makes a failure of it.
 * @throws CallFailure, with what the call is billed at worst; whatever reading the secret throws, before anything was sent
 */
export async function exchange(endpoint: Endpoint, request: StepRequest): Promise<WireAnswer> {
  const apiKey = await keyOf(endpoint);
  const answer = await sent(endpoint, apiKey, request);
  if (answer.ok || kindOf(refusalOf(answer.status, answer.text)) !== 'key') return answer;
  // The key that somebody has just filled in must not open the breaker once more for every instance that remembers the old one.
  const now = await keyOf(endpoint, 0);
  return now === apiKey ? answer : sent(endpoint, now, request);
}

/** The failure that an answer without a good status is. */
export function refusedWith(
  { name }: Endpoint,
  { status, text, headers, milliseconds }: WireAnswer,
  { step, most }: Pick<StepRequest, 'step' | 'most'>,
): CallFailure {
  return refusedBy(name, step, refusalOf(status, text), { headers, milliseconds, most });
}

async function sent(endpoint: Endpoint, apiKey: string, request: StepRequest): Promise<WireAnswer> {
  const { step, model, mostBytes, signal } = request;
  const limits = { timeoutMs: endpoint.timeoutSeconds * 1000, mostBytes, signal };
  return traced(`model ${step}`, { step, endpoint: endpoint.name, model }, () =>
    send(endpoint, apiKey, request, limits).catch((error: unknown) => {
      throw error instanceof Unanswered ? unanswered(endpoint, error, request) : error;
    }),
  );
}

/** The model may have done its work, and it is billed then although the answer never came. */
function unanswered(
  { name, timeoutSeconds }: Endpoint,
  { why, milliseconds }: Unanswered,
  { most }: StepRequest,
): CallFailure {
  const what = `endpoint '${name}'`;
  const facts = { milliseconds, calls: [most] };
  switch (why) {
    case 'unsent':
      return new CallFailure('transient', `${what}: no answer`, { milliseconds });
    case 'given up':
      return new CallFailure('transient', `${what}: given up before it answered`, facts);
    case 'late':
      return new CallFailure('transient', `${what}: no answer within ${timeoutSeconds} s`, facts);
    case 'too large':
      return new CallFailure('transient', `${what}: its answer is too large to be one`, facts);
    case 'ended':
      return new CallFailure('transient', `${what}: no answer, the connection ended`, facts);
    default:
      return why satisfies never;
  }
}
