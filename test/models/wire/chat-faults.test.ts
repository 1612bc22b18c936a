import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Endpoint } from '../../../lambdas/contract/endpoint.ts';
import { type ChatRequest, chat, inputBound } from '../../../lambdas/models/wire/chat.ts';
import type { Answer } from '../../support/http.ts';
import { freshServer, server } from './call-world.ts';
import { at, completion, failed, GOOD, OFFER, schema } from './completions.ts';

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
