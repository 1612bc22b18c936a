import { describe, expect, it } from 'vitest';
import { endpointsSchema } from '../../lambdas/api/openapi/endpoint-schemas.ts';
import { api, run } from './harness.ts';

const luna = {
  ...{ name: 'gpt-6-luna', kind: 'chat', tier: 'small', pricedAt: '2026-11-20', pricedDaysAgo: 0 },
  ...{ inputUsdPerMillion: 0.1, cachedUsdPerMillion: 0.01, outputUsdPerMillion: 0.5 },
  ...{ maxOutputTokens: 1200, contextTokens: 922_000 },
  capabilities: { chat: true, jsonSchema: true, responses: true, logprobs: false, batch: true },
};
const vectors = {
  ...{ name: 'nomic', kind: 'embeddings', tier: 'small', pricedAt: '2026-08-01', pricedDaysAgo: 111 },
  ...{ inputUsdPerMillion: 0, cachedUsdPerMillion: 0, outputUsdPerMillion: 0 },
  ...{ maxOutputTokens: 16, contextTokens: 8192, capabilities: {} },
};
const openai = {
  ...{ name: 'openai', baseUrl: 'https://api.openai.com/v1', secret: 'signalbox/endpoints/openai' },
  ...{ timeoutSeconds: 45, residency: 'us', requestsPerMinute: 500, tokensPerMinute: 500_000 },
  probedAt: '2026-11-20T11:57:00.000Z',
  models: [luna],
};
const house = {
  ...{ name: 'house', baseUrl: 'http://10.0.0.9/v1', secret: 'signalbox/endpoints/house' },
  ...{ timeoutSeconds: 30, residency: 'own', models: [vectors] },
};
const body = { endpoints: [openai, house] };
const PROBE = 'POST /v1/endpoints/probe';

describe('endpoints', () => {
  it('shows models with prices and abilities, and how their endpoints are set', async () => {
    api.answers['GET /v1/endpoints'] = { body };
    expect(endpointsSchema.parse(body)).toEqual(body);
    const { out } = await run(['endpoints']);
    expect(out.split('\n')).toEqual([
      'endpoint  model       tier                in  cached   out  priced',
      'openai    gpt-6-luna  small             $0.1   $0.01  $0.5  2026-11-20',
      '  can chat, responses, jsonSchema, batch; cannot logprobs',
      'house     nomic       small embeddings    $0      $0    $0  2026-08-01 OLD',
      '  not known: embeddings, dimensions, batch',
      '',
      '  openai: https://api.openai.com/v1, data is kept in us, 500 requests and 500,000 tokens a minute,',
      '  probed 3 min ago',
      '  house: http://10.0.0.9/v1, data is kept in own, not paced, never probed',
    ]);
  });

  it('fits a narrow terminal', async () => {
    api.answers['GET /v1/endpoints'] = { body };
    const { out } = await run(['endpoints'], { columns: 60 });
    expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(out).toContain('gpt-6-luna');
  });

  it('hands the answer over as it came', async () => {
    api.answers['GET /v1/endpoints'] = { body };
    expect(JSON.parse((await run(['endpoints', '--json'])).out)).toEqual(body);
  });
});

describe('endpoints probe', () => {
  const probed = (problems: string[]) => ({ ...openai, probe: { costUsd: 0.000_01, problems } });

  it('of all shows what was found, and what it cost', async () => {
    const second = { ...house, probe: { costUsd: 0.000_002, problems: [] } };
    api.answers[PROBE] = { body: { endpoints: [probed([]), second] } };
    const { code, out } = await run(['endpoints', 'probe']);
    expect([code, api.calls[0]?.body]).toEqual([0, '{}']);
    expect(out).toMatch(/cannot logprobs[\s\S]*\n\nthe probe cost \$0.000012$/);
    expect(out).not.toContain('Not found out');
  });

  it('of one says what was in the way', async () => {
    const problem = "endpoint 'openai' refuses the key (401): fill the secret 'signalbox/endpoints/openai'";
    api.answers[PROBE] = { body: { endpoints: [probed([problem])] } };
    const { out, err, code } = await run(['endpoints', 'probe', 'openai']);
    expect([code, err]).toEqual([1, 'the probe met 1 problem']);
    expect(JSON.parse(api.calls[0]?.body ?? '')).toEqual({ endpoint: 'openai' });
    expect(out).toContain(`\nNot found out\n  - ${problem}\n\nthe probe cost`);
  });

  it('hands the answer over as it came', async () => {
    const answer = { endpoints: [probed(['x'])] };
    api.answers[PROBE] = { body: answer };
    const { out, code } = await run(['endpoints', 'probe', '--json']);
    expect([JSON.parse(out), code]).toEqual([answer, 1]);
  });
});

it.each([
  [
    ['endpoints', 'prboe'],
    /^'prboe' is not a verb of endpoints: leave it out, or type signalbox endpoints probe$/,
  ],
  [['endpoints', 'probe', 'a', 'b'], /^unexpected argument 'b'/],
])('%j is refused before anybody is asked', async (argv, message) => {
  const { code, err } = await run(argv);
  expect([code, err, api.calls.length]).toEqual([2, expect.stringMatching(message), 0]);
});
