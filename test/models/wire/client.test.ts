import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSecret } from '../../../lambdas/kit/secrets.ts';
import { chat } from '../../../lambdas/models/wire/chat.ts';
import { send, Unanswered } from '../../../lambdas/models/wire/client.ts';
import { embeddings } from '../../../lambdas/models/wire/embeddings.ts';
import { MOST_BYTES } from '../../../lambdas/outbound/bounded-fetch.ts';
import { type Answer, NOBODY, reset } from '../../support/http.ts';
import { offer } from '../offers.ts';
import { freshServer, server } from './call-world.ts';
import { at, completion, failed, GOOD, half, OFFER, SECRET_WORDS, schema, silence } from './completions.ts';

vi.mock('../../../lambdas/kit/secrets.ts', () => ({ readSecret: vi.fn() }));

beforeEach(freshServer);
afterEach(() => server.close());

const why = async (answer: Answer, limits: Partial<Parameters<typeof send>[3]> = {}) => {
  server.answers = [answer];
  const request = { path: '/chat/completions', body: { text: SECRET_WORDS } };
  const error = await send(at(server), 'key-1', request, { timeoutMs: 2000, ...limits }).catch(
    (reason: unknown) => reason,
  );
  if (!(error instanceof Unanswered)) throw error;
  expect(error.message).not.toContain('4111');
  return error.why;
};

describe('the client says why no answer came', () => {
  it('when nobody listens: nothing was sent', async () => {
    const asking = send({ baseUrl: NOBODY }, 'key-1', { path: '/x' }, { timeoutMs: 2000 });
    await expect(asking).rejects.toMatchObject({ why: 'unsent' });
  });

  it('when the time is over, before the answer and in the middle of it', async () => {
    const begun: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"id":');
    };
    expect(await why(silence, { timeoutMs: 100 })).toBe('late');
    expect(await why(begun, { timeoutMs: 100 })).toBe('late');
  });

  it('when the caller gave up', async () => {
    expect(await why(silence, { signal: AbortSignal.timeout(100) })).toBe('given up');
  });

  it('when the connection ended, also in the middle of a body', async () => {
    expect(await why(reset)).toBe('ended');
    expect(await why(half)).toBe('ended');
  });

  it('when the body is longer than any answer', async () => {
    expect(await why({ status: 200, body: 'x'.repeat(MOST_BYTES + 1) })).toBe('too large');
    expect(await why({ status: 200, body: 'x'.repeat(11) }, { mostBytes: 10 })).toBe('too large');
  });
});

it('a refusal counts by its status where its body cannot be read', async () => {
  server.answers = [{ status: 503, body: 'x'.repeat(11) }];
  const answer = await send(at(server), 'key-1', { path: '/x' }, { timeoutMs: 2000, mostBytes: 10 });
  expect(answer).toMatchObject({ status: 503, ok: false, text: '' });
});

it('a request without a body says nothing of one', async () => {
  server.answers = [{ status: 200, body: '{}' }];
  await send(at(server), 'key-1', { method: 'GET', path: '/batches?limit=1' }, { timeoutMs: 2000 });
  expect(server.seen[0]).toMatchObject({ method: 'GET', path: '/v1/batches?limit=1', body: '' });
  expect(server.seen[0]?.headers['content-type']).toBeUndefined();
});

it('no variable of the environment changes what is sent', async () => {
  server.answers = [{ status: 200, body: '{}' }];
  const request = { path: '/chat/completions', body: { model: 'm' } };
  const sentWith = async () => {
    await send(at(server), 'key-1', request, { timeoutMs: 2000 });
    return server.seen.at(-1);
  };
  const plain = await sentWith();
  for (const name of ['ORG_ID', 'PROJECT_ID', 'BASE_URL', 'API_KEY', 'ADMIN_KEY', 'LOG'])
    vi.stubEnv(`OPENAI_${name}`, 'http://127.0.0.1:9/other');
  vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'x-other: 1\nauthorization: Bearer other\nuser-agent: other');
  const other = await sentWith().finally(() => vi.unstubAllEnvs());
  expect(other).toEqual(plain);
  expect(other?.headers).toMatchObject({ authorization: 'Bearer key-1' });
});

/* Every kind of call goes the same way over the wire. */
const WORDS = offer({ name: 'words', kind: 'embeddings' });
const messages = [{ role: 'user' as const, content: SECRET_WORDS }];
const vectors: Answer = { status: 200, body: { data: [{ embedding: [1] }], usage: { prompt_tokens: 1 } } };

describe.each([
  {
    kind: 'chat',
    good: completion(GOOD),
    ask: (endpoint = at(server)) => chat(endpoint, OFFER, { step: 'route', messages, schema }),
  },
  {
    kind: 'embeddings',
    good: vectors,
    ask: (endpoint = at(server)) => embeddings(endpoint, WORDS, 'find', [SECRET_WORDS], 40),
  },
])('a call for $kind', ({ good, ask }) => {
  it('takes a key that was changed since it was read', async () => {
    vi.mocked(readSecret).mockImplementation(async (_, keepMs) => ({ apiKey: keepMs === 0 ? 'new' : 'old' }));
    server.answers = [{ status: 401 }, good];
    await ask();
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  it('costs nothing where no connection came about, and its most where the answer was lost', async () => {
    expect((await failed(ask(at({ url: NOBODY })))).calls).toEqual([]);
    server.answers = [reset];
    const { calls, kind } = await failed(ask());
    expect(kind).toBe('transient');
    expect(calls[0]?.inputTokens).toBeGreaterThan(SECRET_WORDS.length);
  });
});
