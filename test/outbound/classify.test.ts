import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Endpoint, Usage } from '../../lambdas/contract/endpoint.ts';
import type { ErrorName } from '../../lambdas/contract/item/row.ts';
import { errorFacts } from '../../lambdas/kit/errors.ts';
import type { Asked } from '../../lambdas/models/answer/answer.ts';
import { Requests } from '../../lambdas/models/paid-call.ts';
import { inputBound } from '../../lambdas/models/wire/chat.ts';
import { AFTER, errorOf } from '../../lambdas/outbound/classify.ts';
import { kindOf, refusalIn, refusalOf } from '../../lambdas/outbound/refusal.ts';
import { freshServer, server } from '../models/wire/call-world.ts';
import { ask, at, failed, fault, OFFER, PAID, request, SECRET_WORDS } from '../models/wire/completions.ts';
import { growth, MOST_GROWTH } from '../support/cpu.ts';
import { CASES, kinds, rows } from './classify-world.ts';

vi.mock('../../lambdas/kit/secrets.ts', () => ({ readSecret: vi.fn() }));

beforeEach(freshServer);
afterEach(() => server.close());

const ITEM: Record<ErrorName, string> = {
  TransientError: 'tried again, then parked',
  InputError: 'quarantined',
  ProcessingError: 'put before a person',
  SystemError: 'parked',
};

function paid([usage]: readonly Usage[], endpoint: Endpoint): string {
  const most: Usage = {
    inputTokens: inputBound(endpoint, { ...request, messages: sentMessages() }),
    cachedTokens: 0,
    outputTokens: OFFER.maxOutputTokens,
  };
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

  it('says of each kind what follows it', () => {
    expect(kinds()).toEqual(
      Object.fromEntries(
        Object.entries(AFTER).map(([kind, after]) => [kind, { ...after, item: ITEM[after.error] }]),
      ),
    );
  });

  it.each(rows())('says what happens: $came', async (row) => {
    const { answer, asked = request as Asked<unknown>, endpoint: differs, before } = CASES[row.came] ?? {};
    const endpoint = at(server, differs);
    server.answers = answer ? [answer] : [];
    await before?.();

    const requests = new Requests();

    const failure = await failed(ask(endpoint, asked, requests));

    const { breaker, next } = AFTER[failure.kind];
    const error = errorFacts(errorOf(failure)).class;
    expect({
      came: row.came,
      kind: failure.kind,
      breaker,
      askedAgain: server.seen.length === 2 ? 'once' : 'no',
      next,
      paid: paid(requests.usage, endpoint),
      error,
      item: ITEM[error],
    }).toEqual(row);
    expect(server.seen.length).toBeLessThanOrEqual(2);
    if (row.paid === 'yes') expect(requests.usage).toEqual(server.seen.map(() => PAID));
    expect(failure.message).not.toMatch(/4111|no:/);
    expect(errorFacts(errorOf(failure)).message).toBe(failure.message);
  });
});

describe('a fault', () => {
  const words = (text: string, status = 400) => kindOf(refusalIn(status, { error: { message: text } }));
  const named = (status: number, name: string) =>
    (['code', 'type', 'status'] as const).map((field) =>
      kindOf(refusalIn(status, { error: { [field]: name, message: 'no' } })),
    );

  it.each([
    [
      'tooLong',
      400,
      "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
    ],
    ['tooLong', 400, 'the request exceeds the available context size (4096 tokens)'],
    ['tooLong', 400, 'Prompt is too long'],
    ['tooLong', 400, 'input is too long for requested model'],
    ['tooLong', 400, 'Please reduce the length of the messages'],
    ['tooLong', 400, 'The request exceeds the limit of 8192 tokens'],
    ['tooLong', 422, 'Too many input tokens: 9000'],
    ['request', 400, 'Invalid schema for response_format'],
    ['request', 400, 'max_tokens is too large: 100000. This model supports at most 4096 completion tokens'],
    ['transient', 500, "This model's maximum context length"],
    ['quota', 400, 'Your credit balance is too low to access the API. Please go to Plans & Billing'],
    ['quota', 403, 'Insufficient credits. Add more to your account'],
    ['key', 400, 'API key not valid. Please pass a valid API key.'],
    ['key', 422, 'Invalid API key provided'],
    ['key', 403, 'Forbidden'],
    ['request', 403, "You don't have access to the model with the specified model ID"],
    ['region', 403, 'Country, region, or territory not supported'],
    ['region', 400, 'User location is not supported for the API use.'],
    ['filtered', 403, 'Your input was flagged by our moderation system'],
    ['filtered', 400, 'The response was filtered due to the prompt triggering our content management policy'],
    ['rate', 413, 'Request too large on tokens per minute (TPM): Limit 6000, Requested 7000'],
    ['tooLong', 413, 'Payload Too Large'],
    ['tooLong', 429, 'Request too large for small on tokens per min'],
    ['unusable', 400, 'Failed to generate JSON. Please adjust your prompt.'],
  ])('means %s on %i by the words: %s', (kind, status, text) => expect(words(text, status)).toBe(kind));

  it.each([
    ['quota', 403, 'insufficient_quota'],
    ['quota', 400, 'billing_hard_limit_reached'],
    ['quota', 429, 'billing_not_active'],
    ['filtered', 400, 'content_filter'],
    ['filtered', 400, 'content_policy_violation'],
    ['filtered', 400, 'moderation_blocked'],
    ['filtered', 403, 'moderation_error'],
    ['filtered', 400, 'invalid_prompt'],
    ['rate', 413, 'rate_limit_exceeded'],
    ['rate', 400, 'RESOURCE_EXHAUSTED'],
    ['transient', 400, 'overloaded_error'],
    ['unusable', 400, 'json_validate_failed'],
    ['key', 400, 'invalid_api_key'],
    ['region', 403, 'unsupported_country_region_territory'],
    ['request', 403, 'model_not_found'],
  ])('means %s on %i by the name %s, wherever it stands', (kind, status, name) =>
    expect(named(status, name)).toEqual([kind, kind, kind]),
  );

  it.each([400, 404, 405, 418, 422])('is our request on %i', (status) =>
    expect(words('no', status)).toBe('request'),
  );

  it.each([408, 409, 424, 425, 498, 500, 502, 503, 529])('is transient on %i', (status) =>
    expect(words('no', status)).toBe('transient'),
  );

  it.each([
    ['a list', [{ error: { code: 400, message: 'API key not valid', status: 'INVALID_ARGUMENT' } }], 'key'],
    ['reasons in details', { error: { message: 'no', details: [{ reason: 'API_KEY_INVALID' }] } }, 'key'],
    ['words alone', { error: 'Prompt is too long' }, 'tooLong'],
    ['a detail', { detail: 'Prompt is too long' }, 'tooLong'],
    ['a list of details', { detail: [{ msg: 'Prompt is too long', loc: ['body'] }] }, 'tooLong'],
    ['a message in itself', { object: 'error', message: 'Prompt is too long', code: 400 }, 'tooLong'],
    ['a list of errors', { errors: [{ message: 'Prompt is too long' }] }, 'tooLong'],
    ['a verdict', { error: { message: 'no', metadata: { reasons: ['violence'] } } }, 'filtered'],
    ['a quote', { error: { message: 'no', metadata: { flagged_input: 'x' } } }, 'filtered'],
    [
      'an inner error',
      { error: { code: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      'filtered',
    ],
  ])('is read out of %s', (_name, body, kind) => {
    expect(kindOf(refusalOf(422, JSON.stringify(body)))).toBe(kind);
  });

  it('is read out of anything at all, in no long time', () => {
    const deep = `${'{"message":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    for (const body of [
      '',
      'null',
      '7',
      '"x"',
      '[]',
      '[[]]',
      '<html>',
      '{"error":[]}',
      '{"error":{"details":{}}}',
      deep,
    ])
      expect(kindOf(refusalOf(400, body)), body.slice(0, 20)).toBe('request');
    expect(kindOf(refusalIn(400, { error: { code: { toString: 1 }, message: { toString: 1 } } }))).toBe(
      'request',
    );
    for (const word of ['exceeds ', 'api key ', 'no ', 'region ', 'flagged by '])
      expect(
        growth(200_000, (size) => void words(word.repeat(size))),
        word,
      ).toBeLessThan(MOST_GROWTH);
  });

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

  it.each([
    [{}, 37_500],
    [{ 'retry-after': '2' }, 2000],
  ])('may say how long to wait in its body, where no header says it: %j', async (headers, ms) => {
    const details = [{ '@type': 'x' }, { retryDelay: '37.5s' }];
    server.answers = [{ status: 429, headers, body: [{ error: { code: 429, message: 'no', details } }] }];

    expect((await failed(ask(at(server), request))).retryAfterMs).toBe(ms);
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
