import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Endpoint } from '../../../lambdas/contract/endpoint.ts';
import { clock } from '../../../lambdas/kit/clock.ts';
import { SystemError } from '../../../lambdas/kit/errors.ts';
import { readSecret } from '../../../lambdas/kit/secrets.ts';
import { type ChatRequest, chat, inputBound } from '../../../lambdas/models/wire/chat.ts';
import type { Answer } from '../../support/http.ts';
import { freshServer, server } from './call-world.ts';
import {
  at,
  completion,
  failed,
  fault,
  GOOD,
  OFFER,
  PAID,
  refusal,
  schema,
  sent,
  silence,
} from './completions.ts';

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

describe('one call', () => {
  it('is one request with the key, the model, the schema and a limit to its length', async () => {
    const reply = await run(completion(GOOD));

    expect(reply).toMatchObject({ text: GOOD, usage: PAID, model: 'small-2026' });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/v1/chat/completions' });
    expect(server.seen[0]?.headers.authorization).toBe('Bearer key-1');
    expect(readSecret).toHaveBeenCalledWith('signalbox/endpoint');
    expect(sent(server, 0)).toMatchObject({ model: 'small', max_completion_tokens: 100 });
    const { strict, name, schema: shape } = sent(server, 0).response_format.json_schema;
    expect({ strict, name, ...shape }).toMatchObject({
      strict: true,
      name: 'route',
      required: ['label', 'amount'],
      additionalProperties: false,
    });
    expect(JSON.stringify(shape)).not.toMatch(/\$schema|maxLength/);
  });

  it('says nothing of temperature and logprobs unless asked to', async () => {
    await run(completion(GOOD));

    expect(Object.keys(sent(server, 0)).sort()).toEqual([
      'max_completion_tokens',
      'messages',
      'model',
      'response_format',
      'stream',
    ]);
    expect(sent(server, 0)).toMatchObject({ stream: false });
  });

  it('names the schema as the API allows it, whatever the step is called', async () => {
    await run(completion(GOOD), { step: `draft a reply: ${'x'.repeat(80)}` });

    expect(sent(server, 0).response_format.json_schema.name).toMatch(/^draft_a_reply__x{49}$/);
  });

  it('strips every limit from the schema, also deep inside', async () => {
    const deep = z.strictObject({
      lines: z
        .array(z.strictObject({ total: z.number().check(z.minimum(1)), mail: z.email() }))
        .check(z.maxLength(3)),
    });

    await run(completion('{}'), { schema: deep });

    expect(JSON.stringify(sent(server, 0).response_format)).not.toMatch(
      /minimum|maxItems|format":"email|pattern/,
    );
  });

  it('takes its time from the clock', async () => {
    let now = 1000;
    vi.spyOn(clock, 'now').mockImplementation(() => {
      now += 250;
      return now;
    });

    expect((await run(completion(GOOD))).milliseconds).toBe(250);
    expect((await failed(run(fault(500)))).milliseconds).toBe(250);
    expect((await failed(run(refusal))).milliseconds).toBe(250);
  });
});

describe('an endpoint without strict schemas', () => {
  const capabilities = { jsonSchema: false };

  it('is asked for any JSON, with the schema in the instructions and nowhere else', async () => {
    await run(completion(GOOD), {}, { capabilities });

    const { response_format, messages } = sent(server, 0);
    expect(response_format).toEqual({ type: 'json_object' });
    expect(messages).toHaveLength(2);
    expect(messages[0]?.content).toMatch(
      /^Sort the message\.\n\n.*JSON Schema:\n\{"type":"object".*"Billing"/s,
    );
    expect(messages[1]).toEqual(asked.messages[1]);
  });

  it('is instructed also when the step has no instructions', async () => {
    await run(completion(GOOD), { messages: asked.messages.slice(1) }, { capabilities });

    expect(sent(server, 0).messages.map(({ role }) => role)).toEqual(['system', 'user']);
  });

  it('is asked for the strict form while nobody knows', async () => {
    await run(completion(GOOD), {}, { capabilities: {} });

    expect(sent(server, 0).response_format.type).toBe('json_schema');
  });
});

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
  ])('is a bound on the dear side where it counts %s', async (_name, counts) => {
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

describe('a server that is no model server', () => {
  it.each([
    ['an empty object', { status: 200, body: {} }],
    ['an empty body', { status: 200, body: '' }],
    ['null', { status: 200, body: 'null' }],
    ['an error as an answer', { status: 200, body: { error: { message: 'upstream' } } }],
    ['no content at all', { status: 204, body: '' }],
  ] satisfies [string, Answer][])('is a transient fault of the endpoint: %s', async (_name, answer) => {
    const failure = await failed(run(answer));

    expect(failure).toMatchObject({
      kind: 'transient',
      message: "endpoint 'house': its answer is no completion",
    });
    expect(failure.calls).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a quota', { code: 'insufficient_quota', message: 'no credit' }, 'quota'],
    ['a full server', { code: 429, message: 'slow down' }, 'rate'],
    ['a server that is down', { code: 503, message: 'upstream' }, 'transient'],
    ['a text that is too long', { type: 'context_length_exceeded' }, 'tooLong'],
    ['a filter', { code: 'content_filter' }, 'filtered'],
    ['words', { message: 'Internal error', code: 'oops' }, 'transient'],
  ])('tells with a 200 of %s', async (_name, error, kind) => {
    expect(await failed(run({ status: 200, body: { error } }))).toMatchObject({ kind, calls: [] });
  });

  it('may say that its JSON is text, and send its text in parts', async () => {
    const parts = [
      { type: 'reasoning', text: '{"label":"other"}' },
      { type: 'thinking', thinking: [{ type: 'text', text: '{}' }] },
      { type: 'text', text: '{"label":' },
      { type: 'text', text: '"Billing"}' },
    ];
    const body = JSON.stringify({ choices: [{ message: { content: parts }, finish_reason: 'stop' }] });
    expect((await run({ status: 200, body, headers: { 'content-type': 'text/plain' } })).text).toBe(
      '{"label":"Billing"}',
    );
  });

  it.each([{ choices: [] }, { choices: [{}] }, { choices: [{ message: { content: [{ type: 'text' }] } }] }])(
    'gives no text: %j',
    async (body) => {
      expect((await run({ status: 200, body })).text).toBe('');
    },
  );
});

describe('a server that sends what no server should', () => {
  it('is paid at its most for an answer that cannot be read', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const body = `{"choices":[{"message":{"content":null,"tool_calls":${deep}}}]}`;

    const failure = await failed(run({ status: 200, body, headers: { 'content-type': 'application/json' } }));

    expect(failure).toMatchObject({
      kind: 'unusable',
      message: "the model's answer to 'route' cannot be read",
      calls: [{ inputTokens: inputBound(at(server), asked), cachedTokens: 0, outputTokens: 100 }],
    });
  });

  it.each([
    { code: { toString: 1 }, type: ['x'] },
    { code: 'x', message: { toString: 1 } },
  ])('is told by its status, whatever its error holds: %j', async (error) => {
    expect(await failed(run({ status: 400, body: { error } }))).toMatchObject({ kind: 'request' });
  });

  it('is called by the name of the offer where it has none for its model', async () => {
    const { choices } = (completion(GOOD) as { body: { choices: object[] } }).body;
    for (const model of [undefined, null, '', 7, { name: 'x' }])
      expect((await run({ status: 200, body: { choices, model } })).model).toBe('small');
  });
});

describe('time', () => {
  it('is over after the timeout, and there is no second request', async () => {
    const failure = await failed(run(silence, {}, { timeoutSeconds: 0.2 }));

    expect(failure).toMatchObject({ kind: 'transient', message: "endpoint 'house': no answer within 0.2 s" });
    expect(server.seen).toHaveLength(1);
  });

  it('is over also when the answer begins and never ends', async () => {
    const begun =
      (status: number): Answer =>
      (response) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.write('{"id":');
      };

    expect(await failed(run(begun(200), {}, { timeoutSeconds: 0.2 }))).toMatchObject({ kind: 'transient' });
    // The SDK alone would wait for ever here.
    const failure = await failed(run(begun(503), {}, { timeoutSeconds: 0.2 }));
    expect(failure).toMatchObject({ kind: 'transient', message: "endpoint 'house': answered 503" });
  });

  it('is over when the caller says so, and that is not called a slow endpoint', async () => {
    const giveUp = new AbortController();
    const asking = failed(run(silence, {}, {}, giveUp.signal));
    setTimeout(() => giveUp.abort(), 100);

    const failure = await asking;

    expect(failure.message).toBe("endpoint 'house': given up before it answered");
    expect(failure.usage.outputTokens).toBe(OFFER.maxOutputTokens);
  });
});

describe('a key', () => {
  it.each([
    ['missing', {}, /has no "apiKey"/],
    ['null', null, /has no "apiKey"/],
    ['a number', { apiKey: 7 }, /has no "apiKey"/],
    ['blank', { apiKey: ' \n' }, /has no "apiKey"/],
    ['two lines', { apiKey: 'sk-4111\nsk-2' }, /is no key/],
  ])('that is %s is a wrong key, and nothing is sent', async (_name, secret, message) => {
    vi.mocked(readSecret).mockResolvedValue(secret);

    const failure = await failed(run(completion(GOOD)));

    expect(failure.kind).toBe('key');
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain('4111');
    expect(failure.calls).toEqual([]);
    expect(server.seen).toHaveLength(0);
  });

  it('may end in a line break, as editors leave one', async () => {
    vi.mocked(readSecret).mockResolvedValue({ apiKey: 'key-1\n' });

    await run(completion(GOOD));

    expect(server.seen[0]?.headers.authorization).toBe('Bearer key-1');
  });

  it('whose secret holds no JSON, or does not exist, is a wrong key', async () => {
    vi.mocked(readSecret).mockRejectedValueOnce(new SystemError("secret 'x' holds no JSON"));
    expect(await failed(run(completion(GOOD)))).toMatchObject({
      kind: 'key',
      message: "secret 'x' holds no JSON",
    });

    const gone = Object.assign(new Error('no'), { name: 'ResourceNotFoundException' });
    vi.mocked(readSecret).mockRejectedValueOnce(gone);
    expect(await failed(run(completion(GOOD)))).toMatchObject({ kind: 'key' });
  });

  it('that cannot be read just now says nothing of the endpoint', async () => {
    const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    vi.mocked(readSecret).mockRejectedValue(throttled);

    await expect(run(completion(GOOD))).rejects.toBe(throttled);
  });
});
