import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import type * as z from 'zod/v4/core';
import type { Endpoint, ModelOffer } from '../../contract/endpoint.ts';
import { clock } from '../../kit/clock.ts';
import { SystemError } from '../../kit/errors.ts';
import { traced } from '../../kit/trace.ts';
import { readApiKey } from '../../outbound/api-key.ts';
import { TooManyBytes, textWithin } from '../../outbound/bounded-fetch.ts';
import { CallFailure, refusedBy } from '../../outbound/classify.ts';
import { rateHeaders } from '../../outbound/rate-headers.ts';
import { refusalOf } from '../../outbound/refusal.ts';
import type { Reply } from './completion.ts';
import { completionOf, replyOf } from './completion.ts';
import { LIMIT, OLD_LIMIT, refusesLimit } from './greeting.ts';
import { wireSchema } from './schema.ts';
import { mostTokens } from './tokens.ts';

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface Ask {
  step: string;
  messages: readonly Message[];
  schema: z.$ZodType;
  /** How sure the model was of each token. Left out where the endpoint is known to have none. */
  logprobs?: boolean | undefined;
  temperature?: number | undefined;
  /** What was booked for its input: a second question holds the first answer, whose bytes say less of it. @default its bytes */
  inputMost?: number | undefined;
}

/** Enough to see a label and its rivals; OpenAI allows 20. */
const TOP_LOGPROBS = 5;

/** The SDK reads the body of an error without a time limit: this one ends such a call. */
const GRACE_MS = 1000;

/**
 * One HTTP request; a second one where the key was refused and has been changed since this instance read it.
 * `endpoint.capabilities` says what is known of this model there, a probe's finding included.
 * @throws CallFailure, with what the call is billed at worst; whatever reading the secret throws, before anything was sent.
 */
export async function call(
  endpoint: Endpoint,
  offer: ModelOffer,
  ask: Ask,
  signal?: AbortSignal,
): Promise<Reply> {
  const apiKey = await keyOf(endpoint);
  try {
    return await limited(apiKey, endpoint, offer, ask, signal);
  } catch (error) {
    if (!(error instanceof CallFailure && error.kind === 'key')) throw error;
    // The key that somebody has just filled in must not open the breaker once more for every instance that remembers the old one.
    const now = await keyOf(endpoint, 0);
    if (now === apiKey) throw error;
    return limited(now, endpoint, offer, ask, signal);
  }
}

/** A server that refuses the name of the limit has done nothing yet: it gets the other name at once. */
async function limited(
  apiKey: string,
  endpoint: Endpoint,
  offer: ModelOffer,
  ask: Ask,
  signal?: AbortSignal,
): Promise<Reply> {
  const isOld = endpoint.capabilities.maxCompletionTokens === false;
  const first = isOld ? OLD_LIMIT : LIMIT;
  const heard = { body: '', status: 0 };
  try {
    return await request(apiKey, endpoint, offer, { ...ask, limit: first }, heard, signal);
  } catch (error) {
    const isRequest = error instanceof CallFailure && error.kind === 'request';
    if (!isRequest || !refusesLimit(heard.status, heard.body, first)) throw error;
    const second = isOld ? LIMIT : OLD_LIMIT;
    const reply = await request(apiKey, endpoint, offer, { ...ask, limit: second }, heard, signal);
    return isOld ? reply : { ...reply, oldLimit: true };
  }
}

interface Heard {
  body: string;
  status: number;
}

async function request(
  apiKey: string,
  endpoint: Endpoint,
  offer: ModelOffer,
  ask: Ask & { limit: typeof LIMIT | typeof OLD_LIMIT },
  heard: Heard,
  signal: AbortSignal | undefined,
): Promise<Reply> {
  const timeout = endpoint.timeoutSeconds * 1000;
  // Retries are ours alone: one budget of attempts per item, in the queue, instead of one per layer.
  const client = new OpenAI({
    ...{ apiKey, baseURL: endpoint.baseUrl, maxRetries: 0, timeout, logLevel: 'off' },
    fetch: (url, init) => bounded(url, init, heard),
    // A redirect would carry the item's data to a place whose residency nobody has written down.
    fetchOptions: { redirect: 'manual' },
  });
  const deadline = AbortSignal.timeout(timeout + GRACE_MS);
  const ended = signal ? AbortSignal.any([deadline, signal]) : deadline;
  const startedAt = clock.now();
  const facts = { step: ask.step, endpoint: endpoint.name, model: offer.name };
  const { data, response } = await traced(`model ${ask.step}`, facts, () =>
    client.chat.completions
      .create(wire(endpoint, offer, ask), { signal: ended })
      .withResponse()
      .catch((error: unknown) => {
        const milliseconds = clock.now() - startedAt;
        const givenUp = signal?.aborted === true;
        throw failureOf(error, { endpoint, offer, ask, milliseconds, givenUp, body: heard.body });
      }),
  );
  const headers = rateHeaders(response.headers);
  const milliseconds = clock.now() - startedAt;
  const measure = {
    step: ask.step,
    inputMost: billedAtMost(endpoint, ask),
    letters: mostTokens(ask.messages.map(({ content }) => content).join('')),
  };
  const completion = completionOf(data, endpoint, offer, measure, { headers, milliseconds });
  return replyOf(completion, endpoint, offer, measure, { headers, milliseconds });
}

/** The SDK reads a body however long it is, keeps no error of a shape that it does not know, and believes what a body calls itself. */
async function bounded(
  url: string | URL | Request,
  init: RequestInit | undefined,
  heard: Heard,
): Promise<Response> {
  const response = await fetch(url, init);
  heard.status = response.status;
  heard.body = await textWithin(response).catch((error: unknown) => {
    // The status says enough.
    if (!response.ok) return '';
    throw error;
  });
  const headers = new Headers(response.headers);
  headers.set('content-type', 'text/plain');
  const isEmpty = [204, 205, 304].includes(response.status);
  return new Response(isEmpty ? null : heard.body, { status: response.status, headers });
}

/** The most input tokens that a question can be billed for: its messages, and the schema that goes with them. */
export function inputBound(endpoint: Endpoint, { step, messages, schema }: Ask): number {
  const { messages: sent, format } = question(endpoint, step, messages, schema);
  return mostTokens(JSON.stringify([sent, format]));
}

function billedAtMost(endpoint: Endpoint, ask: Ask): number {
  return Math.min(inputBound(endpoint, ask), ask.inputMost ?? Number.POSITIVE_INFINITY);
}

function wire(
  endpoint: Endpoint,
  offer: ModelOffer,
  { step, messages, schema, logprobs, temperature, limit }: Ask & { limit: typeof LIMIT | typeof OLD_LIMIT },
): ChatCompletionCreateParamsNonStreaming {
  const { messages: sent, format } = question(endpoint, step, messages, schema);
  return {
    model: offer.name,
    messages: sent,
    [limit]: offer.maxOutputTokens,
    // Some servers stream unless told.
    stream: false,
    response_format: format,
    ...(temperature === undefined ? {} : { temperature }),
    ...(logprobs && endpoint.capabilities.logprobs !== false
      ? { logprobs: true, top_logprobs: TOP_LOGPROBS }
      : {}),
  };
}

/** Strict structured output, or, where the endpoint is known not to have it, any JSON and the schema in the instructions. */
function question(
  endpoint: Endpoint,
  step: string,
  messages: readonly Message[],
  schema: z.$ZodType,
): { messages: Message[]; format: NonNullable<ChatCompletionCreateParamsNonStreaming['response_format']> } {
  const shape = wireSchema(schema);
  if (endpoint.capabilities.jsonSchema !== false) {
    const name = step.replace(/[^\w-]/g, '_').slice(0, 64);
    const format = { type: 'json_schema', json_schema: { name, strict: true, schema: shape } } as const;
    return { messages: [...messages], format };
  }
  const words = `Answer with one JSON document that fits this JSON Schema:\n${JSON.stringify(shape)}`;
  const [first, ...rest] = messages;
  const instructed: Message[] =
    first?.role === 'system'
      ? [{ role: 'system', content: `${first.content}\n\n${words}` }, ...rest]
      : [{ role: 'system', content: words }, ...messages];
  return { messages: instructed, format: { type: 'json_object' } };
}

/** A secret that nobody has filled is a wrong key: the endpoint cannot be used, another one can. */
export async function keyOf({ secret }: Endpoint, ...keepMs: [number?]): Promise<string> {
  return readApiKey(secret, ...keepMs).catch((error: unknown) => {
    if (error instanceof SystemError) throw new CallFailure('key', error.message, { cause: error });
    throw error;
  });
}

interface Circumstances {
  endpoint: Endpoint;
  offer: ModelOffer;
  ask: Ask;
  milliseconds: number;
  /** The caller's signal ended it: no fault of the endpoint, and the caller knows that. */
  givenUp: boolean;
  /** Of the answer, where there was one. */
  body: string;
}

/* The SDK's error is not kept as the cause: its message holds the endpoint's words, and those may hold the item's. */
function failureOf(
  error: unknown,
  { endpoint, offer, ask, milliseconds, givenUp, body }: Circumstances,
): CallFailure {
  // The model may have done its work, and it is billed then although the answer never came.
  const inputTokens = billedAtMost(endpoint, ask);
  const most = { inputTokens, cachedTokens: 0, outputTokens: offer.maxOutputTokens };
  if (error instanceof APIError && error.status !== undefined) {
    const refusal = refusalOf(error.status, body);
    return refusedBy(endpoint.name, ask.step, refusal, {
      headers: rateHeaders(error.headers),
      milliseconds,
      most,
    });
  }
  const what = `endpoint '${endpoint.name}'`;
  if (error instanceof APIConnectionError && neverSent(error))
    return new CallFailure('transient', `${what}: no answer`, { milliseconds });
  const facts = { calls: [most], milliseconds };
  if (givenUp) return new CallFailure('transient', `${what}: given up before it answered`, facts);
  if (error instanceof APIConnectionTimeoutError || error instanceof APIUserAbortError)
    return new CallFailure('transient', `${what}: no answer within ${endpoint.timeoutSeconds} s`, facts);
  if (error instanceof APIConnectionError && causes(error).some((it) => it instanceof TooManyBytes))
    return new CallFailure('transient', `${what}: its answer is too large to be one`, facts);
  if (error instanceof APIConnectionError)
    return new CallFailure('transient', `${what}: no answer, the connection ended`, facts);
  return new CallFailure('transient', `${what}: its answer broke off`, facts);
}

/** No connection came about, or none to be trusted. */
const NEVER_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|\w*(?:CERT|SIGNATURE)\w*)$/;

function neverSent(error: Error): boolean {
  return causes(error).some((cause) => NEVER_SENT.test(String((cause as { code?: unknown }).code)));
}

function causes(error: Error): Error[] {
  const list: Error[] = [];
  for (let { cause } = error; cause instanceof Error; { cause } = cause) list.push(cause);
  return list;
}
