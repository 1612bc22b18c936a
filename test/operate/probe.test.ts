import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endpointsSchema } from '../../lambdas/api/openapi/endpoint-schemas.ts';
import type { Endpoint } from '../../lambdas/contract/endpoint.ts';
import { SandboxModel } from '../../local/sandbox/model.ts';
import { endpoint, offer } from '../models/offers.ts';
import { OPERATOR } from '../support/api.ts';
import { named, time, world } from '../support/world.ts';
import { at, call, closeServers, kept, luna, probe, problems, servers, tell } from './probes.ts';
import { completion, ollama, refusal, type Server, served, strict, whole } from './servers.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { info: () => {}, error: () => {}, debug: () => {} },
}));

const vectors = offer({ name: 'vectors', kind: 'embeddings', outputUsdPerMillion: 0 });
const ALL = { chat: true, jsonSchema: true, logprobs: true, responses: true, batch: true, tools: true };

beforeEach(() => {
  world.reset();
  time.freeze();
});
afterEach(closeServers);

describe('a probe', () => {
  it('takes the key as a call does: without the white space around it', async () => {
    const one = await at('strict', strict);
    world.secrets['signalbox/endpoints/strict'] = '{"apiKey":" right\\n"}';
    expect(await problems(one)).toEqual([]);
  });

  it('of a server that can do everything finds everything, and keeps it', async () => {
    const full = await at('full', whole, { models: [luna, vectors] });
    const { status, body } = await probe([full]);

    expect([status, body.endpoints[0].probe.problems]).toEqual([200, []]);
    expect(kept('full')).toEqual({
      id: 'probe#full',
      probedAt: '2026-12-01T09:00:00.000Z',
      models: { luna: ALL, vectors: { embeddings: true, dimensions: true, batch: true } },
    });
    expect(body.endpoints[0].models[0].capabilities).toEqual(ALL);
  });

  it.each([
    ['reads the figures on it', '4729', true],
    ['says that it sees none', 'I cannot see pictures.', false],
    ['makes some up', '1234', false],
  ])('shows a picture to a model that says it sees, and believes one that %s', async (_, said, sees) => {
    const eye = offer({ vision: true });
    const shown: unknown[] = [];
    const server: Server = (path, body) => {
      if (!JSON.stringify(body.messages ?? '').includes('image_url')) return whole(path, body);
      shown.push(body.messages);
      return completion(said);
    };
    await probe([await at('eyes', server, { models: [eye] })]);
    expect(kept('eyes')?.models).toEqual({ luna: { ...ALL, vision: sees } });
    expect(shown).toHaveLength(1);
  });

  it('of a server like Ollama finds what is missing, also where it only pretends', async () => {
    await probe([await at('house', ollama, { models: [luna, vectors] })]);

    expect(kept('house')?.models).toEqual({
      luna: { chat: true, jsonSchema: true, logprobs: false, responses: false, batch: false, tools: true },
      vectors: { embeddings: true, dimensions: false, batch: false },
    });
  });

  it('of a server that knows max_tokens only asks with that, remembers it, and forgets it when the server has learned', async () => {
    const old: Server = (path, body) =>
      'max_completion_tokens' in body
        ? refusal(400, null, 'Unrecognized request argument supplied: max_completion_tokens')
        : whole(path, body);
    const one = await at('old', old);
    expect(await problems(one)).toEqual([]);
    expect(kept('old')?.models.luna).toEqual({ ...ALL, maxCompletionTokens: false });

    if (servers[0]) servers[0].answers = [served(whole)];
    await probe([one]);
    expect(kept('old')?.models.luna).toEqual(ALL);
  });

  it('finds out a server that takes a schema and answers as it likes', async () => {
    const chatty: Server = (path, body) => {
      const said = whole(path, body);
      return body.response_format ? completion('{"hello":"world"}') : said;
    };
    await probe([await at('chatty', chatty)]);
    expect(kept('chatty')?.models.luna).toMatchObject({ chat: true, jsonSchema: false });
  });

  it('of the sandbox finds a model server, under each of its names', async () => {
    const sandbox = new SandboxModel([], [], () => undefined);
    const names: unknown[] = [];
    const local: Server = async (path, body) => {
      if (path !== '/v1/chat/completions') return refusal(404);
      const { status, body: said } = await sandbox.complete(body, new AbortController().signal);
      names.push((said as { model?: string }).model);
      return { status, body: said };
    };
    const models = [offer({ name: 'signalbox-sandbox' }), offer({ name: 'signalbox-sandbox-large' })];
    await probe([await at('sandbox', local, { models })]);

    const answers = { chat: true, jsonSchema: true, tools: true };
    const expected = { ...answers, logprobs: false, responses: false, batch: false };
    expect(kept('sandbox')?.models).toEqual({
      'signalbox-sandbox': expected,
      'signalbox-sandbox-large': expected,
    });
    expect(new Set(names)).toEqual(new Set(models.map(({ name }) => name)));
  });

  it('asks in small: the right key, few tokens, nothing that is stored', async () => {
    const one = await at('full', strict);
    await probe([one]);

    const seen = servers[0]?.seen ?? [];
    expect(seen.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'GET /v1/batches?limit=1',
      'POST /v1/chat/completions',
      'POST /v1/chat/completions',
      'POST /v1/chat/completions',
      'POST /v1/chat/completions',
      'POST /v1/responses',
    ]);
    for (const { body } of seen.filter(({ method }) => method === 'POST')) {
      const { max_completion_tokens: chat, max_output_tokens: response, store } = JSON.parse(body);
      expect(chat ?? response).toBeLessThanOrEqual(256);
      if (response) expect(store).toBe(false);
      expect(body.length).toBeLessThan(500);
    }
  });

  it('tells what it cost, and takes the upper bound where a server does not count', async () => {
    const counted = (4 * (8 * 0.1 + 2 * 0.01 + 4 * 0.5) + (8 * 0.1 + 3 * 0.5)) / 1_000_000;
    const { body } = await probe([await at('full', whole)]);
    expect(body.endpoints[0].probe.costUsd).toBeCloseTo(counted, 12);

    const uncounted = await probe([await at('house', ollama)]);
    expect(uncounted.body.endpoints[0].probe.costUsd).toBeGreaterThan((16 + 256 + 16) * 0.5e-6);
    expect(uncounted.body.endpoints[0].probe.costUsd).toBeLessThan(0.0005);
  });

  it('keeps what an earlier one found where it cannot find out itself, and forgets models that are gone', async () => {
    world.tables.put('control', {
      ...{
        id: 'probe#full',
        probedAt: 'then',
        models: { luna: { logprobs: false, batch: false }, gone: { chat: true } },
      },
    });
    const busy: Server = (path, body) =>
      body.logprobs || path.endsWith('/responses') ? refusal(429, 'rate_limit') : whole(path, body);
    const one = await at('full', busy);

    expect(await problems(one)).toEqual([
      "endpoint 'full', 'luna': 'logprobs' was not found out (it answered 429)",
      "endpoint 'full', 'luna': 'responses' was not found out (it answered 429)",
    ]);
    expect(kept('full')?.models).toEqual({
      luna: { chat: true, jsonSchema: true, logprobs: false, batch: true, tools: true },
    });
  });

  it('does not take an answer that was cut off for one without a schema', async () => {
    const wordy: Server = (path, body) =>
      body.response_format ? completion('', { finish_reason: 'length' }) : whole(path, body);
    expect(await problems(await at('wordy', wordy))).toEqual([
      "endpoint 'wordy', 'luna': 'jsonSchema' was not found out (its answer was cut off)",
    ]);
    expect(kept('wordy')?.models.luna).not.toHaveProperty('jsonSchema');
  });

  it.each([
    ['answers in words', completion('Clear.'), false],
    ['refuses them', refusal(400, null, 'does not support tools'), false],
    ['was cut off', completion('', { finish_reason: 'length' }), undefined],
  ])('offers a tool, and believes no model that %s', async (_name, reply, has) => {
    const server: Server = (path, body) => (body.tools ? reply : whole(path, body));
    await probe([await at('words', server)]);
    expect(kept('words')?.models.luna?.tools).toBe(has);
  });

  it('of one endpoint leaves the others alone', async () => {
    const [one, two] = [await at('one', whole), await at('two', whole)];
    const { body } = await probe([one, two], { endpoint: 'two' });
    expect(body.endpoints.map(({ name }: Endpoint) => name)).toEqual(['two']);
    expect(servers[0]?.seen).toEqual([]);
  });
});

describe('GET /v1/endpoints', () => {
  it('tells the configuration, what a probe found over it, and how old the prices are', async () => {
    const one = endpoint('house', [luna, vectors], { capabilities: { logprobs: true, batch: false } });
    world.tables.put('control', {
      id: 'probe#house',
      probedAt: '2026-12-01T08:00:00.000Z',
      models: { luna: { logprobs: false } },
    });
    const { body } = await tell(one);

    expect(endpointsSchema.parse(body)).toEqual(body);
    expect(body.endpoints).toMatchObject([
      {
        ...{ name: 'house', residency: 'us', secret: 'signalbox/endpoints/house' },
        probedAt: '2026-12-01T08:00:00.000Z',
        models: [
          { name: 'luna', pricedDaysAgo: 11, capabilities: { logprobs: false, batch: false } },
          { name: 'vectors', capabilities: { logprobs: true, batch: false } },
        ],
      },
    ]);
    expect(world.calls).toEqual(['dynamodb GetCommand']);
  });

  it('answers in the same shape with and without a probe', async () => {
    const one = await at('full', whole);
    expect(endpointsSchema.parse((await tell(one)).body)).toEqual((await tell(one)).body);
    const { body } = await probe([one]);
    expect(endpointsSchema.parse(body)).toEqual(body);
    expect((await tell(one)).body.endpoints[0]).toMatchObject({
      probedAt: expect.any(String),
      models: [{ capabilities: ALL }],
    });
  });
});

describe('a call that is refused', () => {
  it('is every call of who is no operator', async () => {
    for (const route of ['GET /v1/endpoints', 'POST /v1/endpoints/probe']) {
      const refused = await call([], {
        route,
        caller: { client: 'shop', automations: '*', role: 'auditor' },
      });
      expect([refused.status, refused.body.detail]).toEqual([
        403,
        'this needs a token with the role operator',
      ]);
    }
  });

  it.each<[unknown, number, string]>([
    [{ endpoint: 'nowhere' }, 404, "there is no endpoint 'nowhere'; there are: one, two"],
    ['x'.repeat(1_000_001), 413, 'the body may be at most 1000000 bytes'],
  ])('with %.40j', async (body, status, detail) => {
    const refused = await probe([endpoint('one', []), endpoint('two', [])], body);
    expect([refused.status, refused.body.detail]).toEqual([status, detail]);
  });

  it('is a probe of who is operator of some automations: it may read', async () => {
    const one = await at('one', whole);
    const caller = { ...OPERATOR, automations: 'refund-request' };
    const refused = await call([one], { route: 'POST /v1/endpoints/probe', body: '', caller });

    expect([refused.status, refused.body.detail]).toEqual([
      403,
      expect.stringMatching(/^all automations share this/),
    ]);
    expect(servers[0]?.seen).toEqual([]);
    expect((await call([one], { route: 'GET /v1/endpoints', caller })).status).toBe(200);
    const asked = await call([one], { route: 'GET /v1/endpoints', caller, query: { endpoint: 'one' } });
    expect([asked.status, asked.body.errors]).toEqual([
      400,
      [{ pointer: '/endpoint', message: 'unknown parameter: remove it' }],
    ]);
  });

  it.each<[unknown, string, string]>([
    [{ endpoint: 1 }, '/endpoint', 'must be a string, got number'],
    [{ name: 'one' }, '/name', 'unknown field: remove it'],
    ['nonsense', '', 'must be a JSON document'],
    ['null', '', 'must be an object, got null'],
    ['[]', '', 'must be an object, got array'],
    ['"one"', '', 'must be an object, got string'],
  ])('with %j, before anybody is asked and paid', async (body, pointer, message) => {
    const one = await at('one', whole);
    const refused = await probe([one], body);
    expect([refused.status, refused.body.errors]).toEqual([400, [{ pointer, message }]]);
    expect([servers[0]?.seen, world.calls]).toEqual([[], []]);
  });

  it('asks nobody when the control table cannot be read', async () => {
    const one = await at('x', whole);
    world.fault = (name) => {
      if (name.startsWith('dynamodb')) throw named('ResourceNotFoundException');
    };
    expect((await probe([one])).status).toBe(500);
    expect(servers[0]?.seen).toEqual([]);
  });
});
