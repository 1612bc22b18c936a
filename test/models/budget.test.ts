import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { errorFacts } from '../../lambdas/kit/errors.ts';
import { type Reservation, release, reserve, settle } from '../../lambdas/models/budget.ts';
import { BudgetSpent } from '../../lambdas/outbound/waiting-error.ts';
import {
  type BudgetRow,
  hasRoom,
  microUsd,
  raiseBudget,
  readBudget,
} from '../../lambdas/tables/control/budgets.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { named, time, world } from '../support/world.ts';

const { warned, counted } = vi.hoisted(() => ({ warned: [] as string[], counted: [] as string[] }));

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { warn: (message: string) => warned.push(message) },
  count: (metric: string, automation: string) => counted.push(`${metric} ${automation}`),
}));

/** A thousandth of a dollar a day, so that amounts are small whole numbers. */
const DEMO = { name: 'demo', budget: { perDayUsd: 0.001, perItemUsd: 1 } };

const TOKENS = { name: 'demo', budget: { perDayUsd: 100, perItemUsd: 1, perDayTokens: 1000 } };

const row = (day?: string) => world.tables.row<BudgetRow>('control', budgetKey('demo', day));

const spent = () => row()?.spentMicroUsd ?? 0;

const take = (micro: number, tokens = 0, automation = DEMO) =>
  reserve('control', automation, { usd: micro / 1_000_000, tokens });

const giveBack = (reservation: Reservation, micro: number, tokens = 0) =>
  settle(reservation, micro / 1_000_000, tokens);

const raise = (micro: number, tokens = 0) =>
  raiseBudget('control', 'demo', { microUsd: micro, tokens, by: 'olga' });

beforeEach(() => {
  world.reset();
  time.freeze();
  warned.length = 0;
  counted.length = 0;
});

describe("a day's budget", () => {
  it('lets exactly twenty of fifty calls at the same moment through when it holds twenty', async () => {
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => take(50)));

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    for (const result of results.filter(({ status }) => status === 'rejected')) {
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(BudgetSpent);
    }
    expect(spent()).toBe(1000);
  });

  it('is not passed by fifty items of which each falls back to a dearer endpoint', async () => {
    const item = async () => {
      const cheap = await take(30, 300);
      await release(cheap);
      const dear = await take(110, 300);
      expect(spent()).toBeLessThanOrEqual(1000);
      return dear;
    };

    const results = await Promise.allSettled(Array.from({ length: 50 }, item));

    const through = results.filter(({ status }) => status === 'fulfilled');
    expect(through.length).toBeGreaterThan(0);
    expect(through.length).toBeLessThanOrEqual(9);
    expect(spent()).toBe(through.length * 110);
    expect(row()?.spentTokens).toBe(through.length * 300);
  });

  it('holds a call that costs all of it, and not a millionth more', async () => {
    await expect(take(1001)).rejects.toThrow(
      "one call of 'demo' can cost more than its budget of a whole day",
    );
    await expect(take(1000)).resolves.toBeTruthy();
    await expect(take(1)).rejects.toThrow("the budget of 'demo' for today does not hold this call");
  });

  it('counts tokens beside money where the automation limits them', async () => {
    const first = await take(1, 900, TOKENS);
    await expect(take(1, 101, TOKENS)).rejects.toMatchObject({ needs: { microUsd: 1, tokens: 101 } });
    await giveBack(first, 1, 400);

    await take(1, 600, TOKENS);
    expect(row()).toMatchObject({ spentMicroUsd: 2, spentTokens: 1000 });
    await expect(take(0, 1, TOKENS)).rejects.toBeInstanceOf(BudgetSpent);
    await expect(take(1, 1001, TOKENS)).rejects.toThrow(/whole day/);
  });

  it('counts tokens, and limits none, where the automation says nothing of them', async () => {
    await take(1, 1e9);

    expect(row()?.spentTokens).toBe(1e9);
  });

  it('is a wait and no fault: whoever does not know of it tries again', async () => {
    const refusal = await take(1001).catch((error: unknown) => error);

    expect(errorFacts(refusal).class).toBe('TransientError');
  });

  it('costs one write a call, and a second to settle', async () => {
    await giveBack(await take(100), 30);

    expect(world.calls).toEqual(['dynamodb UpdateCommand', 'dynamodb UpdateCommand']);
  });

  it('is one for each automation', async () => {
    await take(1000);

    await expect(take(1000, 0, { ...DEMO, name: 'other-demo' })).resolves.toMatchObject({
      id: budgetKey('other-demo'),
    });
  });

  it('lets nothing through when the table cannot be reached', async () => {
    world.fault = () => {
      throw named('TimeoutError');
    };

    await expect(take(1)).rejects.toThrow('TimeoutError');
  });

  it('takes the row of an earlier version, which counted no tokens, as it is', async () => {
    world.tables.put('control', { id: budgetKey('demo'), spentMicroUsd: 990, expiresAt: 1 });

    await expect(
      take(11, 5, { ...TOKENS, budget: { ...TOKENS.budget, perDayUsd: 0.001 } }),
    ).rejects.toThrow();
    await take(10, 5);
    expect(row()).toMatchObject({ spentMicroUsd: 1000, spentTokens: 5 });
  });

  it('never passes its allowance and loses no millionth, in whatever order calls begin, end and it is raised', async () => {
    const call = fc.record({
      amount: fc.integer({ min: 0, max: 400 }),
      tokens: fc.integer({ min: 0, max: 400 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      raises: fc.boolean(),
    });
    const both = { ...DEMO, budget: { ...DEMO.budget, perDayTokens: 1500 } };
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 30 }), async (calls) => {
        world.reset();
        const costs = { micro: 0, tokens: 0, extra: 0 };
        await Promise.all(
          calls.map(async ({ amount, tokens, share, raises }) => {
            if (raises) await raise(50, 20);
            if (raises) costs.extra += 50;
            const reservation = await take(amount, tokens, both).catch(() => undefined);
            const { spentMicroUsd = 0, spentTokens = 0, extraMicroUsd = 0, extraTokens = 0 } = row() ?? {};
            expect(spentMicroUsd).toBeLessThanOrEqual(1000 + extraMicroUsd);
            expect(spentTokens).toBeLessThanOrEqual(1500 + extraTokens);
            if (!reservation) return;
            const used = [Math.floor(amount * share), Math.floor(tokens * share)] as const;
            costs.micro += used[0];
            costs.tokens += used[1];
            await giveBack(reservation, ...used);
          }),
        );
        const { spentMicroUsd = 0, spentTokens = 0, extraMicroUsd = 0 } = row() ?? {};
        expect([spentMicroUsd, spentTokens, extraMicroUsd]).toEqual([costs.micro, costs.tokens, costs.extra]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a look', () => {
  it('agrees with what the day would let through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1200), fc.nat(1200), fc.nat(200), async (before, amount, extra) => {
        world.reset();
        if (extra) await raise(extra);
        await take(before).catch(() => {});
        const room = hasRoom(DEMO.budget, await readBudget('control', 'demo'), {
          microUsd: amount,
          tokens: 0,
        });
        const taken = await take(amount).then(
          () => true,
          () => false,
        );
        expect(room).toBe(taken);
      }),
    );
  });
});

describe('money', () => {
  it('is counted in whole millionths of a dollar, never fewer than were spent', () => {
    expect(microUsd(0)).toBe(0);
    expect(microUsd(0.000_000_1)).toBe(1);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), (usd) => {
        const micro = microUsd(usd);
        expect(Number.isInteger(micro)).toBe(true);
        expect(micro).toBeGreaterThan(usd * 1_000_000 - 0.000_001);
        expect(micro).toBeLessThan(usd * 1_000_000 + 1);
      }),
    );
  });

  it('is exact where it was whole millionths', () => {
    fc.assert(fc.property(fc.nat(2 ** 31 - 1), (micro) => microUsd(micro / 1_000_000) === micro));
  });

  it('of an allowance is not a millionth more than was written down', async () => {
    await expect(take(70_001, 0, { ...DEMO, budget: { perDayUsd: 0.07, perItemUsd: 1 } })).rejects.toThrow();
  });
});
