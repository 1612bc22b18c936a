import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorFacts, ProcessingError } from '../../lambdas/kit/errors.ts';
import { exact, REASK_TOKENS } from '../../lambdas/models/prices.ts';
import type { FailureKind } from '../../lambdas/outbound/classify.ts';
import { BudgetSpent } from '../../lambdas/outbound/waiting-error.ts';
import { newTable, rowOf } from '../outbound/permit-world.ts';
import type { Answer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { budgetRow, chain, Endpoints, INPUT_TOKENS, PAID_MICRO_USD, shut, spent } from './fallback-world.ts';
import { completion, fault, refusal } from './wire/completions.ts';

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

describe('the budget of a day', () => {
  const worst = (usd: number) => ({ name: 'demo', budget: { perDayUsd: usd, perItemUsd: 1 } });
  const dear = () => endpoints.candidate('b', { outputUsdPerMillion: 40 });
  /** Holds one question to the cheap endpoint, none to the dear one. */
  const CHEAP = 0.002;

  it('that holds no call lets none through', async () => {
    const trying = chain({ controlTable, automation: worst(0.0005) }).run([endpoints.candidate('a')]);

    await expect(trying).rejects.toBeInstanceOf(BudgetSpent);
    expect([endpoints.asked, budgetRow(controlTable)?.spentMicroUsd]).toEqual([[], undefined]);
  });

  it.each<[string, () => void, string]>([
    ['is busy', () => shut(controlTable, 'a'), 'Waiting'],
    ['is full', () => (endpoints.answers.a = [FAILING.rate]), 'Waiting'],
    ['is down', () => (endpoints.answers.a = [FAILING.transient]), 'TransientError'],
    ['has no quota', () => (endpoints.answers.a = [FAILING.quota]), 'SystemError'],
    ['has another key', () => (endpoints.answers.a = [FAILING.key]), 'SystemError'],
    ['is too small for the text', () => (endpoints.answers.a = [FAILING.tooLong]), 'BudgetSpent'],
    ['gave nothing of use', () => (endpoints.answers.a = [FAILING.unusable]), 'ProcessingError'],
  ])('does not hold the dear one, and the cheap one %s: %#', async (_, given, expected) => {
    given();
    const stronger = { ...dear(), offer: { ...dear().offer, tier: 'large' as const, contextTokens: 9000 } };

    const error = await chain({ controlTable, automation: worst(CHEAP) })
      .run([endpoints.candidate('a'), stronger])
      .catch((reason: unknown) => reason);

    expect((error as Error).constructor.name).toBe(expected);
    expect(endpoints.asked.filter((one) => one.startsWith('b'))).toEqual([]);
  });

  it("of an item holds all that is asked for it together: a fallback that could pass it isn't asked", async () => {
    endpoints.answers.a = [FAILING.unusable];
    const [a, b] = [endpoints.candidate('a'), endpoints.candidate('b', { tier: 'large' })];
    const twice = 2 * PAID_MICRO_USD * 1e-6;

    await expect(
      chain({ controlTable, mostUsd: b.worstUsd + twice - 1e-6 }).run([a, b]),
    ).rejects.toMatchObject({ name: 'ProcessingError' });
    expect(endpoints.asked).toEqual(['a/small', 'a/small']);

    const enough = exact(b.worstUsd + twice);
    await expect(chain({ controlTable, mostUsd: enough }).run([a, b])).resolves.toMatchObject({
      candidate: { endpoint: { name: 'b' } },
    });
  });

  it('is booked for two questions at their longest, in dollars and tokens, before one is put', async () => {
    let booked: unknown;
    const a = endpoints.candidate('a');
    endpoints.onRequest = () => {
      booked = budgetRow(controlTable);
    };

    await run(a);

    expect(booked).toMatchObject({
      spentMicroUsd: a.worstUsd * 1e6,
      // The second question has the first answer in it, and the words that name the fault.
      spentTokens: INPUT_TOKENS + 100 + (INPUT_TOKENS + 100 + REASK_TOKENS) + 100,
    });
    expect(budgetRow(controlTable)).toMatchObject({ spentMicroUsd: PAID_MICRO_USD, spentTokens: 15 });
  });
});

describe('an answer that was paid for and is of no use', () => {
  const useless = completion('{"label":"nope"}');

  it.each(['transient', 'rate', 'quota', 'key', 'tooLong', 'request'] as const)(
    'is not paid for again where the second question fails: %s',
    async (kind) => {
      endpoints.answers.a = [useless, FAILING[kind]];

      const error = (await run(endpoints.candidate('a')).catch((reason: unknown) => reason)) as Error;

      expect(errorFacts(error)).toEqual({
        class: 'ProcessingError',
        message: "the model's answer to 'route' does not fit its schema, and could not be asked for again",
      });
      expect(spent(controlTable)).toBe(PAID_MICRO_USD);
    },
  );

  it('does not hide from the breaker what kept the second question from being asked', async () => {
    endpoints.answers.a = [useless, FAILING.quota];

    await run(endpoints.candidate('a')).catch(() => {});

    expect(rowOf(controlTable, 'a')).toMatchObject({
      breaker: 'open',
      reason: expect.stringContaining('quota'),
    });
  });

  it.each(['refused', 'filtered', 'cut'] as const)('is %s where the second one is', async (kind) => {
    endpoints.answers.a = [useless, FAILING[kind]];
    const large = endpoints.candidate('b', { tier: 'large' });

    await run(endpoints.candidate('a'), large).catch(() => {});

    expect(endpoints.asked).toHaveLength(kind === 'cut' ? 3 : 2);
  });

  it.each(['transient', 'key', 'request'] as const)(
    'is a person’s also where the stronger model fails: %s',
    async (kind) => {
      endpoints.answers.a = [useless];
      endpoints.answers.b = [FAILING[kind]];

      const trying = run(endpoints.candidate('a'), endpoints.candidate('b', { tier: 'large' }));

      await expect(trying).rejects.toBeInstanceOf(ProcessingError);
      const opinion = kind === 'key' ? ['b/small'] : [];
      expect(endpoints.asked).toEqual(['a/small', 'a/small', 'b/small', ...opinion]);
    },
  );
});
