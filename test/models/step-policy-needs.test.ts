import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StepPolicy } from '../../lambdas/contract/automation.ts';
import type { ModelOffer } from '../../lambdas/contract/endpoint.ts';
import { InputError, ProcessingError, SystemError } from '../../lambdas/kit/errors.ts';
import { messagesOf } from '../../lambdas/models/answer/answer.ts';
import { worstCase } from '../../lambdas/models/prices.ts';
import type { RunnerOptions } from '../../lambdas/models/runner.ts';
import { inputBound } from '../../lambdas/models/wire/chat.ts';
import { automation, ID } from '../support/fixtures.ts';
import type { Answer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { Endpoints } from './fallback-world.ts';
import { allClosed, opening, paidInAll } from './runners.ts';
import { completion, fault, GOOD, request, type Sorted, schema } from './wire/completions.ts';

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

  describe('an answer of so many tokens at most', () => {
    const policy = { maxOutputTokens: 40 };

    it('is asked for', async () => {
      await ask({ policy, endpoints: [endpoint('a', { maxOutputTokens: 1000 })] });
      expect([asked(), servers.limits]).toEqual([['a/small'], [40]]);
    });

    it('is asked for once more at full length where it breaks off, from the model that began it', async () => {
      answers('a', said('billing', { finish_reason: 'length' }), completion(GOOD));
      const endpoints = [
        endpoint('a', { name: 's', maxOutputTokens: 1000 }),
        endpoint('b', { name: 'l', tier: 'large', maxOutputTokens: 1000 }),
      ];
      const step = runner({ policy, endpoints });

      expect(await step.model('route', request)).toEqual(JSON.parse(GOOD));
      expect([asked(), servers.limits]).toEqual([
        ['a/s', 'a/s'],
        [40, 1000],
      ]);
      expect(step.lineage.map(({ failure: why = '', route }) => [why, route])).toEqual([
        ['cut', expect.not.stringContaining('full length')],
        ['', expect.stringMatching(/; at its full length$/)],
      ]);
    });

    it.each<[string, Answer, string[]]>([
      ['no use', completion('no JSON'), ['a/s', 'a/s', 'b/l']],
      ['a fault', fault(500), ['a/s', 'b/l']],
      ['a refusal of the request', fault(400), ['a/s', 'b/l']],
    ])('is not asked for at full length after %s', async (_, answer, expected) => {
      answers('a', answer);
      const endpoints = [endpoint('a', { name: 's' }), endpoint('b', { name: 'l', tier: 'large' })];
      await ask({ policy, endpoints });

      expect(asked()).toEqual(expected);
    });

    it('is the shorter of the bound and the model', async () => {
      await ask({ policy: { maxOutputTokens: 5000 }, endpoints: [endpoint('a', { maxOutputTokens: 1000 })] });
      expect(servers.limits).toEqual([1000]);
    });

    it('is asked for though the whole length would be too dear', async () => {
      const endpoints = [
        endpoint('a', { maxOutputTokens: 100_000, contextTokens: 200_000, outputUsdPerMillion: 100 }),
      ];
      expect(await ask({ policy, endpoints })).toEqual(JSON.parse(GOOD));
      expect((await failure(ask({ endpoints, id: 'other' }))).name).toBe('ProcessingError');
    });
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
    expect([asked(), await paidInAll()]).toEqual([[], 0]);
  });

  it('asks the automation about this very body', async () => {
    const residency = vi.fn(() => ['own']);
    const options = { name: 'demo', budget: automation.budget, prompts: {}, residency };
    await opening({
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

  it('begins no more of them when the thinking is over, and waits for those under way', async () => {
    answers('a', completion(null, { message: { content: null, refusal: 'no' } }), said('Billing'));
    const one = runner();
    const started = ['route', 'reply', 'check'].map((step) => one.model(step, request));
    await expect(Promise.all(started)).rejects.toThrow('refused');

    await one.close();

    expect(one.lineage).toHaveLength(3);
    await expect(one.model('find', request)).rejects.toThrow('the thinking of this item is over');
    expect(asked()).toHaveLength(3);
  });

  it('lets an item go nowhere of which it says nothing', async () => {
    const known: Record<string, readonly string[]> = { de: ['eu'] };
    const options = {
      ...{ name: 'demo', budget: automation.budget, prompts: SIX },
      residency: (body: unknown) => known[(body as { country: string }).country] as readonly string[],
    };
    const asking = opening({
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
