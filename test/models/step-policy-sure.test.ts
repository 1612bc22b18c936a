import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StepPolicy } from '../../lambdas/contract/automation.ts';
import type { RunnerOptions } from '../../lambdas/models/runner.ts';
import { calibrationKey } from '../../lambdas/tables/keys.ts';
import { automation, ID } from '../support/fixtures.ts';
import type { Answer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { Endpoints, PAID_MICRO_USD, spent } from './fallback-world.ts';
import { allClosed, opening, paidInAll } from './runners.ts';
import { completion, fault, GOOD, request, type Sorted } from './wire/completions.ts';

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
    expect([asked().length, await paidInAll()]).toEqual([1, PAID_MICRO_USD]);
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
    expect(await paidInAll()).toBe(3 * PAID_MICRO_USD);
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
