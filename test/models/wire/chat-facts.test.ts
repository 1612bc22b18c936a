import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Endpoint } from '../../../lambdas/contract/endpoint.ts';
import { clock } from '../../../lambdas/kit/clock.ts';
import { type ChatRequest, chat, inputBound } from '../../../lambdas/models/wire/chat.ts';
import type { Answer } from '../../support/http.ts';
import { freshServer, server } from './call-world.ts';
import { at, completion, failed, fault, GOOD, OFFER, PAID, refusal, schema, sent } from './completions.ts';

vi.mock('../../../lambdas/kit/secrets.ts', () => ({ readSecret: vi.fn() }));

beforeEach(freshServer);

afterEach(() => server.close());

afterEach(() => vi.restoreAllMocks());

const asked: ChatRequest = {
  step: 'route',
  messages: [
    { role: 'system', content: 'Sort the message.' },
    { role: 'user', content: '{"text":"charged twice"}' },
  ],
  schema,
};

const run = (
  answer: Answer,
  ask: Partial<ChatRequest> = {},
  endpoint: Partial<Endpoint> = {},
  signal?: AbortSignal,
) => {
  server.answers = [answer];
  return chat(at(server, endpoint), OFFER, { ...asked, ...ask }, signal);
};

describe('usage', () => {
  const usage = async (counts: object | null, choice: object = {}) =>
    (await run(completion(GOOD, choice, counts))).usage;

  it('is what the endpoint counted, with what it had in its cache', async () => {
    expect(
      await usage({
        prompt_tokens: 1200,
        completion_tokens: 7,
        prompt_tokens_details: { cached_tokens: 1024 },
      }),
    ).toEqual({ inputTokens: 1200, cachedTokens: 1024, outputTokens: 7 });
  });

  it('is what its cache took in too, where that has a price', async () => {
    const priced = { ...OFFER, cacheWriteUsdPerMillion: 0.125 };
    const counted = async (cache_write_tokens: unknown) => {
      const details = { prompt_tokens_details: { cached_tokens: 0, cache_write_tokens } };
      server.answers = [completion(GOOD, {}, { prompt_tokens: 1200, completion_tokens: 7, ...details })];
      return (await chat(at(server, {}), priced, asked)).usage;
    };

    const plain = { inputTokens: 1200, cachedTokens: 0, outputTokens: 7 };
    expect(await counted(1024)).toEqual({ ...plain, cacheWriteTokens: 1024 });
    expect(await counted(0)).toEqual({ ...plain, cacheWriteTokens: 0 });
    expect(await counted(9e9)).toEqual({ ...plain, cacheWriteTokens: 1200 });
    // What it does not count is not free.
    for (const no of [undefined, null, -1, '7']) expect(await counted(no)).toEqual(plain);
  });

  it('never has more in the cache than was sent', async () => {
    expect(
      await usage({ prompt_tokens: 10, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 99 } }),
    ).toMatchObject({ inputTokens: 10, cachedTokens: 10 });
  });

  it('is never more than the model can hold, whatever the endpoint says', async () => {
    const most = { inputTokens: 8000, cachedTokens: 8000, outputTokens: 8000 };
    const details = { prompt_tokens_details: { cached_tokens: 1e12 } };
    expect(await usage({ prompt_tokens: 1e12, completion_tokens: 1e17, ...details })).toEqual(most);

    const thought = { role: 'assistant', content: GOOD, reasoning_content: 'x'.repeat(100_000) };
    expect((await usage(null, { message: thought })).outputTokens).toBe(OFFER.maxOutputTokens);
  });

  it.each([
    ['nothing', null],
    ['zeros', { prompt_tokens: 0, completion_tokens: 0 }],
    ['nonsense', { prompt_tokens: -1, completion_tokens: '5' }],
    ['things', { prompt_tokens: {}, completion_tokens: [5], prompt_tokens_details: 'many' }],
    ['nulls', { prompt_tokens: null, completion_tokens: null, prompt_tokens_details: null }],
  ])('is an upper bound where it counts %s', async (_name, counts) => {
    const { inputTokens, cachedTokens, outputTokens } = await usage(counts);

    const letters = JSON.stringify(asked.messages).length;
    expect(inputTokens).toBeGreaterThan(letters / 2.5);
    expect(inputTokens).toBe(inputBound(at(server), asked));
    expect(cachedTokens).toBe(0);
    expect(outputTokens).toBeGreaterThan(GOOD.length / 2.5);
  });

  it('counts what was thought aloud as output where the endpoint counts nothing, and no more than was booked', async () => {
    const thought = (letters: number) => ({
      ...{ role: 'assistant', content: 'no', reasoning_content: 'x'.repeat(letters) },
    });

    const short = (await usage(null, { message: thought(0) })).outputTokens;
    expect(short).toBeLessThan(100);
    expect((await usage(null, { message: thought(10) })).outputTokens).toBe(short + 10);
    expect((await usage(null, { message: thought(1000) })).outputTokens).toBe(OFFER.maxOutputTokens);
  });

  it('of the question holds the schema that goes with it', () => {
    const large = z.strictObject({ label: z.enum(Array.from({ length: 100 }, (_, i) => `label-${i}`)) });

    for (const capabilities of [{}, { jsonSchema: false }])
      expect(inputBound(at(server, { capabilities }), { ...asked, schema: large })).toBeGreaterThan(400);
  });

  it('is told of a refusal', async () => {
    expect((await failed(run(refusal))).calls).toEqual([PAID]);
  });
});

describe('limits', () => {
  const said = async (headers: Record<string, string>) =>
    (await run(completion(GOOD, {}, {}, headers))).headers;

  it('are read from an answer', async () => {
    expect(
      await said({
        'x-ratelimit-limit-requests': '500',
        'x-ratelimit-limit-tokens': '500000',
        'x-ratelimit-remaining-requests': '499',
        'x-ratelimit-remaining-tokens': '499000',
        'x-ratelimit-reset-requests': '120ms',
        'x-ratelimit-reset-tokens': '6m0.5s',
      }),
    ).toEqual({
      limitRequests: 500,
      limitTokens: 500_000,
      remainingRequests: 499,
      remainingTokens: 499_000,
      resetRequestsMs: 120,
      resetTokensMs: 360_500,
      retryAfterMs: undefined,
    });
  });

  it('and from a fault', async () => {
    const headers = { 'x-ratelimit-remaining-tokens': '12', 'retry-after': '37' };

    expect((await failed(run(fault(429, undefined, { headers })))).headers).toMatchObject({
      remainingTokens: 12,
      retryAfterMs: 37_000,
    });
  });

  it.each(['0', '-1', '', 'soon', 'NaN', '1e3', '0x10'])('are unknown where it says %j', async (value) => {
    const headers = await said({
      'x-ratelimit-limit-requests': value,
      'x-ratelimit-remaining-tokens': value,
      'x-ratelimit-reset-requests': value,
      'retry-after-ms': value,
      'retry-after': value,
    });

    expect(Object.values(headers).filter((it) => it !== undefined)).toEqual([]);
  });

  it.each([
    ['1s', 1000],
    ['1h2m3s', 3_723_000],
    ['2m59.56s', 179_560],
    ['10', 10_000],
  ])('come as the duration %s', async (text, ms) => {
    expect((await said({ 'x-ratelimit-reset-tokens': text })).resetTokensMs).toBeCloseTo(ms, 6);
  });

  it.each([
    [{ 'retry-after': '37' }, 37_000],
    [{ 'retry-after': '120' }, 120_000],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    [{ 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, undefined],
  ])('ask to wait: %j', async (headers, ms) => {
    vi.spyOn(clock, 'now').mockReturnValue(Date.UTC(2026, 10, 20, 10));

    expect((await said(headers)).retryAfterMs).toBe(ms);
  });
});

describe('logprobs', () => {
  const content = [
    {
      token: 'Bill',
      logprob: -0.1,
      bytes: [1],
      top_logprobs: [{ token: 'other', logprob: -2.3, bytes: [2] }],
    },
  ];

  it('are asked for and read', async () => {
    const reply = await run(completion(GOOD, { logprobs: { content } }), { logprobs: true, temperature: 0 });

    expect(sent(server, 0)).toMatchObject({ logprobs: true, top_logprobs: 5, temperature: 0 });
    expect(reply.logprobs).toEqual([
      { token: 'Bill', logprob: -0.1, top: [{ token: 'other', logprob: -2.3 }] },
    ]);
  });

  it('are not asked for where there are none', async () => {
    await run(completion(GOOD), { logprobs: true }, { capabilities: { logprobs: false } });

    expect(sent(server, 0).logprobs).toBeUndefined();
  });

  it.each([
    null,
    { content: null },
    { content: [] },
    { content: {} },
    { content: [null] },
    { content: ['Bill'] },
    { content: [{ token: 'Bill' }] },
    { content: [{ token: 7, logprob: -1 }] },
    { content: [{ token: 'Bill', logprob: '-0.1' }] },
    { content: [content[0], null] },
    { content: [{ ...content[0], top_logprobs: {} }] },
    { content: [{ ...content[0], top_logprobs: [null] }] },
    'many',
  ])('are absent where the endpoint sends %j, and the answer is there', async (logprobs) => {
    const reply = await run(completion(GOOD, { logprobs }), { logprobs: true });
    expect(reply).toMatchObject({ text: GOOD, usage: PAID });
    expect(reply.logprobs).toBeUndefined();
  });

  it('may be null for tokens that the endpoint did not count', async () => {
    const some = [
      { token: '{"', logprob: null },
      { ...content[0], top_logprobs: null },
    ];
    const { logprobs } = await run(completion(GOOD, { logprobs: { content: some } }), { logprobs: true });
    expect(logprobs).toEqual([
      { token: '{"', logprob: null, top: [] },
      { token: 'Bill', logprob: -0.1, top: [] },
    ]);
  });
});
