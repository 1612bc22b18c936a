import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { offer } from '../models/offers.ts';
import { reset } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import { at, closeServers, kept, luna, probe, problems, servers } from './probes.ts';
import { nothing, refusal, type Server, strict, whole } from './servers.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { info: () => {}, error: () => {}, debug: () => {} },
}));

const ALL = { chat: true, jsonSchema: true, logprobs: true, responses: true, batch: true, tools: true };

beforeEach(() => {
  world.reset();
  time.freeze();
});
afterEach(closeServers);

describe('a probe that finds nothing says what to change, and keeps what was known', () => {
  const before = { id: 'probe#x', probedAt: 'then', models: { luna: { chat: true } } };
  beforeEach(() => world.tables.put('control', before));
  afterEach(() => expect(kept('x')).toEqual(before));

  it('with a wrong key: which secret to fill, and not a word of the key', async () => {
    const one = await at('x', strict, { models: [luna, offer({ name: 'terra' })] });
    world.secrets['signalbox/endpoints/x'] = '{"apiKey":"sk-wrong"}';
    const { body } = await probe([one]);
    expect(body.endpoints[0].probe.problems).toEqual([
      `endpoint 'x' refuses the key (401): fill the secret 'signalbox/endpoints/x' with {"apiKey": "…"} of that server`,
    ]);
    expect(JSON.stringify(body)).not.toContain('sk-wrong');
    expect(servers[0]?.seen).toHaveLength(2);
  });

  it('without a secret, where the server wants a key', async () => {
    const { secret: _, ...one } = await at('x', () => ({ status: 401, body: { error: 'Unauthorized' } }));
    expect(await problems(one)).toEqual([
      "endpoint 'x' wants a key (401): name a 'secret' for it in signalbox.config.ts, deploy and fill it",
    ]);
    expect(servers[0]?.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('with no key, or no secret', async () => {
    const one = await at('x', whole);
    world.secrets['signalbox/endpoints/x'] = '{"apiKey":""}';
    expect(await problems(one)).toEqual([
      `secret 'signalbox/endpoints/x' has no "apiKey": fill it as the README says`,
    ]);
    world.secrets['signalbox/endpoints/x'] = '';
    expect(await problems(one)).toEqual([
      "secret 'signalbox/endpoints/x' holds no JSON: fill it as the README says",
    ]);
    expect(servers[0]?.seen).toEqual([]);
  });

  const UNFILLED = `secret 'signalbox/endpoints/x' has no "apiKey": fill it as the README says`;
  const NO_KEY = `secret 'signalbox/endpoints/x': its "apiKey" is no key: fill it as the README says`;
  it.each([
    ['null', UNFILLED],
    ['"sk-right"', UNFILLED],
    ['{"apiKey":17}', UNFILLED],
    ['{"apiKey":" \\n"}', UNFILLED],
    ['{"apiKey":"sk-ri\\nght"}', NO_KEY],
    ['{"apiKey":"schlüssel"}', NO_KEY],
  ])('with the secret %s, which is none for a call either', async (secret, problem) => {
    const one = await at('x', whole);
    world.secrets['signalbox/endpoints/x'] = secret;
    expect(await problems(one)).toEqual([problem]);
    expect(servers[0]?.seen).toEqual([]);
  });

  it('with a secret that the deploy has not made', async () => {
    const one = await at('x', whole);
    world.fault = (name) => {
      if (name.startsWith('secrets')) throw named('ResourceNotFoundException');
    };
    expect(await problems(one)).toEqual([
      "secret 'signalbox/endpoints/x' does not exist: deploy, then fill it as the README says",
    ]);
  });

  it.each([301, 302, 307, 308])('at an address that has moved (%d)', async (status) => {
    const one = await at('x', whole);
    if (servers[0])
      servers[0].answers = [{ status, headers: { location: 'https://elsewhere.example.com/v1' } }];
    expect(await problems(one)).toEqual([
      `endpoint 'x' answers with a redirect (${status}): put the address that it points to into its 'baseUrl'`,
    ]);
    expect(servers[0]?.seen).toHaveLength(1);
  });

  it.each<[string, Server, string]>([
    [
      'at an address that answers 404 to everything',
      nothing,
      "endpoint 'x' answers nothing about 'luna' as an OpenAI-compatible server does (404): check its 'baseUrl' (with the /v1) and the model's name",
    ],
    [
      'about a model that OpenAI does not have',
      () => refusal(404, 'model_not_found'),
      "endpoint 'x' has no model 'luna': correct its name in signalbox.config.ts, or take it out",
    ],
    [
      'about a model that Ollama does not have',
      () => refusal(404, null, 'model "luna" not found, try pulling it first'),
      "endpoint 'x' has no model 'luna': correct its name in signalbox.config.ts, or take it out",
    ],
    [
      'about a model under a name that only its batches do not mind',
      (path) => (path.includes('batches') ? { status: 200, body: { data: [] } } : refusal(400)),
      "endpoint 'x' answers nothing about 'luna' as an OpenAI-compatible server does (400): check its 'baseUrl' (with the /v1) and the model's name",
    ],
    [
      'without credit',
      () => refusal(429, 'insufficient_quota'),
      "endpoint 'x' says that its quota is used up: add credit there",
    ],
    [
      'without credit, in words',
      () => refusal(400, 'invalid_request_error', 'Your credit balance is too low'),
      "endpoint 'x' says that its quota is used up: add credit there",
    ],
    [
      'with a key that is told as a wrong request',
      () => ({
        status: 400,
        body: [{ error: { code: 400, message: 'API key not valid. Pass a valid one.' } }],
      }),
      `endpoint 'x' refuses the key (400): fill the secret 'signalbox/endpoints/x' with {"apiKey": "…"} of that server`,
    ],
    [
      'from a region that it does not serve',
      () => refusal(403, 'unsupported_country_region_territory'),
      "endpoint 'x' serves no account from this region (403): take another endpoint, or another region of it",
    ],
    ['while the server is busy', () => refusal(503), "endpoint 'x' answered 503: probe it again later"],
    [
      'at a page that is no model server',
      () => ({ status: 200, body: '<html>' }),
      "endpoint 'x' answers nothing about 'luna' as an OpenAI-compatible server does (200): check its 'baseUrl' (with the /v1) and the model's name",
    ],
  ])('%s', async (_, server, problem) => expect(await problems(await at('x', server))).toEqual([problem]));

  it('where nobody answers', async () => {
    const one = await at('x', whole);
    if (servers[0]) servers[0].answers = [reset];
    expect(await problems(one)).toEqual([
      "endpoint 'x' took no connection, or did not answer within 5 s: check its 'baseUrl' and that it runs; a model that was being loaded answers the next probe",
    ]);
  });

  it('and goes on with the other endpoints', async () => {
    const { body } = await probe([await at('x', nothing), await at('full', whole)]);
    expect(body.endpoints.map((one: { probe: { problems: string[] } }) => one.probe.problems.length)).toEqual(
      [1, 0],
    );
    expect(kept('full')?.models.luna).toEqual(ALL);
  });
});
