import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Endpoint } from '../../../lambdas/contract/endpoint.ts';
import { clock } from '../../../lambdas/kit/clock.ts';
import { SystemError } from '../../../lambdas/kit/errors.ts';
import { readSecret } from '../../../lambdas/kit/secrets.ts';
import { type ChatRequest, chat } from '../../../lambdas/models/wire/chat.ts';
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

  it('names what requests begin with where an endpoint is said to keep it, and tells nothing of it', async () => {
    const keeps = { capabilities: { promptCacheKey: true } };
    await run(completion(GOOD), {}, keeps);
    await run(
      completion(GOOD),
      { messages: [...asked.messages.slice(0, 1), { role: 'user', content: 'x' }] },
      keeps,
    );

    const keys = [0, 1].map((at) => sent(server, at).prompt_cache_key);
    expect(keys[0]).toMatch(/^signalbox-[0-9a-f]{24}$/);
    expect(keys[1]).toBe(keys[0]);
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
