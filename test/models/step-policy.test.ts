import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { StepPolicy } from '../../lambdas/contract/automation.ts';
import type { ModelOffer } from '../../lambdas/contract/endpoint.ts';
import { InputError, ProcessingError, SystemError } from '../../lambdas/kit/errors.ts';
import { messagesOf } from '../../lambdas/models/answer/answer.ts';
import { worstCase } from '../../lambdas/models/prices.ts';
import type { RunnerOptions } from '../../lambdas/models/runner.ts';
import { stepRunner } from '../../lambdas/models/step.ts';
import { inputBound } from '../../lambdas/models/wire/chat.ts';
import { calibrationKey } from '../../lambdas/tables/keys.ts';
import { automation, ID } from '../support/fixtures.ts';
import type { Answer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import { Endpoints, PAID_MICRO_USD, shut, spent } from './fallback-world.ts';
import { completion, fault, GOOD, half, request, type Sorted, schema } from './wire/completions.ts';

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
afterEach(() => servers.close());

const endpoint = (name: string, ...more: [object?, object?]) => servers.candidate(at(name), ...more).endpoint;
const answers = (name: string, ...given: Answer[]) => {
  servers.answers[at(name)] = given;
};
const asked = () => servers.asked.map((one) => one.replace(String(test), ''));
const said = (label: string, choice: object = {}) => completion(`{"label":"${label}","amount":"1"}`, choice);

type Given = Partial<Omit<RunnerOptions, 'automation'>> & {
  policy?: StepPolicy;
  residency?: readonly string[];
  perItemUsd?: number;
  id?: string;
  prompts?: Record<string, string>;
};

const SIX = { route: 'v1', reply: 'v1', check: 'v1', find: 'v1', sum: 'v1', sort: 'v1' };

function runner({ policy = {}, residency, perItemUsd = 1, id = ID, prompts = SIX, ...options }: Given = {}) {
  return stepRunner({
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

describe('what a step needs', () => {
  const three = () => [
    endpoint('a', { name: 's' }),
    endpoint('b', { name: 'm', tier: 'medium' }),
    endpoint('c', { name: 'l', tier: 'large' }),
  ];

  it.each<[string, StepPolicy, string]>([
    ['nothing', {}, 'a/s'],
    ['a tier', { tier: 'medium' }, 'b/m'],
    ['a harder input', { complexity: () => 'large' }, 'c/l'],
    ['a harder input than its tier is for', { tier: 'medium', complexity: () => 'large' }, 'c/l'],
    ['an easier input than its tier is for', { tier: 'medium', complexity: () => 'small' }, 'b/m'],
  ])('is %s: it is asked where it is served', async (_, policy, expected) => {
    await ask({ policy, endpoints: three() });

    expect(asked()).toEqual([expected]);
  });

  it('is told to the complexity function by its input', async () => {
    const complexity = vi.fn(() => 'small' as const);
    await ask({ policy: { complexity } });
    expect(complexity).toHaveBeenCalledWith(request.input);
  });

  it('is looked up by the name of the step', async () => {
    await runner({ policy: { tier: 'large' }, endpoints: three() }).model('reply', request);
    expect(asked()).toEqual(['a/s']);
  });

  it('may go where the data of this body may go, also to fall back', async () => {
    const endpoints = [
      endpoint('a', {}, { residency: 'us' }),
      endpoint('b', { inputUsdPerMillion: 9 }, { residency: 'eu' }),
      endpoint('c', { inputUsdPerMillion: 10 }, { residency: 'us' }),
    ];
    answers('b', fault(500));

    expect(await failure(ask({ endpoints, residency: ['eu', 'own'] }))).toMatchObject({
      name: 'TransientError',
    });

    expect(asked()).toEqual(['b/small']);
  });

  it('goes to a person where nothing may have the data, and costs nothing', async () => {
    const error = await failure(
      ask({ residency: ['own'], endpoints: [endpoint('a', {}, { residency: 'us' })] }),
    );

    expect(error).toBeInstanceOf(ProcessingError);
    expect(error.message).toBe("the step 'route' has no endpoint where this item's data may go");
    expect([asked(), spent()]).toEqual([[], 0]);
  });

  it('asks the automation about this very body', async () => {
    const residency = vi.fn(() => ['own']);
    const options = { name: 'demo', budget: automation.budget, prompts: {}, residency };
    await stepRunner({
      ...{ item: { id: ID, generation: 1, priority: 'normal' }, body: { text: 'mine' }, feedback: [] },
      ...{ automation: options, endpoints: [endpoint('a')] },
      ...{ idempotencyTable: 'idempotency', controlTable: 'control' },
    }).model('route', request);
    expect(residency).toHaveBeenCalledWith({ text: 'mine' });
  });

  it('may cost so much a call, and never what the item has not left', async () => {
    const cheap = endpoint('a');
    const dear = endpoint('b', { tier: 'large' });
    for (const given of [{ policy: { tier: 'large' as const, mostUsd: 0.0001 } }, { perItemUsd: 0.0001 }]) {
      const error = await failure(ask({ ...given, endpoints: [cheap, dear] }));
      expect(error.message).toBe("the step 'route' could cost more than the item's budget");
      expect(error).toBeInstanceOf(ProcessingError);
    }
    expect(asked()).toEqual([]);
  });

  it('may cost so much with everything that is asked for it: fallbacks and further opinions', async () => {
    const dear = { prompt_tokens: 300, completion_tokens: 100 };
    const offer = endpoint('a').models[0] as ModelOffer;
    const messages = messagesOf({ ...request, step: 'route' });
    const worstUsd = worstCase(offer, inputBound(endpoint('a'), { step: 'route', messages, schema }));
    // Room for one more question at its worst after one answer (0.0007), and not after two.
    const mostUsd = worstUsd + 0.0008;
    answers('a', completion('{"label":"nope"}', {}, dear));
    await failure(ask({ policy: { mostUsd }, endpoints: [endpoint('a'), endpoint('b', { tier: 'large' })] }));
    expect(asked()).toEqual(['a/small', 'a/small']);

    answers('a', completion(GOOD, {}, dear));
    await ask({ id: 'item-b', policy: { mostUsd, confidence: 'agreement' } });
    expect(asked()).toEqual(['a/small', 'a/small', 'a/small', 'a/small']);
  });

  it('holds for steps that are started together', async () => {
    answers('a', completion(GOOD, {}, { prompt_tokens: 300, completion_tokens: 100 }));
    const offer = endpoint('a').models[0] as ModelOffer;
    const messages = messagesOf({ ...request, step: 'route' });
    const worstUsd = worstCase(offer, inputBound(endpoint('a'), { step: 'route', messages, schema }));
    const one = runner({ perItemUsd: worstUsd + 0.0008 });

    const came = await Promise.allSettled(
      ['route', 'reply', 'check'].map((step) => one.model(step, request)),
    );

    expect(came.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(one.lineage.map(({ step }) => step)).toEqual(['route', 'reply']);
  });

  it('begins none of them when the thinking is over, and waits for the one under way', async () => {
    answers('a', completion(null, { message: { content: null, refusal: 'no' } }), said('Billing'));
    const one = runner();
    const started = ['route', 'reply', 'check'].map((step) => one.model(step, request));
    await expect(Promise.all(started)).rejects.toThrow('refused');

    await one.close();
    await Promise.allSettled(started);

    // The second one was under way when it closed, or was never begun; the third was not.
    const calls = asked().length;
    expect(calls).toBeLessThanOrEqual(2);
    expect(one.lineage).toHaveLength(calls);
  });

  it('lets an item go nowhere of which it says nothing', async () => {
    const known: Record<string, readonly string[]> = { de: ['eu'] };
    const options = {
      ...{ name: 'demo', budget: automation.budget, prompts: SIX },
      residency: (body: unknown) => known[(body as { country: string }).country] as readonly string[],
    };
    const asking = stepRunner({
      ...{ item: { id: ID, generation: 1, priority: 'normal' }, body: { country: 'fr' }, feedback: [] },
      ...{ automation: options, endpoints: [endpoint('a')] },
      ...{ idempotencyTable: 'idempotency', controlTable: 'control' },
    }).model('route', request);

    await expect(asking).rejects.toThrow("has no endpoint where this item's data may go");
    expect(asked()).toEqual([]);
  });

  it('is too much of an item for every model: the item is wrong', async () => {
    const error = await failure(ask({}, { input: 'x'.repeat(40_000) }));
    expect(error).toBeInstanceOf(InputError);
    expect(asked()).toEqual([]);
  });

  it.each<[string, StepPolicy, () => ReturnType<typeof endpoint>[], RegExp]>([
    ['a tier that nobody serves', { tier: 'large' }, () => [endpoint('a')], /tier small is below large/],
    [
      'logprobs that nobody has',
      { confidence: 'logprobs' },
      () => [endpoint('a', {}, { capabilities: { logprobs: false } })],
      /it cannot do logprobs/,
    ],
    ['anybody at all', {}, () => [], /none is configured/],
  ])('is %s: the configuration is wrong, and the error says what', async (_, policy, endpoints, words) => {
    const error = await failure(ask({ policy, endpoints: endpoints() }));
    expect(error).toBeInstanceOf(SystemError);
    expect(error.message).toMatch(/^no endpoint serves the step 'route': /);
    expect(error.message).toMatch(words);
  });
});

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
    const before = spent();
    await ask({ id: 'one' }, { schema: long }).catch(() => {});
    const plain = (booked.at(-1) ?? 0) - before;

    test += 1;
    found({ small: { jsonSchema: false } });
    const paid = spent();
    await ask({ id: 'two' }, { schema: long }).catch(() => {});

    expect((booked.at(-1) ?? 0) - paid).toBeGreaterThan(plain);
  });
});

describe('an answer that is kept', () => {
  const cached = { policy: { cacheHours: 2 } };
  const other = (given: Given = {}, changed: Partial<typeof request> = {}) =>
    ask({ ...cached, ...given, id: `item-${Math.random()}` }, changed);

  it('is given to another item for nothing, and its lineage says so', async () => {
    await ask(cached);
    const second = runner({ ...cached, id: 'item-b' });

    await expect(second.model('route', request)).resolves.toEqual(JSON.parse(GOOD));

    expect(asked()).toEqual(['a/small']);
    expect(spent()).toBe(PAID_MICRO_USD);
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

describe('how sure a step is', () => {
  const calibrate = (bins: { above: number; share: number; count: number }[], step = 'route') =>
    world.tables.put('control', { id: calibrationKey('demo', step, 'route.v1', 'small'), madeAt: '', bins });
  const probable = (logprob: number) =>
    completion(GOOD, {
      logprobs: {
        content: [
          { token: '{"', logprob: -9 },
          { token: 'Billing', logprob },
        ],
      },
    });

  it('is null before anything was asked, measured or calibrated', async () => {
    const step = runner({ policy: { confidence: 'logprobs' } });
    expect(step.confidence('route')).toBeNull();
    answers('a', probable(-0.1));
    await step.model('route', request);
    expect(step.confidence('route')).toBeNull();
    expect(step.lineage.at(-1)?.rawConfidence).toBeCloseTo(Math.exp(-0.1));
  });

  it('is what was calibrated for this prompt and this model, also at the next delivery', async () => {
    calibrate([{ above: 0.5, share: 0.9, count: 98 }]);
    answers('a', probable(-0.1));
    for (const _ of [1, 2]) {
      const step = runner({ policy: { confidence: 'logprobs' } });
      await step.model('route', request);
      expect(step.confidence('route')).toBeCloseTo(0.8389, 4);
      expect(step.confidence('reply')).toBeNull();
    }
    expect(asked()).toHaveLength(1);
  });

  it('is null where the endpoint sends something else, and the answer is paid, used and kept', async () => {
    calibrate([{ above: 0, share: 0.9, count: 98 }]);
    answers('a', completion(GOOD, { logprobs: { content: [null] } }), fault(500));
    for (const _ of [1, 2]) {
      const step = runner({ policy: { confidence: 'logprobs' } });
      await expect(step.model('route', request)).resolves.toEqual(JSON.parse(GOOD));
      expect(step.confidence('route')).toBeNull();
      expect(step.lineage).toMatchObject([{ costUsd: PAID_MICRO_USD / 1e6 }]);
    }
    expect([asked().length, spent()]).toEqual([1, PAID_MICRO_USD]);
  });

  it('is null without a wish to measure it, whatever the endpoint sends', async () => {
    calibrate([{ above: 0, share: 0.9, count: 98 }]);
    answers('a', probable(-0.1));
    const step = runner();
    await step.model('route', request);
    expect(step.confidence('route')).toBeNull();
    expect(step.lineage[0]).not.toHaveProperty('rawConfidence');
  });

  it('goes with a kept answer', async () => {
    calibrate([{ above: 0, share: 0.9, count: 98 }]);
    answers('a', probable(-0.1));
    const policy = { cacheHours: 1, confidence: 'logprobs' as const };
    await ask({ policy });
    const second = runner({ policy, id: 'item-b' });
    await second.model('route', request);
    expect(second.confidence('route')).toBeCloseTo(0.8389, 4);
    expect(second.lineage).toMatchObject([{ cached: true, rawConfidence: Math.exp(-0.1) }]);
  });

  it('is null after a step that came to nothing', async () => {
    calibrate([{ above: 0, share: 0.9, count: 98 }]);
    answers('a', probable(-0.1), completion('no'));
    const step = runner({ policy: { confidence: 'logprobs' } });
    await step.model('route', request);
    await step.model('route', { ...request, input: 'another' }).catch(() => {});
    expect(step.confidence('route')).toBeNull();
  });

  it('by agreement takes two more askings of the same model, each with its own turn and money', async () => {
    calibrate([{ above: 0.6, share: 0.8, count: 98 }]);
    answers('a', said('Billing'), said('other'), said('Billing'));
    const step = runner({ policy: { confidence: 'agreement' }, endpoints: [endpoint('a'), endpoint('b')] });

    await expect(step.model('route', request)).resolves.toMatchObject({ label: 'Billing' });

    expect(asked()).toEqual(['a/small', 'a/small', 'a/small']);
    expect(step.lineage.map(({ rawConfidence }) => rawConfidence)).toEqual([2 / 3, undefined, undefined]);
    expect(step.confidence('route')).toBeCloseTo(0.7259, 4);
    expect(spent()).toBe(3 * PAID_MICRO_USD);
  });

  it('by agreement is not measured when another opinion cannot be had, and the answer stands', async () => {
    answers('a', said('Billing'), fault(500), said('Billing'));
    const step = runner({ policy: { confidence: 'agreement' } });

    await expect(step.model('route', request)).resolves.toMatchObject({ label: 'Billing' });

    expect(step.lineage.map(({ failure, rawConfidence }) => [failure, rawConfidence])).toEqual([
      [undefined, undefined],
      ['transient', undefined],
      [undefined, undefined],
    ]);

    answers('a', said('Billing'), fault(401));
    const alone = runner({ policy: { confidence: 'agreement' }, id: 'item-b' });
    await alone.model('route', request);
    expect(alone.lineage[0]).not.toHaveProperty('rawConfidence');
  });

  it('by agreement is asked for with a temperature: the same words three times would agree with themselves', async () => {
    const temperatures: unknown[] = [];
    answers('a', (response, { body }) => {
      temperatures.push((JSON.parse(body) as { temperature?: number }).temperature);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify((completion(GOOD) as { body: object }).body));
    });
    await ask({ policy: { confidence: 'agreement' } });
    expect(temperatures).toEqual([undefined, 0.7, 0.7]);
  });

  it('is told of the call whose answer was used, and of none before or after it', async () => {
    answers('a', completion('no'), said('Billing'), said('Billing'), said('Billing'));
    const step = runner({ policy: { confidence: 'agreement' } });
    await step.model('route', request);
    expect(step.lineage.map(({ rawConfidence }) => rawConfidence)).toEqual([
      undefined,
      1,
      undefined,
      undefined,
    ]);
  });

  it("by agreement asks no more often than the item's budget holds", async () => {
    let booked = 0;
    servers.onRequest = () => {
      booked ||= spent() / 1e6;
    };
    await ask({ id: 'item-b' });
    servers.asked.length = 0;

    await ask({ policy: { confidence: 'agreement' }, perItemUsd: booked + 1.5 * (PAID_MICRO_USD / 1e6) });

    expect(asked()).toHaveLength(2);
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
    const [calls, paid] = [asked().length, spent()];
    shut('control', at('a'));

    const second = runner({ policy });
    const again = await second.model('route', request).catch((error: Error) => error.message);

    expect(again).toEqual(came);
    expect([asked().length, spent()]).toEqual([calls, paid]);
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

  it('holds its claim as long as every model may take, and no longer than its worker can live', async () => {
    const claims: number[] = [];
    world.fault = (_, { Item }) => {
      const { state, leaseUntil } = (Item ?? {}) as { state?: string; leaseUntil?: number };
      if (state === 'claimed') claims.push(((leaseUntil ?? 0) - time.at) / 1000);
    };
    await ask({ endpoints: [endpoint('a'), endpoint('b')] });
    await ask({ id: 'item-b', policy: { confidence: 'agreement' } });
    const many = endpoint('a');
    const models = Array.from({ length: 5 }, (_, index) => ({ ...many.models[0], name: `small-${index}` }));
    await ask({ id: 'item-c', endpoints: [{ ...many, models } as never], prompts: { route: 'v1' } });
    await ask({ id: 'item-d', endpoints: [endpoint('a', {}, { timeoutSeconds: 600 })] });

    // A turn's wait of 10 s and two calls of 5 s for each model. No function runs longer than 900 s.
    expect(claims).toEqual([2 * 20 + 10, 3 * 20 + 10, 5 * 20 + 10, 900 + 10]);
  });
});
