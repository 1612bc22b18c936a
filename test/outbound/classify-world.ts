import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import * as z from 'zod/mini';
import type { Endpoint } from '../../lambdas/contract/endpoint.ts';
import { readSecret } from '../../lambdas/kit/secrets.ts';
import type { Asked } from '../../lambdas/models/answer/answer.ts';
import { server } from '../models/wire/call-world.ts';
import {
  completion,
  fault,
  GOOD,
  half,
  page,
  refusal,
  request,
  SECRET_WORDS,
  silence,
} from '../models/wire/completions.ts';
import { type Answer, reset } from '../support/http.ts';

/* docs/model-errors.md, and every fault in it as a server would show it. */

export interface Kind {
  breaker: string;
  next: string;
  error: string;
  item: string;
}

export interface Row extends Kind {
  came: string;
  kind: string;
  askedAgain: string;
  paid: string;
}

/** The cells of the tables in the documentation whose rows have so many; several names stand in one cell. */
export function cells(columns: number): string[][] {
  const lines = readFileSync('docs/model-errors.md', 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('|') && !/^\| kind|^\|-/.test(line))
    .map((line) => line.slice(1, -1).split('|'))
    .map((row) => row.map((cell) => cell.trim().replaceAll('`', '')))
    .filter((row) => row.length === columns);
}

export const names = (cell = '') => cell.split(' · ');

/** What follows each kind of failure. A breaker that counts a kind counts it by its name. */
export function kinds(): Record<string, Kind> {
  return Object.fromEntries(
    cells(5).flatMap(([all, breaker, next, error, item]) =>
      names(all).map((kind) => [
        kind,
        { breaker: breaker === 'counts' ? kind : breaker, next, error, item } as Kind,
      ]),
    ),
  );
}

/** One row for each fault. */
export function rows(): Row[] {
  const known = kinds();
  return cells(4).flatMap(([kind = '', askedAgain, paid, all]) =>
    names(all).map((came) => ({ came, kind, askedAgain, paid, ...known[kind] }) as Row),
  );
}

export const list: Asked<{ lines: string[] }> = {
  ...request,
  schema: z.strictObject({ lines: z.array(z.string()) }),
  missing: ({ lines }) => (lines.length < 3 ? `there are 3 lines, you gave ${lines.length}` : undefined),
};

export interface Case {
  answer?: Answer;
  asked?: Asked<unknown>;
  endpoint?: Partial<Endpoint>;
  before?: () => unknown;
}

export const CASES: Record<string, Case> = {
  '401': { answer: fault(401, 'invalid_api_key') },
  '403': { answer: fault(403) },
  '403, model not allowed': { answer: fault(403, 'model_not_found') },
  'secret empty': { before: () => vi.mocked(readSecret).mockResolvedValue({}) },
  '404': { answer: fault(404, 'model_not_found') },
  '408': { answer: fault(408) },
  '409': { answer: fault(409) },
  '429': { answer: fault(429, 'rate_limit_exceeded') },
  '429, quota used up': { answer: fault(429, 'insufficient_quota', { headers: { 'retry-after': '1' } }) },
  '402': { answer: fault(402) },
  "429, larger than a minute's limit": {
    answer: fault(429, 'rate_limit_exceeded', { message: 'Request too large for small on tokens per min' }),
  },
  '400, context length': { answer: fault(400, 'context_length_exceeded') },
  '413, tokens per minute': {
    answer: fault(413, 'rate_limit_exceeded', {
      message: 'Request too large on tokens per minute (TPM): Limit 6000',
    }),
  },
  "403, a firewall's page": {
    answer: { status: 403, body: '<html>Request blocked</html>', headers: { 'content-type': 'text/html' } },
  },
  '403, a moderation verdict': {
    answer: {
      status: 403,
      body: {
        error: {
          code: 403,
          message: 'no: not this',
          metadata: { reasons: ['harassment'], flagged_input: SECRET_WORDS },
        },
      },
    },
  },
  '403, region not served': { answer: fault(403, 'unsupported_country_region_territory') },
  '400, invalid key, in a list': {
    answer: {
      status: 400,
      body: [{ error: { code: 400, message: 'API key not valid', status: 'INVALID_ARGUMENT' } }],
    },
  },
  '400, no credit left, in words': {
    answer: fault(400, 'invalid_request_error', { message: 'Your credit balance is too low' }),
  },
  '422, too long, as a text': { answer: { status: 422, body: { detail: 'Input is too long: 9000 tokens' } } },
  '424': { answer: fault(424) },
  '498': { answer: fault(498) },
  '529': { answer: fault(529, 'overloaded_error') },
  '400, the answer was no JSON': { answer: fault(400, 'json_validate_failed') },
  'failed in the middle of its answer': { answer: completion(GOOD, { finish_reason: 'error' }) },
  'no system resource': {
    answer: completion('{"label":', { finish_reason: 'insufficient_system_resource' }),
  },
  'stopped for safety': { answer: completion(GOOD, { finish_reason: 'SAFETY' }) },
  'an end that nobody knows': { answer: completion(GOOD, { finish_reason: 'because' }) },
  '200, an error beside the answer': {
    answer: completion('{"label":', { finish_reason: null, error: { code: 502, message: 'no: upstream' } }),
  },
  '200, a blocked request': {
    answer: {
      status: 200,
      body: {
        choices: [],
        promptFeedback: { blockReason: 'SAFETY' },
        usage: { prompt_tokens: 10, completion_tokens: 5 },
      },
    },
  },
  'empty, its text is elsewhere': {
    answer: completion(null, { message: { role: 'assistant', content: null, reasoning_content: GOOD } }),
  },
  'only a part of the request was read': {
    answer: completion(`${GOOD}${' '.repeat(100)}`, {}, { prompt_tokens: 128 }),
    asked: { ...request, input: { text: 'two words '.repeat(1000) } } as Asked<unknown>,
  },
  'a stream that breaks off': {
    answer: {
      status: 200,
      body: 'data: {"choices":[{"delta":{"content":"{}"}}]}\n\n',
      headers: { 'content-type': 'text/event-stream' },
    },
  },
  'an answer without an end': { answer: { status: 200, body: `{"x":"${'x'.repeat(5 * 1024 * 1024)}"}` } },
  '413': { answer: fault(413) },
  '400, schema': { answer: fault(400, 'invalid_json_schema') },
  'a redirect': { answer: { status: 307, headers: { location: 'http://127.0.0.1:9/v1/chat/completions' } } },
  '400, content filter': { answer: fault(400, 'content_filter') },
  '500': { answer: fault(500) },
  '503': { answer: fault(503) },
  'nobody listens': { before: () => server.close() },
  'no answer in time': { answer: silence, endpoint: { timeoutSeconds: 1 } },
  reset: { answer: reset },
  'half a JSON body': { answer: half },
  '200, an error that says the quota is used up': {
    answer: { status: 200, body: { error: { code: 'insufficient_quota', message: 'no' } } },
  },
  '200, an error in words alone': { answer: { status: 200, body: { error: { message: 'upstream' } } } },
  "a proxy's page": { answer: page },
  refusal: { answer: refusal },
  'stopped by a content filter': { answer: completion(GOOD, { finish_reason: 'content_filter' }) },
  'truncated at the length limit': { answer: completion(GOOD, { finish_reason: 'length' }) },
  'truncated without a word of it': { answer: completion('{"label":"Billing","amount":"24') },
  'truncated list': { answer: completion('{"lines":["a","b"]}'), asked: list as Asked<unknown> },
  'wrong schema': { answer: completion('{"label":"Sales","amount":"1"}') },
  'a name twice in one object': { answer: completion('{"label":"Billing","amount":"10","amount":"1000"}') },
  'a whole number beyond 2^53': {
    answer: completion('{"order":12345678901234567890}'),
    asked: { ...request, schema: z.strictObject({ order: z.number() }) } as Asked<unknown>,
  },
  'a draft in its thoughts, and no answer that fits': {
    answer: completion(`<think>perhaps ${GOOD}, or not</think>{"label":"Billing"}`),
  },
  'a draft that fits, and an answer that does not': { answer: completion(`${GOOD} No: {"label":"Sales"}`) },
  'thoughts without an end': { answer: completion(`<think>perhaps ${GOOD}`) },
  'no JSON': { answer: completion('Sure! It is about billing.') },
  empty: { answer: completion('') },
};

/** What the processor makes of each class: docs/errors.md. */
