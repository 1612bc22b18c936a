import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../lambdas/kit/digest.ts';
import { priceRow } from '../../lambdas/models/prices.ts';
import { AFTER, type FailureKind } from '../../lambdas/outbound/classify.ts';
import { Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { newTable, rowOf } from '../outbound/permit-world.ts';
import type { Answer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import { chain, Endpoints, LIMITED, PAID_MICRO_USD, shut, spent } from './fallback-world.ts';
import { completion, fault, GOOD, OFFER, refusal } from './wire/completions.ts';

const { measured, counted, onSleep } = vi.hoisted(() => ({
  measured: [] as unknown[][],
  counted: [] as string[],
  onSleep: { run: () => {} },
}));

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../lambdas/kit/clock.ts')>()),
  sleep: async () => onSleep.run(),
}));

vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: (metric: string) => counted.push(metric),
  logger: { info: () => {}, warn: () => {}, error: () => {} },
  modelCall: (...call: unknown[]) => measured.push(call),
}));

/** One answer of each kind. The unusable one stays so when it is asked again. */
const FAILING: Record<Exclude<FailureKind, 'clipped' | 'blocked' | 'unsure'>, Answer> = {
  transient: fault(500),
  rate: fault(429, 'rate_limit_exceeded'),
  quota: fault(429, 'insufficient_quota'),
  key: fault(401),
  region: fault(403, 'unsupported_country_region_territory'),
  tooLong: fault(400, 'context_length_exceeded'),
  request: fault(404, 'model_not_found'),
  refused: refusal,
  filtered: completion(null, { finish_reason: 'content_filter' }),
  cut: completion('{"label":', { finish_reason: 'length' }),
  unusable: completion('{"label":"Elsewhere"}'),
};

const KINDS = Object.keys(FAILING) as (keyof typeof FAILING)[];

let endpoints: Endpoints;

let controlTable: string;

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  measured.length = 0;
  counted.length = 0;
  onSleep.run = () => {};
  controlTable = newTable();
  endpoints = await Endpoints.start();
});

afterEach(() => endpoints.close());

const run = (...list: Parameters<ReturnType<typeof chain>['run']>[0]) => chain({ controlTable }).run(list);

describe('the lineage', () => {
  it('has an entry for every call, with the reason, the price and the prompt, and so has the metric', async () => {
    endpoints.answers.a = [
      completion('{"label":'),
      completion(GOOD, {}, { prompt_tokens: 30, completion_tokens: 2 }),
    ];
    const asking = chain({ controlTable });

    await asking.run([endpoints.candidate('a')]);

    const common = {
      ...{ at: '2026-12-01T09:00:00.000Z', step: 'route', model: 'small', endpoint: 'a', cached: false },
      ...{ promptVersion: 'route.v1', promptHash: sha256('Sort the message.').slice(0, 12) },
      ...{ route: 'because of a', price: priceRow(OFFER), cachedTokens: 0, milliseconds: 0 },
      answeredBy: 'small-2026',
    };
    expect(asking.lineage).toEqual([
      { ...common, costUsd: 0.00003, inputTokens: 10, outputTokens: 5, failure: 'unusable' },
      { ...common, costUsd: 0.000038, inputTokens: 30, outputTokens: 2 },
    ]);
    expect(measured).toEqual(asking.lineage.map((entry) => ['demo', entry]));
    expect(asking.spentUsd).toBe(0.000068);
    expect(spent(controlTable)).toBe(68);
  });

  it('says of each call why its answer was not used', async () => {
    endpoints.answers.a = [completion('no'), fault(500)];
    endpoints.answers.c = [FAILING.cut];
    const asking = chain({ controlTable });

    await asking
      .run([
        endpoints.candidate('a'),
        // As good as the one whose answer was of no use.
        endpoints.candidate('b'),
        endpoints.candidate('c', { tier: 'medium' }),
        endpoints.candidate('d', { tier: 'large' }),
      ])
      .catch(() => {});

    expect(asking.lineage.map(({ endpoint, failure }) => [endpoint, failure])).toEqual([
      ...[
        ['a', 'unusable'],
        ['a', 'transient'],
      ],
      ...[
        ['c', 'cut'],
        ['d', undefined],
      ],
    ]);
  });

  it('keeps what was paid before something else than a call broke', async () => {
    endpoints.answers.a = [completion('no')];
    const a = endpoints.candidate('a', {}, { secret: 'signalbox/rotated' });
    world.secrets['signalbox/rotated'] = '{"apiKey":"key-1"}';
    endpoints.onRequest = () => {
      time.advance(600);
      world.fault = (call) => {
        if (call.includes('GetSecretValue')) throw named('InternalServiceErrorException');
      };
    };
    const asking = chain({ controlTable });

    await expect(asking.run([a])).rejects.toThrow('InternalServiceErrorException');

    expect(asking.lineage).toMatchObject([{ costUsd: 0.00003, failure: 'unusable' }]);
    expect(spent(controlTable)).toBe(PAID_MICRO_USD);
  });

  it('is priced call by call: the long-context price is that of one request', async () => {
    endpoints.answers.a = [
      completion('no', {}, { prompt_tokens: 600, completion_tokens: 10 }),
      completion(GOOD, {}, { prompt_tokens: 700, completion_tokens: 10 }),
    ];
    const asking = chain({ controlTable });
    const long = { fromTokens: 1000, inputFactor: 2, outputFactor: 2 };

    await asking.run([endpoints.candidate('a', { longContext: long })]);

    expect(asking.spentUsd).toBe(0.00138);
    expect(spent(controlTable)).toBe(1380);
  });
});

describe('what the endpoint hears of it', () => {
  const row = () => rowOf(controlTable, 'a');

  it.each<[keyof typeof FAILING, object]>([
    ['transient', { calls: 1, failures: 1 }],
    ['quota', { breaker: 'open', reason: 'quota used up' }],
    ['key', { breaker: 'open', reason: 'key refused' }],
    ['region', { breaker: 'open', reason: 'region not served' }],
    ['rate', { pausedUntil: expect.any(Number) }],
  ])('after a failure of the kind %s', async (kind, expected) => {
    endpoints.answers.a = [FAILING[kind]];

    await run(endpoints.candidate('a')).catch(() => {});

    expect(row()).toMatchObject(expected);
    expect(row().openUntil !== undefined).toBe('breaker' in expected);
  });

  it.each(KINDS.filter((kind) => AFTER[kind].breaker === 'none'))(
    'is nothing bad after a failure of the kind %s: its probe closes the breaker',
    async (kind) => {
      endpoints.answers.a = [FAILING[kind]];
      shut(controlTable, 'a', -1);

      await run(endpoints.candidate('a')).catch(() => {});

      expect(row()).toMatchObject({ breaker: 'closed', failures: 0 });
    },
  );

  it('is that it is well after an answer', async () => {
    shut(controlTable, 'a', -1);

    await run(endpoints.candidate('a'));

    expect(row()).toMatchObject({ breaker: 'closed' });
  });

  it('is a failed probe after an outage, and then nobody calls it', async () => {
    shut(controlTable, 'a', -1);
    endpoints.answers.a = [fault(503)];

    await run(endpoints.candidate('a')).catch(() => {});
    const error = await run(endpoints.candidate('a')).catch((reason: unknown) => reason);

    expect(row()).toMatchObject({ breaker: 'open', reason: 'the probe failed' });
    expect(error).toBeInstanceOf(Waiting);
    expect(endpoints.asked).toEqual(['a/small']);
  });

  it('is the wait that it asked for', async () => {
    endpoints.answers.a = [fault(429, undefined, { headers: { 'retry-after': '30' } })];

    await run(endpoints.candidate('a')).catch(() => {});

    expect(row().pausedUntil).toBe(time.at + 30_000);
  });

  it('is what it says of its limits, also with an answer', async () => {
    const headers = {
      'x-ratelimit-limit-requests': '600',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '5s',
    };
    endpoints.answers.a = [completion(GOOD, {}, { prompt_tokens: 10, completion_tokens: 5 }, headers)];
    const before = row().lineAt ?? 0;

    await run(endpoints.candidate('a', {}, LIMITED));

    expect((row().lineAt ?? 0) - before).toBeGreaterThan(0);
  });
});
