import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StepPolicy } from '../../../lambdas/contract/automation.ts';
import type { Endpoint } from '../../../lambdas/contract/endpoint.ts';
import { probeEndpoint } from '../../../lambdas/operate/probe/endpoint.ts';
import { loadConfig, type ResolvedConfig } from '../../../lib/config.ts';
import { endpointsOf } from '../../../lib/parts/neighbours.ts';
import { fences, ROOT } from '../../docs/fences.ts';
import { automation, ID } from '../../support/fixtures.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { allClosed, opening, paidInAll } from '../runners.ts';
import { GOOD, request, SECRET_WORDS, type Sorted } from './completions.ts';
import { DIALECTS, type Dialect } from './dialects.ts';
import { type Mood, serving } from './serving.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/* The recipes of docs/model-servers.md, as they stand there, against servers that talk as those do. */

const RECIPES = Object.fromEntries(
  fences('docs/model-servers.md', 'ts').map(({ info, text }) => [info.recipe ?? '', text]),
);

let server: Stub;
let mood: Mood;
let folder: string;
let round = 0;
const configs = new Map<string, ResolvedConfig>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-recipes-'));
  for (const { name } of DIALECTS) {
    const file = join(folder, `${name}.config.ts`);
    const example = JSON.stringify(join(ROOT, 'test/support/example.config.ts'));
    const text = `import example from ${example};\nexport default { ...example, endpoints: {\n${RECIPES[name]}\n} };\n`;
    writeFileSync(file, text);
    configs.set(name, await loadConfig(file));
  }
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  round += 1;
  mood = 'answers';
  world.reset();
  time.freeze();
  server = await stubServer();
});
afterEach(async () => {
  await allClosed();
  await server.close();
});

/** The recipe's endpoint at the mock, under a name of its own: what is known of one is remembered. */
function served({ name, ...dialect }: Dialect, texts: readonly string[] = [GOOD], key = 'key-1'): Endpoint {
  const [endpoint] = endpointsOf(configs.get(name) as ResolvedConfig, 'test');
  if (!endpoint) throw new Error(`no recipe '${name}'`);
  const secret = endpoint.secret && `${endpoint.secret}${round}`;
  if (secret) world.secrets = { [secret]: JSON.stringify({ apiKey: key }) };
  const path = new URL(endpoint.baseUrl).pathname;
  const model = endpoint.models[0]?.name ?? '';
  server.answers = [serving({ name, ...dialect }, { path, model, texts, mood: () => mood })];
  return {
    ...endpoint,
    ...(secret ? { secret } : {}),
    name: `${name}${round}`,
    baseUrl: `${server.url}${path}`,
  };
}

async function step(endpoint: Endpoint, policy: StepPolicy = {}, text = SECRET_WORDS, item = ID) {
  const runner = opening({
    item: { id: item, generation: 1, priority: 'normal' },
    body: { text },
    feedback: [],
    automation: {
      ...{ name: 'demo', budget: { perDayUsd: 100, perItemUsd: 100 }, prompts: automation.prompts },
      steps: { route: policy },
    },
    endpoints: [endpoint],
    idempotencyTable: 'idempotency',
    controlTable: 'control',
  });
  const sorted: Sorted = await runner.model('route', { ...request, input: { text } });
  return { sorted, confidence: runner.confidence('route') };
}

const failure = async (asking: Promise<unknown>) => (await asking.catch((error: unknown) => error)) as Error;
const fieldsOf = (index: number) => Object.keys(JSON.parse(server.seen[index]?.body ?? '{}'));
const rowOf = (endpoint: Endpoint) =>
  world.tables.row<{
    id: string;
    pausedUntil?: number;
    noLogprobs?: string;
    noTemperature?: string;
    oldLimit?: string;
  }>('control', `endpoint#${endpoint.name}`);

it('every recipe has a server, and every server a recipe', () => {
  expect(Object.keys(RECIPES)).toEqual(DIALECTS.map(({ name }) => name));
});

it('a temperature that is refused is left out from then on, and answers can still be compared', async () => {
  const [openai] = DIALECTS;
  const endpoint = served(openai as Dialect);
  const withTemperature = () => server.seen.filter(({ body }) => 'temperature' in JSON.parse(body)).length;

  expect((await step(endpoint, { confidence: 'agreement' })).sorted).toEqual(JSON.parse(GOOD));
  // Three answers, and one refusal.
  expect([server.seen.length, withTemperature()]).toEqual([4, 1]);
  expect(rowOf(endpoint)?.noTemperature).toBe(endpoint.models[0]?.name);

  await step(endpoint, { confidence: 'agreement' }, 'another', `${ID}-2`);
  expect([server.seen.length, withTemperature()]).toEqual([7, 1]);
});

it('a key for the prompt cache that is refused is left out from then on, whatever the configuration says', async () => {
  const [strict] = DIALECTS;
  const known = served(strict as Dialect);
  const endpoint = { ...known, capabilities: { ...known.capabilities, promptCacheKey: true } };
  const withKey = () => server.seen.filter(({ body }) => 'prompt_cache_key' in JSON.parse(body)).length;

  expect((await step(endpoint)).sorted).toEqual(JSON.parse(GOOD));
  expect([server.seen.length, withKey()]).toEqual([2, 1]);

  await step(endpoint, {}, 'another', `${ID}-2`);
  expect([server.seen.length, withKey()]).toEqual([3, 1]);
});

it('a refusal that only quotes the name of a parameter teaches nothing, and ends', async () => {
  const endpoint = served(DIALECTS.find(({ name }) => name === 'vllm') as Dialect);
  const message = `invalid schema, near: logprobs temperature max_completion_tokens ${SECRET_WORDS}`;
  server.answers = [{ status: 400, body: { error: { message, type: 'BadRequestError', code: 400 } } }];

  expect(await failure(step(endpoint, { confidence: 'logprobs' }))).toMatchObject({ name: 'SystemError' });

  // As it was, and without what the refusal names.
  expect(server.seen).toHaveLength(2);
  const { noLogprobs, oldLimit } = rowOf(endpoint) ?? {};
  expect([noLogprobs, oldLimit]).toEqual([undefined, undefined]);
});

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('%s', (_name, dialect) => {
  it('answers a step, and takes every field that it gets', async () => {
    const endpoint = served(dialect);

    expect((await step(endpoint)).sorted).toEqual(JSON.parse(GOOD));

    expect(server.seen).toHaveLength(1);
    expect(fieldsOf(0).filter((field) => !dialect.fields.includes(field))).toEqual([]);
    expect(fieldsOf(0)).toContain('response_format');
    expect(fieldsOf(0).filter((field) => field.startsWith('max_'))).toHaveLength(1);
    const { authorization, 'api-key': header } = server.seen[0]?.headers ?? {};
    expect([authorization, header]).toEqual(
      ['authorization', 'api-key'].map((name) => (dialect.key?.[0] === name ? dialect.key[1] : undefined)),
    );
  });

  it('is understood where its JSON needs repair, and asked again where there is none', async () => {
    const broken = `Here you are:\n\`\`\`json\n{'label': 'Billing', 'amount': '24.90',}\n\`\`\``;
    expect((await step(served(dialect, [broken]))).sorted).toEqual(JSON.parse(GOOD));
    expect(server.seen).toHaveLength(1);
    expect((await step(served(dialect, ['no idea', GOOD]), {}, 'another')).sorted).toEqual(JSON.parse(GOOD));
    expect(server.seen).toHaveLength(3);
  });

  it.runIf(dialect.key)('with a wrong key parks the item, and the probe says what to fill', async () => {
    const endpoint = served(dialect, [GOOD], 'key-2');
    const error = await failure(step(endpoint));
    expect(error).toMatchObject({ name: 'SystemError' });
    expect(error.message).toContain('refused the key');
    expect(error.message).not.toContain('key-2');
    expect(await paidInAll('control')).toBe(0);
    const { problems } = await probeEndpoint(endpoint);
    expect(problems).toEqual([expect.stringContaining(`fill the secret '${endpoint.secret}'`)]);
  });

  it('without the model parks the item, and the probe names the model', async () => {
    const endpoint = served(dialect);
    const other = { ...endpoint, models: endpoint.models.map((offer) => ({ ...offer, name: 'no-such' })) };
    expect(await failure(step(other))).toMatchObject({ name: 'SystemError' });
    expect((await probeEndpoint(other)).problems).toEqual([
      expect.stringContaining("has no model 'no-such'"),
    ]);
    expect(await paidInAll('control')).toBe(0);
  });

  it('that is busy is left alone as long as it says, and nothing is paid', async () => {
    mood = 'is busy';
    const endpoint = served(dialect);
    const error = await failure(step(endpoint));
    expect(error.name).toMatch(/^(?:Waiting|TransientError)$/);
    expect(await paidInAll('control')).toBe(0);
    if (dialect.busyMs) expect(rowOf(endpoint)?.pausedUntil).toBe(time.at + dialect.busyMs);
    mood = 'answers';
    time.advance((dialect.busyMs ?? 60_000) / 1000 + 60);
    expect((await step(endpoint)).sorted).toEqual(JSON.parse(GOOD));
  });

  it('does not act on a text that was too long for it', async () => {
    mood = 'finds it too long';
    const error = await failure(step(served(dialect), {}, 'word '.repeat(3000)));
    expect([error.name, error.message]).toEqual(
      dialect.tooLong === 'cuts it silently'
        ? ['ProcessingError', expect.stringContaining('read only a part of the request')]
        : ['InputError', 'the item is too long for the model'],
    );
  });

  it('gets no parameter twice that it refuses, though nobody told of it', async () => {
    const { capabilities: _, ...endpoint } = served(dialect);
    const untold: Endpoint = { ...endpoint, capabilities: {} };
    const measured: StepPolicy = { confidence: 'logprobs' };

    expect((await step(untold, measured)).sorted).toEqual(JSON.parse(GOOD));
    const asked = server.seen.length;
    expect((await step(untold, measured, 'another', `${ID}-2`)).sorted).toEqual(JSON.parse(GOOD));

    expect(server.seen).toHaveLength(asked + 1);
    const refuses = dialect.unknown !== 'ignores' && !dialect.fields.includes('logprobs');
    const [{ name = '' } = {}] = endpoint.models;
    expect(rowOf(untold)?.noLogprobs).toBe(refuses ? name : undefined);
    expect(fieldsOf(asked).includes('logprobs')).toBe(!refuses);
  });
});
