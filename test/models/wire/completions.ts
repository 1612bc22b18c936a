import * as z from 'zod/mini';
import type { Endpoint, ModelOffer, Usage } from '../../../lambdas/contract/endpoint.ts';
import { type Asked, answerOf } from '../../../lambdas/models/answer/answer.ts';
import { Requests } from '../../../lambdas/models/paid-call.ts';
import { chat } from '../../../lambdas/models/wire/chat.ts';
import { CallFailure } from '../../../lambdas/outbound/classify.ts';
import { ENDPOINT as HOUSE } from '../../support/fixtures.ts';
import type { Answer, Stub } from '../../support/http.ts';

/* One question, and what a server may make of it. */

export const OFFER: ModelOffer = {
  name: 'small',
  kind: 'chat',
  tier: 'small',
  inputUsdPerMillion: 1,
  cachedUsdPerMillion: 0.1,
  outputUsdPerMillion: 4,
  pricedAt: '2026-11-20',
  maxOutputTokens: 100,
  contextTokens: 8000,
};

export const ENDPOINT: Endpoint = { ...HOUSE, models: [OFFER] };

export const SECRET_WORDS = 'my card 4111 1111 1111 1111 was charged';
export const GOOD = '{"label":"Billing","amount":"24.90"}';
export const PAID: Usage = { inputTokens: 10, cachedTokens: 0, outputTokens: 5 };

export const schema = z.strictObject({
  label: z.enum(['Billing', 'other']),
  amount: z.string().check(z.maxLength(5)),
});

export type Sorted = z.infer<typeof schema>;

export const request: Asked<Sorted> = {
  step: 'route',
  prompt: { version: 'route.v1', text: 'Sort the message.' },
  input: { text: SECRET_WORDS },
  schema,
};

export function at(server: Pick<Stub, 'url'>, endpoint: Partial<Endpoint> = {}): Endpoint {
  return { ...ENDPOINT, baseUrl: `${server.url}/v1`, ...endpoint };
}

/** Asks as `step.model` does: the real client, and the answer read. `requests` has what was paid. */
export function ask<T>(endpoint: Endpoint, asked: Asked<T>, requests = new Requests()) {
  const { step, schema } = asked;
  return answerOf(
    (messages) => requests.make(() => chat(endpoint, OFFER, { step, messages, schema })),
    asked,
  );
}

export async function failed(asking: Promise<unknown>): Promise<CallFailure> {
  const error = await asking.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof CallFailure) return error;
  throw error;
}

export function completion(
  content: string | null,
  choice: object = {},
  usage: object | null = { prompt_tokens: 10, completion_tokens: 5 },
  headers: Record<string, string> = {},
): Answer {
  const message = { role: 'assistant', content };
  const choices = [{ index: 0, finish_reason: 'stop', message, ...choice }];
  const body = { id: 'c', object: 'chat.completion', created: 1, model: 'small-2026', choices };
  return { status: 200, headers, body: { ...body, ...(usage ? { usage } : {}) } };
}

export const refusal: Answer = completion(null, {
  message: { role: 'assistant', content: null, refusal: 'I cannot' },
});

export const fault = (
  status: number,
  code?: string,
  {
    headers = {},
    message = `no: ${SECRET_WORDS}`,
  }: { headers?: Record<string, string>; message?: string } = {},
): Answer => ({
  status,
  headers,
  body: { error: { message, type: 't', param: null, code: code ?? null } },
});

/** The connection ends in the middle of the answer. */
export const half: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
  response.write('{"id":"c","choices":[{"mess', () => response.destroy());
};

/** A whole answer that holds half a document. */
export const halfDocument: Answer = { status: 200, body: '{"id":"c","choices":[{"mess' };

export const page: Answer = {
  status: 200,
  body: '<html>Welcome to the proxy</html>',
  headers: { 'content-type': 'text/html' },
};

export const silence: Answer = () => {};

export interface Sent {
  model: string;
  max_completion_tokens: number;
  temperature?: number;
  logprobs?: boolean;
  top_logprobs?: number;
  messages: { role: string; content: string }[];
  prompt_cache_key?: string;
  response_format: {
    type: string;
    json_schema: {
      name: string;
      strict: boolean;
      schema: { required: string[]; additionalProperties: boolean };
    };
  };
}

export const sent = (server: Stub, index: number) => JSON.parse(server.seen[index]?.body ?? '{}') as Sent;
