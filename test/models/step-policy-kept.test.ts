import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { StepPolicy } from '../../lambdas/contract/automation.ts';
import type { RunnerOptions } from '../../lambdas/models/runner.ts';
import { automation, ID } from '../support/fixtures.ts';
import type { Answer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import { Endpoints, PAID_MICRO_USD } from './fallback-world.ts';
import { allClosed, opening, paidInAll } from './runners.ts';
import { completion, GOOD, request, type Sorted, schema } from './wire/completions.ts';

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

describe('an answer that is kept', () => {
  const cached = { policy: { cacheHours: 2 } };
  const other = (given: Given = {}, changed: Partial<typeof request> = {}) =>
    ask({ ...cached, ...given, id: `item-${Math.random()}` }, changed);

  it('is given to another item for nothing, and its lineage says so', async () => {
    await ask(cached);
    const second = runner({ ...cached, id: 'item-b' });

    await expect(second.model('route', request)).resolves.toEqual(JSON.parse(GOOD));

    expect(asked()).toEqual(['a/small']);
    expect(await paidInAll()).toBe(PAID_MICRO_USD);
    expect(second.lineage).toMatchObject([
      {
        ...{ cached: true, costUsd: 0, inputTokens: 0, outputTokens: 0, milliseconds: 0 },
        ...{ model: 'small', endpoint: at('a'), route: 'an answer to the same request was kept' },
      },
    ]);
  });

  it('is the same request in another encoding of the same letters and line ends', async () => {
    await other({}, { input: { text: 'caf\u00e9 au\r\nlait', due: new Date(0) } as never });
    await other({}, { input: { due: '1970-01-01T00:00:00.000Z', text: 'cafe\u0301 au\nlait' } as never });
    expect(asked()).toHaveLength(1);
  });

  it.each<[string, unknown, unknown]>([
    ['date', { due: new Date(1) }, { due: new Date(2) }],
    ['exponent', 'refund EUR 10\u00b2', 'refund EUR 102'],
    ['fraction', '1\u00bd %', '11/2 %'],
    ['width', '\uff11\uff0e5', '1.5'],
    ['indent', 'if late:\n  pay()\nclose()', 'if late:\n  pay()\n  close()'],
    ['row of a table', 'a\tb\nc', 'a\tb\tc'],
    ['column of a table', '\t100', '100\t'],
    ['separator', { separator: '\t' }, { separator: ' ' }],
  ])('is not given for another %s', async (_, one, another) => {
    await other({}, { input: one as never });
    await other({}, { input: another as never });
    expect(asked()).toHaveLength(2);
  });

  it.each<[string, Given, Partial<typeof request>]>([
    ['another input', {}, { input: { text: 'bye' } }],
    ['another version of the prompt', {}, { prompt: { version: 'route.v2', text: 'Sort the message.' } }],
    ['other words in the prompt', {}, { prompt: { version: 'route.v1', text: 'Sort it well.' } }],
    [
      'another shape of the answer',
      {},
      { schema: z.extend(schema, { note: z.optional(z.string()) }) as never },
    ],
    ["a reviewer's remark", { feedback: ['Look again.'] }, {}],
    ['a shorter memory', { policy: { cacheHours: 1 } }, {}],
    ['a stronger tier', { policy: { cacheHours: 2, tier: 'large' } }, {}],
  ])('is not given for %s', async (_, given, changed) => {
    const endpoints = [endpoint('a'), endpoint('b', { name: 'l', tier: 'large' })];
    await other({ endpoints });
    time.advance(3600);

    await other({ endpoints, ...given }, changed);

    expect(asked()).toHaveLength(2);
  });

  it('is not given where other models could answer', async () => {
    await other();
    await other({ endpoints: [endpoint('b')] });
    expect(asked()).toEqual(['a/small', 'b/small']);
  });

  it('is forgotten when its time is over, by the reader and by the table', async () => {
    await other();
    const [row] = world.tables.all('idempotency').filter(({ id }) => String(id).startsWith('demo_cache#'));
    expect(row?.expiresAt).toBe(time.at / 1000 + 7200);
    time.advance(7199);
    await other();
    expect(asked()).toHaveLength(1);
    time.advance(1);
    await other();
    expect(asked()).toHaveLength(2);
  });

  it('is looked at again: what fails the schema or lacks something today is asked for anew', async () => {
    await other();
    await other({}, { missing: () => 'the second half' }).catch(() => {});
    expect(asked().length).toBeGreaterThan(1);
    const before = asked().length;
    for (const row of world.tables.all('idempotency'))
      if (String(row.id).startsWith('demo_cache#'))
        world.tables.put('idempotency', { ...row, value: '{"label":"x"}' });
    await other();
    expect(asked()).toHaveLength(before + 1);
  });

  it('is not what failed, and none without a wish for it', async () => {
    answers('a', completion('no'), completion('no'), completion(GOOD));
    await other().catch(() => {});
    await other();
    expect(asked()).toHaveLength(3);
    await ask({ id: 'item-c' });
    expect(asked()).toHaveLength(4);
  });

  it('falters with its table: that costs a call, never the item', async () => {
    world.fault = (call, { Key, Item }) => {
      const { id = '' } = (Key ?? Item ?? {}) as { id?: string };
      if (id.startsWith('demo_cache#') && call.startsWith('dynamodb')) throw named('ThrottlingException');
    };
    await expect(other()).resolves.toEqual(JSON.parse(GOOD));
    await expect(other()).resolves.toEqual(JSON.parse(GOOD));
  });
});
