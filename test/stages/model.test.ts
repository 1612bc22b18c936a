import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { ask } from '../../lambdas/process/evaluate/model.ts';
import { errorFacts } from '../../lambdas/shared/errors.ts';
import { ENDPOINT } from '../support/fixtures.ts';
import { type Answer, reset, type Stub, stubServer } from '../support/http.ts';

vi.mock('../../lambdas/shared/secrets.ts', () => ({ readSecret: async () => ({ apiKey: 'key-1' }) }));

const schema = z.strictObject({
  label: z.enum(['Billing', 'other']),
  amount: z.string().check(z.maxLength(5)),
});
const GOOD = '{"label":"Billing","amount":"24.90"}';
const SECRET_WORDS = 'my card 4111 1111 1111 1111 was charged';
const request = {
  prompt: { version: 'route.v1', text: 'Sort the message.' },
  input: { text: SECRET_WORDS },
  schema,
};

let server: Stub;
const spent = { inputTokens: 0, outputTokens: 0 };

beforeEach(async () => {
  server = await stubServer();
  Object.assign(spent, { inputTokens: 0, outputTokens: 0 });
});
afterEach(() => server.close());

const run = (timeoutSeconds = 5) =>
  ask({ ...ENDPOINT, baseUrl: `${server.url}/v1`, timeoutSeconds }, 'route', request, spent);

function completion(
  content: string | null,
  choice: object = {},
  usage: object | null = { prompt_tokens: 10, completion_tokens: 5 },
): Answer {
  const message = { role: 'assistant', content };
  const choices = [{ index: 0, finish_reason: 'stop', message, ...choice }];
  return {
    status: 200,
    body: {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'small',
      choices,
      ...(usage ? { usage } : {}),
    },
  };
}

const fault = (status: number, code?: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: { error: { message: `no: ${SECRET_WORDS}`, type: 't', param: null, code: code ?? null } },
});

async function failure(...answers: Answer[]): Promise<Error & { retryAfterSeconds?: number }> {
  server.answers = answers;
  return run().then(
    () => expect.unreachable(),
    (error) => error,
  );
}

interface Sent {
  model: string;
  max_completion_tokens: number;
  messages: { role: string; content: string }[];
  response_format: {
    json_schema: { strict: boolean; schema: { required: string[]; additionalProperties: boolean } };
  };
}
const sent = (index: number) => JSON.parse(server.seen[index]?.body ?? '{}') as Sent;

describe('one structured answer', () => {
  it('is asked for once, with the key, the model, the schema and a limit to its length', async () => {
    server.answers = [completion(GOOD)];

    await expect(run()).resolves.toEqual({ label: 'Billing', amount: '24.90' });

    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/v1/chat/completions' });
    expect(server.seen[0]?.headers.authorization).toBe('Bearer key-1');
    expect(sent(0)).toMatchObject({ model: 'small', max_completion_tokens: 100 });
    const { strict, schema: asked } = sent(0).response_format.json_schema;
    expect({ strict, ...asked }).toMatchObject({
      strict: true,
      required: ['label', 'amount'],
      additionalProperties: false,
    });
    expect(JSON.stringify(asked)).not.toMatch(/\$schema|maxLength/);
    expect(spent).toEqual({ inputTokens: 10, outputTokens: 5 });
  });

  it("never puts the item's words into the system message", async () => {
    server.answers = [completion('no JSON'), completion(GOOD)];

    await run();

    for (const index of [0, 1]) {
      const [system, user] = sent(index).messages;
      expect(system).toEqual({ role: 'system', content: 'Sort the message.' });
      expect(sent(index).messages.filter(({ role }) => role === 'system')).toHaveLength(1);
      expect(JSON.parse(user?.content ?? '')).toEqual({ text: SECRET_WORDS });
    }
  });

  it('is told what a reviewer said after the input and before the repair', async () => {
    server.answers = [completion('no JSON'), completion(GOOD)];

    await ask(
      { ...ENDPOINT, baseUrl: `${server.url}/v1` },
      'route',
      { ...request, feedback: 'not so' },
      spent,
    );

    expect(sent(0).messages.map(({ role }) => role)).toEqual(['system', 'user', 'user']);
    expect(sent(1).messages.map(({ role }) => role)).toEqual(['system', 'user', 'user', 'assistant', 'user']);
    for (const index of [0, 1]) expect(sent(index).messages[2]?.content).toBe('not so');
  });

  it.each([
    ['not JSON', 'Sure! Billing.', /not a JSON document/],
    ['a wrong label', '{"label":"Sales","amount":"1"}', /\/label.*Billing/],
    ['a missing field', '{"label":"other"}', /\/amount/],
    ['a field too much', '{"label":"other","amount":"1","why":"x"}', /why/],
    ['a limit passed', '{"label":"other","amount":"123456"}', /\/amount/],
    ['nothing', '', /not a JSON document/],
  ])('is repaired once when it is %s, and the repair says what was wrong', async (_name, wrong, words) => {
    server.answers = [completion(wrong), completion(GOOD)];

    await expect(run()).resolves.toMatchObject({ label: 'Billing' });

    expect(server.seen).toHaveLength(2);
    const [, , answer, repair] = sent(1).messages;
    expect(answer).toEqual({ role: 'assistant', content: wrong });
    expect(repair?.content).toMatch(words);
    expect(spent).toEqual({ inputTokens: 20, outputTokens: 10 });
  });

  it('is a ProcessingError when the repair does not fit either, and there is no third call', async () => {
    const error = await failure(completion('x'), completion('{"label":1}'));

    expect(error.name).toBe('ProcessingError');
    expect(server.seen).toHaveLength(2);
    expect(spent).toEqual({ inputTokens: 20, outputTokens: 10 });
  });

  it.each([
    ['a refusal', { message: { role: 'assistant', content: null, refusal: 'I cannot' } }],
    ['a cut-off', { finish_reason: 'length' }],
    ['a content filter', { finish_reason: 'content_filter' }],
  ])('is a ProcessingError after %s, with the tokens counted and no second call', async (_name, choice) => {
    const error = await failure(completion(GOOD, choice));

    expect(error.name).toBe('ProcessingError');
    expect(server.seen).toHaveLength(1);
    expect(spent).toEqual({ inputTokens: 10, outputTokens: 5 });
  });

  it('is not trusted from a choice that is missing', async () => {
    const error = await failure({
      status: 200,
      body: { id: 'c', choices: [], usage: { prompt_tokens: 1, completion_tokens: 0 } },
    });

    expect(error.name).toBe('ProcessingError');
  });

  it('is counted at a dear guess where the server tells no usage', async () => {
    server.answers = [completion(GOOD, {}, null)];

    await run();

    expect(spent.inputTokens).toBeGreaterThan(0);
    expect(spent.outputTokens).toBeGreaterThan(0);
  });
});

describe('an endpoint that does not answer as it should', () => {
  it.each([401, 403, 404, 400, 422])(
    'is a SystemError on %i: the key, the model name or the schema is wrong',
    async (status) => {
      expect((await failure(fault(status))).name).toBe('SystemError');
      expect(server.seen).toHaveLength(1);
    },
  );

  it.each([408, 409, 429, 500, 502, 503, 529])(
    'is a TransientError on %i, after exactly one call',
    async (status) => {
      expect((await failure(fault(status))).name).toBe('TransientError');
      expect(server.seen).toHaveLength(1);
    },
  );

  it("passes the endpoint's Retry-After on", async () => {
    expect((await failure(fault(429, undefined, { 'retry-after': '37' }))).retryAfterSeconds).toBe(37);
    expect((await failure(fault(503))).retryAfterSeconds).toBeUndefined();
    expect(
      (await failure(fault(429, undefined, { 'retry-after': 'soon' }))).retryAfterSeconds,
    ).toBeUndefined();
  });

  it('is a SystemError when its quota is used up, though that comes as 429', async () => {
    const error = await failure(fault(429, 'insufficient_quota', { 'retry-after': '1' }));

    expect(errorFacts(error)).toMatchObject({
      class: 'SystemError',
      message: expect.stringContaining('quota'),
    });
  });

  it('is an InputError when the item is longer than the model reads', async () => {
    expect((await failure(fault(400, 'context_length_exceeded'))).name).toBe('InputError');
  });

  it('is a ProcessingError when a filter refuses the question itself', async () => {
    expect((await failure(fault(400, 'content_filter'))).name).toBe('ProcessingError');
  });

  const half: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
    response.write('{"id":"c","choices":[{"mess', () => response.destroy());
  };
  const cut: Answer = { status: 200, body: '{"id":"c","choices":[{"mess' };
  const page: Answer = {
    status: 200,
    body: '<html>Welcome to the proxy</html>',
    headers: { 'content-type': 'text/html' },
  };

  it.each([
    ['the connection is reset', reset],
    ['the connection ends in the middle of the answer', half],
    ['the answer is half a document', cut],
    ['a proxy answers with a page', page],
    ['the answer is an empty object', { status: 200, body: {} }],
  ])('is a TransientError when %s', async (_name, answer) => {
    const error = await failure(answer);

    expect(errorFacts(error).class).toBe('TransientError');
    expect(server.seen).toHaveLength(1);
  });

  it('is a TransientError when nobody listens', async () => {
    await server.close();

    expect((await failure()).name).toBe('TransientError');
  });

  it('is a TransientError when it takes too long', async () => {
    server.answers = [() => {}];

    await expect(run(0.2)).rejects.toMatchObject({ name: 'TransientError' });
    expect(server.seen).toHaveLength(1);
  });

  it('is never quoted: its words may hold those of the item', async () => {
    for (const answer of [
      fault(400),
      fault(429),
      fault(500),
      fault(401),
      completion(SECRET_WORDS, { finish_reason: 'length' }),
    ]) {
      expect((await failure(answer)).message).not.toContain('4111');
    }
  });

  it('counts the tokens of a first answer when the repair fails', async () => {
    const error = await failure(completion('no JSON'), fault(500));

    expect(error.name).toBe('TransientError');
    expect(spent).toEqual({ inputTokens: 10, outputTokens: 5 });
  });
});
