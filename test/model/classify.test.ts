import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Asked } from '../../lambdas/process/model/answer.ts';
import { inputBound } from '../../lambdas/process/model/call.ts';
import { AFTER, type CallFailure, errorOf, kindOf } from '../../lambdas/process/model/classify.ts';
import type { Endpoint, Usage } from '../../lambdas/shared/endpoint.ts';
import { type ErrorName, errorFacts } from '../../lambdas/shared/errors.ts';
import { readSecret } from '../../lambdas/shared/secrets.ts';
import { type Answer, reset } from '../support/http.ts';
import { freshServer, server } from './call-world.ts';
import {
  ask,
  at,
  completion,
  failed,
  fault,
  GOOD,
  half,
  OFFER,
  PAID,
  page,
  refusal,
  request,
  SECRET_WORDS,
  silence,
} from './completions.ts';

vi.mock('../../lambdas/shared/secrets.ts', () => ({ readSecret: vi.fn() }));

beforeEach(freshServer);
afterEach(() => server.close());

interface Row {
  came: string;
  kind: string;
  breaker: string;
  askedAgain: string;
  next: string;
  paid: string;
  error: string;
  item: string;
}

/** The rows of the table in the documentation. */
function rows(): Row[] {
  const lines = readFileSync('docs/model-errors.md', 'utf8').split('\n');
  const table = lines.filter((line) => line.startsWith('|')).slice(2);
  return table.map((line) => {
    const [came, kind, breaker, askedAgain, next, paid, error, item] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', ''));
    return { came, kind, breaker, askedAgain, next, paid, error, item } as Row;
  });
}

const list: Asked<{ lines: string[] }> = {
  ...request,
  schema: z.strictObject({ lines: z.array(z.string()) }),
  missing: ({ lines }) => (lines.length < 3 ? `there are 3 lines, you gave ${lines.length}` : undefined),
};

interface Case {
  answer?: Answer;
  asked?: Asked<unknown>;
  endpoint?: Partial<Endpoint>;
  before?: () => unknown;
}

const CASES: Record<string, Case> = {
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
  '413': { answer: fault(413) },
  '400, schema': { answer: fault(400, 'invalid_json_schema') },
  'a redirect': { answer: { status: 307, headers: { location: 'http://127.0.0.1:9/v1/chat/completions' } } },
  '400, content filter': { answer: fault(400, 'content_filter') },
  '500': { answer: fault(500) },
  '503': { answer: fault(503) },
  'nobody listens': { before: () => server.close() },
  'no answer in time': { answer: silence, endpoint: { timeoutSeconds: 0.2 } },
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
const ITEM: Record<ErrorName, string> = {
  TransientError: 'tried again, then parked',
  InputError: 'quarantined',
  ProcessingError: 'put before a person',
  SystemError: 'parked',
};

function paid(failure: CallFailure, endpoint: Endpoint): string {
  const most: Usage = {
    inputTokens: inputBound(endpoint, { ...request, messages: sentMessages() }),
    cachedTokens: 0,
    outputTokens: OFFER.maxOutputTokens,
  };
  const [usage] = failure.calls;
  if (!usage) return 'no';
  return JSON.stringify(usage) === JSON.stringify(most) ? 'at most' : 'yes';
}

const sentMessages = () => JSON.parse(server.seen[0]?.body ?? '{"messages":[]}').messages;

describe('the table of docs/model-errors.md', () => {
  it('has a row for each case, and each row is tried', () => {
    expect(
      rows()
        .map(({ came }) => came)
        .sort(),
    ).toEqual(Object.keys(CASES).sort());
  });

  it.each(rows())('says what happens: $came', async (row) => {
    const { answer, asked = request as Asked<unknown>, endpoint: differs, before } = CASES[row.came] ?? {};
    const endpoint = at(server, differs);
    server.answers = answer ? [answer] : [];
    await before?.();
    const calls: Usage[] = [];

    const failure = await failed(ask(endpoint, asked, calls));

    const { breaker, next } = AFTER[failure.kind];
    const error = errorFacts(errorOf(failure)).class;
    expect({
      came: row.came,
      kind: failure.kind,
      breaker,
      askedAgain: server.seen.length === 2 ? 'once' : 'no',
      next,
      paid: paid(failure, endpoint),
      error,
      item: ITEM[error],
    }).toEqual(row);
    expect(server.seen.length).toBeLessThanOrEqual(2);
    // Whoever settles finds the same figures in both places.
    expect(failure.calls).toEqual(calls);
    if (row.paid === 'yes') expect(calls).toEqual(server.seen.map(() => PAID));
    expect(failure.message).not.toMatch(/4111|no:/);
    expect(errorFacts(errorOf(failure)).message).toBe(failure.message);
  });
});

describe('a fault', () => {
  it('is told apart by words where a server has no code for it', () => {
    const words = (text: string, status = 400) => kindOf({ status, code: '', type: '', words: text });

    for (const text of [
      "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
      'the request exceeds the available context size (4096 tokens)',
      'Prompt is too long',
      'Please reduce the length of the messages',
    ])
      expect(words(text), text).toBe('tooLong');
    expect(words('Invalid schema for response_format')).toBe('request');
    expect(words("This model's maximum context length", 500)).toBe('transient');
  });

  it.each([
    ['insufficient_quota', 403],
    ['billing_hard_limit_reached', 400],
    ['billing_not_active', 429],
  ])('is a used-up quota when it says %s, whatever the status', (code, status) => {
    expect(kindOf({ status, code, type: '', words: '' })).toBe('quota');
    expect(kindOf({ status, code: '', type: code, words: '' })).toBe('quota');
  });

  it.each(['content_filter', 'content_policy_violation', 'moderation_blocked', 'invalid_prompt'])(
    'is a filter when it says %s',
    (code) => expect(kindOf({ status: 400, code, type: '', words: '' })).toBe('filtered'),
  );

  it.each([400, 404, 418, 422])('is our request on %i', (status) =>
    expect(kindOf({ status, code: '', type: '', words: '' })).toBe('request'),
  );

  it.each([408, 409, 425, 500, 502, 503, 529])('is transient on %i', (status) =>
    expect(kindOf({ status, code: '', type: '', words: '' })).toBe('transient'),
  );

  it('repeats a code of the endpoint, and nothing that does not look like one', async () => {
    const told = async (code: string) => {
      server.answers = [fault(400, code)];
      return (await failed(ask(at(server), request))).message;
    };

    expect(await told('invalid_json_schema')).toContain('invalid_json_schema');
    expect(await told(SECRET_WORDS)).not.toContain('4111');
  });

  it('carries the wish to wait to the item, in whole seconds', async () => {
    server.answers = [fault(429, undefined, { headers: { 'retry-after-ms': '1200' } })];

    const failure = await failed(ask(at(server), request));

    expect(failure.retryAfterMs).toBe(1200);
    expect(errorOf(failure)).toMatchObject({ name: 'TransientError', retryAfterSeconds: 2 });
  });

  it('keeps nothing of what the client threw: it holds the words of the endpoint', async () => {
    server.answers = [fault(500)];

    const failure = await failed(ask(at(server), request));

    for (let cause: unknown = failure; cause instanceof Error; cause = cause.cause)
      expect(`${cause.message}${cause.stack}${JSON.stringify(cause)}`).not.toContain('4111');
  });

  it('at an endpoint that nobody serves names the endpoint', async () => {
    const endpoint = at(server);
    await server.close();

    expect((await failed(ask(endpoint, request))).message).toBe("endpoint 'house': no answer");
  });
});
