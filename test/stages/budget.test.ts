import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { microUsd, reserve, settle } from '../../lambdas/process/evaluate/budget.ts';
import { budgetKey } from '../../lambdas/shared/budget-key.ts';
import { SystemError } from '../../lambdas/shared/errors.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/shared/clients.ts', () => import('../support/clients.ts'));

const spent = () => Number(world.tables.row('control', budgetKey('demo'))?.spentMicroUsd ?? 0);

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe("a day's budget", () => {
  it('lets exactly twenty of fifty calls at the same moment through when it holds twenty', async () => {
    const calls = Array.from({ length: 50 }, () => reserve('control', 'demo', 50, 1000));

    const results = await Promise.allSettled(calls);

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    for (const result of results.filter(({ status }) => status === 'rejected')) {
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(SystemError);
    }
    expect(spent()).toBe(1000);
  });

  it('holds a call that costs all of it, and not a millionth more', async () => {
    await expect(reserve('control', 'demo', 1001, 1000)).rejects.toBeInstanceOf(SystemError);
    await expect(reserve('control', 'demo', 1000, 1000)).resolves.toBeTruthy();
    await expect(reserve('control', 'demo', 1, 1000)).rejects.toBeInstanceOf(SystemError);
  });

  it('gets back what a call did not cost', async () => {
    const id = await reserve('control', 'demo', 900, 1000);
    await settle('control', id, 900, 120);

    expect(spent()).toBe(120);
    await expect(reserve('control', 'demo', 880, 1000)).resolves.toBe(id);
  });

  it('is settled where it was reserved, also when midnight passes between the two', async () => {
    time.at = Date.parse('2026-12-01T23:59:59Z');
    const id = await reserve('control', 'demo', 900, 1000);
    time.advance(2);
    await settle('control', id, 900, 100);

    expect(world.tables.row('control', budgetKey('demo', '2026-12-01'))?.spentMicroUsd).toBe(100);
    expect(world.tables.row('control', budgetKey('demo', '2026-12-02'))).toBeUndefined();
    await expect(reserve('control', 'demo', 1000, 1000)).resolves.toBe(budgetKey('demo', '2026-12-02'));
  });

  it('is one for each automation', async () => {
    await reserve('control', 'demo', 1000, 1000);

    await expect(reserve('control', 'other-demo', 1000, 1000)).resolves.toContain('other-demo');
  });

  it('lets nothing through when the table cannot be reached', async () => {
    world.fault = () => {
      throw named('TimeoutError');
    };

    await expect(reserve('control', 'demo', 1, 1000)).rejects.toThrow('TimeoutError');
  });

  it('writes nothing to settle a call that cost what was reserved', async () => {
    await settle('control', 'budget#x', 5, 5);

    expect(world.calls).toEqual([]);
  });

  it('never passes its cap and loses no millionth, in whatever order calls begin and end', async () => {
    const call = fc.record({
      amount: fc.integer({ min: 1, max: 400 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 30 }), async (calls) => {
        world.reset();
        let costs = 0;
        await Promise.all(
          calls.map(async ({ amount, share }) => {
            const id = await reserve('control', 'demo', amount, 1000).catch(() => undefined);
            if (id === undefined) return;
            expect(spent()).toBeLessThanOrEqual(1000);
            const cost = Math.floor(amount * share);
            costs += cost;
            await settle('control', id, amount, cost);
          }),
        );
        expect(spent()).toBe(costs);
      }),
      { numRuns: 60 },
    );
  });
});

describe('money', () => {
  it('is counted in whole millionths of a dollar, never fewer than were spent', () => {
    expect(microUsd(0)).toBe(0);
    expect(microUsd(0.000_000_1)).toBe(1);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1000, noNaN: true }),
        (usd) => microUsd(usd) >= usd * 1_000_000 && Number.isInteger(microUsd(usd)),
      ),
    );
  });
});
