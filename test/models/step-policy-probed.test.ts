import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { StepPolicy } from '../../lambdas/contract/automation.ts';
import type { RunnerOptions } from '../../lambdas/models/runner.ts';
import { automation, ID } from '../support/fixtures.ts';
import type { Answer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { Endpoints, shut, spent } from './fallback-world.ts';
import { allClosed, opening, paidInAll } from './runners.ts';
import { completion, GOOD, half, request, type Sorted, schema } from './wire/completions.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let servers: Endpoints;

/** Every endpoint of a test has a name of its own: what is known of one is remembered. */
let test = 0;

const at = (name: string) => `${name}${test}`;

beforeEach(async () => {
  test += 1;
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  servers = await Endpoints.start();
});

afterEach(async () => {
  await allClosed();
  await servers.close();
});

const endpoint = (name: string, ...more: [object?, object?]) => servers.candidate(at(name), ...more).endpoint;

const answers = (name: string, ...given: Answer[]) => {
  servers.answers[at(name)] = given;
};

const asked = () => servers.asked.map((one) => one.replace(String(test), ''));

type Given = Partial<Omit<RunnerOptions, 'automation'>> & {
  policy?: StepPolicy;
  residency?: readonly string[];
  perItemUsd?: number;
  id?: string;
  prompts?: Record<string, string>;
};

const SIX = { route: 'v1', reply: 'v1', check: 'v1', find: 'v1', sum: 'v1', sort: 'v1' };

function runner({ policy = {}, residency, perItemUsd = 1, id = ID, prompts = SIX, ...options }: Given = {}) {
  return opening({
    item: { id, generation: 1, priority: 'normal' },
    body: { text: 'hello' },
    feedback: [],
    automation: {
      ...{ name: 'demo', budget: { ...automation.budget, perItemUsd }, prompts, steps: { route: policy } },
      ...(residency ? { residency: () => residency } : {}),
    },
    endpoints: [endpoint('a')],
    idempotencyTable: 'idempotency',
    controlTable: 'control',
    ...options,
  });
}

const ask = (given: Given = {}, changed: Partial<typeof request> = {}): Promise<Sorted> =>
  runner(given).model('route', { ...request, ...changed });

const failure = async (asking: Promise<unknown>) => (await asking.catch((error: unknown) => error)) as Error;

describe('what a probe found', () => {
  const bodies: { response_format: { type: string }; logprobs?: boolean; model: string }[] = [];
  const listening: Answer = (response, { body }) => {
    bodies.push(JSON.parse(body));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify((completion(GOOD) as { body: object }).body));
  };
  const found = (models: Record<string, object>) =>
    world.tables.put('control', { id: `probe#${at('a')}`, probedAt: '2026-11-30', models });
  beforeEach(() => {
    bodies.length = 0;
    answers('a', listening);
  });

  it('is believed over the configuration, and of the one model that is asked', async () => {
    const models = [endpoint('a').models[0], { ...endpoint('a').models[0], name: 'strong', tier: 'large' }];
    found({ small: { jsonSchema: true }, strong: { jsonSchema: false } });
    const house = endpoint('a', {}, { models, capabilities: { jsonSchema: true } });

    await ask({ endpoints: [house] });
    await ask({ endpoints: [house], policy: { tier: 'large' }, id: `${ID}-2` });

    expect(bodies.map(({ model, response_format: { type } }) => [model, type])).toEqual([
      ['small', 'json_schema'],
      ['strong', 'json_object'],
    ]);
  });

  it('lets a step with logprobs go where they were found, and nowhere else', async () => {
    found({ small: { logprobs: false } });
    await ask({
      endpoints: [endpoint('a'), endpoint('b', { inputUsdPerMillion: 9 })],
      policy: { confidence: 'logprobs' },
    });
    expect(asked()).toEqual(['b/small']);
  });

  it('books the schema in the instructions at its length', async () => {
    const booked: number[] = [];
    servers.onRequest = () => booked.push(spent());
    const shape = z.object(
      Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`field${n}`, z.optional(z.string())])),
    );
    const long = z.extend(shape, schema.shape) as unknown as typeof request.schema;
    const before = await paidInAll();
    await ask({ id: 'one' }, { schema: long }).catch(() => {});
    const plain = (booked.at(-1) ?? 0) - before;

    test += 1;
    found({ small: { jsonSchema: false } });
    const paid = await paidInAll();
    await ask({ id: 'two' }, { schema: long }).catch(() => {});

    expect((booked.at(-1) ?? 0) - paid).toBeGreaterThan(plain);
  });
});

describe('the same item again', () => {
  it.each<[string, StepPolicy, () => void]>([
    ['an answer', {}, () => {}],
    ['a mended answer', {}, () => answers('a', completion('no'), completion(GOOD))],
    ['an agreement', { confidence: 'agreement' }, () => {}],
    ['a refusal', {}, () => answers('a', completion(null, { message: { content: null, refusal: 'no' } }))],
    ['an unusable answer', {}, () => answers('a', completion('no'))],
  ])('makes no call and pays nothing after %s, and comes to the same', async (_, policy, given) => {
    given();
    const first = runner({ policy });
    const came = await first.model('route', request).catch((error: Error) => error.message);
    const [calls, paid] = [asked().length, await paidInAll()];
    shut('control', at('a'));

    const second = runner({ policy });
    const again = await second.model('route', request).catch((error: Error) => error.message);

    expect(again).toEqual(came);
    expect([asked().length, await paidInAll()]).toEqual([calls, paid]);
    expect(second.lineage).toEqual(first.lineage);
    expect([first.lost, second.lost]).toEqual([[], []]);
  });

  it('is told what a step cost that came to nothing, and it counts against its budget', async () => {
    // Nobody knows whether the model did its work, so it is taken as paid.
    answers('a', half);
    const first = runner();
    await failure(first.model('route', request));

    expect(first.lineage).toEqual([]);
    expect(first.lost).toMatchObject([{ failure: 'transient' }]);
    expect(first.lost[0]?.costUsd).toBeGreaterThan(0);
    const { worstUsd } = servers.candidate(at('a'));
    const left = worstUsd * 2;
    const item = {
      id: ID,
      generation: 1,
      priority: 'normal' as const,
      lineage: [{ ...first.lost[0], costUsd: left }],
    };
    const second = runner({ item: item as never, perItemUsd: left });
    await expect(second.model('route', request)).rejects.toThrow("could cost more than the item's budget");
  });
});
