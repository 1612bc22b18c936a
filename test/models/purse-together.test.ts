import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BudgetSpent } from '../../lambdas/outbound/waiting-error.ts';
import { raiseBudget } from '../../lambdas/tables/control/budgets.ts';
import { instances } from '../outbound/permit-world.ts';
import { time, world } from '../support/world.ts';
import { DEMO, Instance, pays, row, turns } from './purse-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({ logger: { warn: () => {} }, count: () => {} }));

beforeEach(() => time.freeze());

describe('whatever happens at the same time in two instances', () => {
  const call = fc.record({
    at: fc.nat(1),
    amount: fc.nat(400),
    tokens: fc.nat(400),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    rounds: fc.nat(6),
    raises: fc.constantFrom(false, false, false, true),
  });
  type Called = typeof call extends fc.Arbitrary<infer One> ? One : never;
  const both = { ...DEMO, budget: { ...DEMO.budget, perDayTokens: 1500 } };

  /** @param mortal the instance that dies: it never settles, and closes nothing */
  async function run(calls: readonly Called[], mortal?: number) {
    const pair = instances(2).map((table) => new Instance(table));
    const paid = { micro: 0, tokens: 0 };
    const check = () => {
      const { spentMicroUsd = 0, spentTokens = 0, extraMicroUsd = 0, extraTokens = 0 } = row() ?? {};
      expect(spentMicroUsd).toBeLessThanOrEqual(1000 + extraMicroUsd);
      expect(spentTokens).toBeLessThanOrEqual(1500 + extraTokens);
      expect(spentMicroUsd).toBeGreaterThanOrEqual(paid.micro);
      expect(spentTokens).toBeGreaterThanOrEqual(paid.tokens);
    };
    const one = async ({ at, amount, tokens, share, rounds, raises }: Called) => {
      const instance = pair[at] as Instance;
      await turns(rounds);
      instance.open();
      if (raises) await raiseBudget('control', 'demo', { microUsd: 50, tokens: 20, by: 'olga' });
      const reservation = await instance.take(amount, tokens, both).catch((error: unknown) => {
        expect(error).toBeInstanceOf(BudgetSpent);
      });
      check();
      if (reservation) {
        await turns(rounds);
        const used = [Math.floor(amount * share), Math.floor(tokens * share)] as const;
        paid.micro += used[0];
        paid.tokens += used[1];
        check();
        if (at !== mortal) await pays(reservation, ...used);
      }
      check();
      if (at !== mortal) await instance.close(1);
      check();
    };
    // Who waits in an instance that is dead waits for ever.
    await Promise.all(calls.flatMap((call) => (call.at === mortal ? [void one(call)] : [one(call)])));
    await turns(30);
    check();
    return paid;
  }

  it('never is more booked than the day allows, and in the end exactly what was paid', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 25 }), async (calls) => {
        world.reset();
        const paid = await run(calls);
        expect(row() ?? { spentMicroUsd: 0, spentTokens: 0 }).toMatchObject({
          spentMicroUsd: paid.micro,
          spentTokens: paid.tokens,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('never is less booked than was paid where one of them dies, nor more than the day allows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 25 }), async (calls) => {
        world.reset();
        await run(calls, 1);
      }),
      { numRuns: 60 },
    );
  });
});
