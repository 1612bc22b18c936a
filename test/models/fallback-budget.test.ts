import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LineageEntry } from '../../lambdas/contract/item/row.ts';
import { errorFacts, TransientError } from '../../lambdas/kit/errors.ts';
import { BudgetSpent, Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { microUsd, raiseBudget } from '../../lambdas/tables/control/budgets.ts';
import { newTable } from '../outbound/permit-world.ts';
import type { Answer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import { chain, Endpoints, PAID_MICRO_USD, shut, spent } from './fallback-world.ts';
import { completion, fault, GOOD, half, refusal } from './wire/completions.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let endpoints: Endpoints;

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  endpoints = await Endpoints.start();
});
afterEach(() => endpoints.close());

const micro = (lineage: readonly LineageEntry[]) =>
  Math.round(lineage.reduce((sum, { costUsd }) => sum + costUsd, 0) * 1e6);

/**
 * Fifty items at once, against a day for so many dollars: who got through, who waits, and the most that was
 * ever booked.
 */
async function fifty(table: string, perDayUsd: number, list: Parameters<ReturnType<typeof chain>['run']>[0]) {
  let most = 0;
  endpoints.onRequest = () => {
    most = Math.max(most, spent(table));
  };
  const automation = { name: 'demo', budget: { perDayUsd, perItemUsd: 1 } };
  const workers = Array.from({ length: 50 }, () => chain({ controlTable: table, automation }));
  const settled = await Promise.allSettled(workers.map((worker) => worker.run(list)));
  const failures = settled.flatMap((it) => (it.status === 'rejected' ? [it.reason as Error] : []));
  const paid = workers.reduce((sum, { lineage }) => sum + micro(lineage), 0);
  return { done: settled.length - failures.length, failures, paid, most: Math.max(most, spent(table)) };
}

describe('fifty items at once against a day for twenty', () => {
  it('spend no more than the day, none is lost, and a raise lets the others go on', async () => {
    const table = newTable();
    const a = endpoints.candidate('a');
    const cap = 20 * a.worstUsd;

    const first = await fifty(table, cap, [a]);

    expect(first.most).toBeLessThanOrEqual(microUsd(cap));
    expect(first.done).toBeGreaterThanOrEqual(20);
    expect(first.failures.every((error) => error instanceof BudgetSpent)).toBe(true);
    expect(spent(table)).toBe(first.paid);

    await raiseBudget(table, 'demo', { microUsd: microUsd(50 * a.worstUsd), tokens: 0, by: 'olga' });
    const second = await fifty(table, cap, [a]);
    expect([second.done, second.failures]).toEqual([50, []]);
    expect(spent(table)).toBe(first.paid + 50 * PAID_MICRO_USD);
  });

  it.each<[string, () => void]>([
    ['is down', () => (endpoints.answers.a = [fault(500)])],
    ['is full', () => (endpoints.answers.a = [fault(429)])],
    ['breaks off, which is billed at worst', () => (endpoints.answers.a = [half])],
    ['has no quota', () => (endpoints.answers.a = [fault(429, 'insufficient_quota')])],
    ['is shut', () => shut('control', 'a')],
  ])('and a fallback that costs ten times as much, where the first one %s', async (_, given) => {
    given();
    const a = endpoints.candidate('a');
    const dear = { inputUsdPerMillion: 10, cachedUsdPerMillion: 1, outputUsdPerMillion: 40 };
    const b = endpoints.candidate('b', dear);
    const cap = 20 * b.worstUsd;

    const { most, failures, done, paid } = await fifty('control', cap, [a, b]);

    expect(most).toBeLessThanOrEqual(microUsd(cap));
    expect(done).toBeGreaterThanOrEqual(20);
    // All of them come again by themselves, or when there is money again.
    for (const error of failures) expect(error).toBeInstanceOf(TransientError);
    expect(failures.some((error) => errorFacts(error).class !== 'TransientError')).toBe(false);
    expect(spent()).toBe(paid);
    if (_ === 'is shut') expect(failures.every((error) => error instanceof Waiting)).toBe(true);
  });
});

describe('whatever happens', () => {
  const ANSWERS: Record<string, Answer[]> = {
    good: [completion(GOOD)],
    mended: [completion('no'), completion(GOOD)],
    unusable: [completion('no')],
    down: [fault(503)],
    downAgain: [completion('no'), fault(503)],
    full: [fault(429)],
    quota: [fault(402)],
    key: [fault(401)],
    long: [fault(413)],
    refused: [refusal],
    cut: [completion('{"la', { finish_reason: 'length' })],
    half: [half],
    uncounted: [completion(GOOD, {}, null)],
  };
  const kind = fc.constantFrom(...Object.keys(ANSWERS));
  const tier = fc.constantFrom('small' as const, 'medium' as const, 'large' as const);
  const one = fc.record({
    kind,
    tier,
    shut: fc.boolean(),
    secret: fc.constantFrom('endpoint', 'none', 'broken'),
  });

  it('what stays booked is what the lineage says was paid, to the millionth', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 4 }), async (given) => {
        const controlTable = newTable();
        world.fault = (call, { SecretId }) => {
          if (call.includes('GetSecretValue') && SecretId === 'signalbox/broken')
            throw named('InternalServerError');
        };
        const list = given.map(({ kind: answers, tier: own, secret, shut: open }, index) => {
          const name = `e${index}`;
          endpoints.answers[name] = [...(ANSWERS[answers] ?? [])];
          if (open && index % 2 === 0) shut(controlTable, name);
          return endpoints.candidate(name, { tier: own }, { secret: `signalbox/${secret}` });
        });
        const asking = chain({ controlTable });

        await asking.run(list).catch(() => {});

        expect(spent(controlTable)).toBe(micro(asking.lineage));
        expect(new Set(asking.lineage.map(({ endpoint }) => endpoint)).size).toBeLessThanOrEqual(list.length);
      }),
      { numRuns: 60 },
    );
  });

  it('an answer that was paid for is given, also when nothing can be written down about it', async () => {
    const controlTable = newTable();
    endpoints.onRequest = () => {
      world.fault = (call) => {
        if (call.includes('UpdateCommand')) throw named('TimeoutError');
      };
    };

    const found = await chain({ controlTable }).run([endpoints.candidate('a')]);

    expect(found.answer.value.label).toBe('Billing');
    // Too much stays booked, never too little.
    expect(spent(controlTable)).toBeGreaterThan(PAID_MICRO_USD);
  });
});
