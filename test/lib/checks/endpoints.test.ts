import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Automation, StepPolicy } from '../../../lambdas/contract/automation.ts';
import type { Endpoint } from '../../../lambdas/contract/endpoint.ts';
import { checkAutomations } from '../../../lib/checks/check.ts';
import { type Config, loadConfig, type ResolvedConfig } from '../../../lib/config.ts';
import { PLAIN } from '../../../lib/hardening-config.ts';
import { writeBundled } from '../../../lib/parts/bundled.ts';
import { environmentOf } from '../../../lib/parts/environment.ts';
import { endpointsOf } from '../../../lib/parts/neighbours.ts';
import { Data } from '../../../lib/platform/data.ts';
import { example } from '../../support/automations.ts';
import own from '../../support/example.config.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-endpoints-'));
afterAll(() => rmSync(directory, { recursive: true }));

type Given = Config['endpoints'][string];
type Model = Given['models'][number];

let files = 0;
function load(endpoints: object): Promise<ResolvedConfig> {
  files += 1;
  const file = join(directory, `${files}.mjs`);
  writeFileSync(file, `export default ${JSON.stringify({ ...own, endpoints })};\n`);
  return loadConfig(file);
}

const luna: Model = {
  ...{ name: 'luna', tier: 'small', inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.5 },
  ...{ pricedAt: '2026-11-20', maxOutputTokens: 1200 },
};
const house: Given = {
  ...{ baseUrl: 'http://10.0.0.9/v1', secret: 'signalbox/endpoints/house', timeoutSeconds: 30 },
  ...{ residency: 'own', models: [luna] },
};
const withModel = (changes: object) => ({ house: { ...house, models: [{ ...luna, ...changes }] } });

async function refusal(endpoints: object): Promise<string> {
  return load(endpoints).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

describe('an endpoint of the configuration', () => {
  it('is filled in where it leaves something open', async () => {
    const { endpoints } = await load({ house });
    expect(endpoints.house?.models[0]).toEqual({
      ...luna,
      ...{ kind: 'chat', cachedUsdPerMillion: 0.1, contextTokens: 128_000 },
    });
    expect(endpoints.house?.capabilities).toEqual({});
  });

  it.each<[string, object]>([
    ['endpoints', {}],
    ['endpoints.House', { House: house }],
    ['endpoints.house.baseUrl', { house: { ...house, baseUrl: 'ftp://example.com' } }],
    ['endpoints.house.baseUrl', { house: { ...house, baseUrl: 'no address' } }],
    ['endpoints.house.secret', { house: { ...house, secret: 'openai' } }],
    ['endpoints.house.timeoutSeconds', { house: { ...house, timeoutSeconds: 121 } }],
    ['endpoints.house.residency', { house: { ...house, residency: undefined } }],
    ['endpoints.house.requestsPerMinute', { house: { ...house, requestsPerMinute: 0 } }],
    ['endpoints.house.capabilities.logprops', { house: { ...house, capabilities: { logprops: true } } }],
    ['endpoints.house.models', { house: { ...house, models: [] } }],
    ['endpoints.house.models.1.name', { house: { ...house, models: [luna, luna] } }],
    ['endpoints.house.models.luna.vision', withModel({ kind: 'embeddings', vision: true })],
    ['endpoints.house.models.luna.pictureTokens', withModel({ pictureTokens: 9000 })],
    ['endpoints.house.models.luna.tier', withModel({ tier: 'huge' })],
    ['endpoints.house.models.luna.inputUsdPerMillion', withModel({ inputUsdPerMillion: undefined })],
    ['endpoints.house.models.luna.outputUsdPerMillion', withModel({ outputUsdPerMillion: undefined })],
    ['endpoints.house.models.luna.inputUsdPerMillion', withModel({ inputUsdPerMillion: -1 })],
    ['endpoints.house.models.luna.cachedUsdPerMillion', withModel({ cachedUsdPerMillion: 0.2 })],
    ['endpoints.house.models.luna.pricedAt', withModel({ pricedAt: 'yesterday' })],
    ['endpoints.house.models.luna.maxOutputTokens', withModel({ contextTokens: 1200 })],
    [
      'endpoints.house.models.luna.longContext.outputFactor',
      withModel({ longContext: { fromTokens: 1, inputFactor: 2 } }),
    ],
  ])("is refused by the name of what is wrong: '%s'", async (field, endpoints) =>
    expect(await refusal(endpoints)).toContain(`  '${field}': `),
  );

  const day = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 10);

  it.each<[string, object, string]>([
    [
      'a password in its address',
      { house: { ...house, baseUrl: 'https://me:sesame@models.example.com/v1' } },
      "'endpoints.house.baseUrl': must have no user and no password in it: write the key into the endpoint's secret",
    ],
    [
      'a query in its address',
      { house: { ...house, baseUrl: 'https://models.example.com/v1?api-version=1' } },
      'must end with its path, such as "/v1": no query ("?…") and no fragment ("#…")',
    ],
    [
      'a fragment in its address',
      { house: { ...house, baseUrl: 'https://models.example.com/v1#' } },
      'no query ("?…") and no fragment ("#…")',
    ],
    [
      'prices that nobody can have read',
      withModel({ pricedAt: day(48) }),
      "'endpoints.house.models.luna.pricedAt': is in the future",
    ],
    [
      'a limit of tokens below one answer',
      { house: { ...house, tokensPerMinute: 10 } },
      "'endpoints.house.tokensPerMinute': must be at least 1200, the 'maxOutputTokens' of 'luna': one answer must fit into a minute",
    ],
  ])('is refused with %s', async (_, endpoints, message) =>
    expect(await refusal(endpoints)).toContain(message),
  );

  it('may have the date of wherever its prices were read, and a limit of one answer a minute', async () => {
    expect(await refusal(withModel({ pricedAt: day(14) }))).toBe('accepted');
    expect(await refusal({ house: { ...house, tokensPerMinute: 1200 } })).toBe('accepted');
  });

  it('repeats no password in a message', async () =>
    expect(
      await refusal({ house: { ...house, baseUrl: 'https://me:sesame@models.example.com' } }),
    ).not.toContain('sesame'));

  it('is there at least once, and the old single one is no longer taken', async () => {
    expect(await refusal({})).toContain("'endpoints': must have at least one endpoint");
    files += 1;
    const file = join(directory, `${files}.mjs`);
    writeFileSync(file, `export default ${JSON.stringify({ ...own, endpoint: { name: 'openai' } })};\n`);
    await expect(loadConfig(file)).rejects.toThrow("'endpoint': is not known: did you mean 'endpoints'?");
  });
});

describe('the module @bundled/endpoints', () => {
  it('is plain data with the name of each secret', async () => {
    const given = { automations: [], config: await load({ house }), environment: 'prod' };
    const { endpoints: file, neighbours } = writeBundled(join(directory, 'bundled'), given);
    expect(await import(pathToFileURL(neighbours).href)).toMatchObject({
      neighbours: expect.arrayContaining([
        { kind: 'endpoint', name: 'house' },
        { kind: 'destination', name: 'refund-ledger' },
      ]),
    });
    const { endpoints } = (await import(pathToFileURL(file).href)) as { endpoints: Endpoint[] };
    expect(endpoints).toEqual([
      {
        ...{
          kind: 'endpoint',
          name: 'house',
          baseUrl: 'http://10.0.0.9/v1',
          secret: 'signalbox/prod/endpoints/house',
        },
        ...{ timeoutSeconds: 30, residency: 'own', capabilities: {} },
        models: [{ ...luna, kind: 'chat', cachedUsdPerMillion: 0.1, contextTokens: 128_000 }],
      },
    ]);
  });
});

describe('the steps of an automation', () => {
  const triage = example('support-triage');

  async function faults(changes: Partial<Automation>, endpoints: object = own.endpoints): Promise<string> {
    try {
      checkAutomations([{ ...triage, ...changes }], await load(endpoints));
      return 'fits';
    } catch (error) {
      return (error as Error).message;
    }
  }
  const policy = (route: object) => ({ steps: { route: route as StepPolicy } });

  it.each<[string, object]>([
    ['no policy', {}],
    ['a policy that says nothing', policy({})],
    ['a stronger tier that is offered', policy({ tier: 'large', mostUsd: 0.1, cacheHours: 24 })],
    ['a confidence that nobody said is missing', policy({ confidence: 'logprobs' })],
    ['data that only people may see', { residency: () => [] }],
    ['a residency that is offered', { residency: () => ['eu', 'us'] }],
  ])('fit with %s', async (_, changes) => expect(await faults(changes)).toBe('fits'));

  it.each<[string, object, string]>([
    [
      'a step without a prompt',
      { steps: { rout: {} } },
      "support-triage: step 'rout' has a policy but no prompt: add it to 'prompts', or take it out of 'steps'",
    ],
    ['no money', policy({ mostUsd: 0 }), "step 'route': 'mostUsd' must be above 0, got '0'"],
    ['money that is no number', policy({ mostUsd: Number.NaN }), "'mostUsd' must be above 0, got 'NaN'"],
    ['a cache into the past', policy({ cacheHours: -1 }), "'cacheHours' must be 0 or more, got '-1'"],
    ['an answer of no length', policy({ maxOutputTokens: 8 }), "at least 16, got '8'"],
    ['an answer of half a token', policy({ maxOutputTokens: 40.5 }), "at least 16, got '40.5'"],
    ['a cache without end', policy({ cacheHours: Number.POSITIVE_INFINITY }), "got 'Infinity'"],
    [
      'a residency that nobody has',
      { residency: () => ['eu'] },
      "step 'route' needs a chat model of the tier small or above, which no endpoint with the residency eu has: add one under 'endpoints' in the configuration, or ask for less",
    ],
  ])('are refused with %s', async (_, changes, message) => expect(await faults(changes)).toContain(message));

  it('are refused where no endpoint serves the tier, and what embeds does not', async () => {
    const embedding = { ...luna, name: 'vectors', kind: 'embeddings', tier: 'large' };
    const weak = { house: { ...house, models: [luna, embedding] } };
    expect(await faults(policy({ tier: 'medium' }), weak)).toContain(
      "step 'route' needs a chat model of the tier medium or above, which no endpoint has",
    );
    expect(await faults({}, weak)).toBe('fits');
  });

  it('are refused where every endpoint that has their tier is said to have no chat', async () => {
    const mute = { ...house, capabilities: { chat: false } };
    const weak = { ...house, secret: 'signalbox/weak', models: [{ ...luna, tier: 'small' as const }] };
    const strong = { ...mute, models: [{ ...luna, tier: 'large' as const }] };
    const said =
      "step 'route' is served by no endpoint: each that has a model for it says 'chat: false' under 'capabilities'; take that out, or add an endpoint that answers chat completions";
    expect(await faults({}, { mute })).toContain(said);
    expect(await faults(policy({ tier: 'large' }), { weak, strong })).toContain(said);
    expect(await faults({}, { weak, strong })).toBe('fits');
  });

  it('say a fault once, however many examples show it', async () => {
    const message = await faults({ residency: () => ['eu'] });
    expect(message.split('\n')).toHaveLength(1 + Object.keys(triage.prompts).length);
  });

  it('take their residency from the bodies of the examples', async () => {
    const residency = vi.fn(() => ['us']);
    await faults({ residency });
    expect(residency.mock.calls.map(([body]: unknown[]) => body)).toEqual(
      expect.arrayContaining(triage.examples.map(({ body }) => body)),
    );
  });

  it('are refused logprobs where every endpoint that serves them is known to have none', async () => {
    const without = { ...house, capabilities: { logprobs: false } };
    const asking = policy({ confidence: 'logprobs' });
    expect(await faults(asking, { house: without })).toContain(
      "step 'route' measures its confidence by logprobs, which no endpoint that serves it has: say 'agreement', or add one that has them",
    );
    expect(await faults(asking, { house: without, other: { ...house, secret: 'signalbox/other' } })).toBe(
      'fits',
    );
  });
});

describe('the stacks', () => {
  const none = { bundled: undefined as never, alarmTopics: undefined as never, automations: [] };
  const dataOf = (config: ResolvedConfig) =>
    new Data(new Stack(), { config, environment: environmentOf('dev'), ...none, hardening: PLAIN });

  it('have one secret for endpoints that share a key', async () => {
    const config = await load({ house, annex: { ...house, residency: 'eu' } });
    const data = dataOf(config);
    expect(Object.keys(data.endpointSecrets)).toEqual(['house', 'annex']);
    expect(data.endpointSecrets.house).toBe(data.endpointSecrets.annex);
  });

  it('have none for an endpoint that wants no key', async () => {
    const { secret: _, ...open } = house;
    const config = await load({ house, open } as never);
    const data = dataOf(config);
    expect(Object.keys(data.endpointSecrets)).toEqual(['house']);
    expect(endpointsOf(config, 'dev').map(({ secret }) => secret !== undefined)).toEqual([true, false]);
  });
});
