import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Reservation, release, reserve, settle } from '../../lambdas/models/budget.ts';
import { BudgetSpent } from '../../lambdas/outbound/waiting-error.ts';
import {
  type BudgetRow,
  isSuspended,
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

describe('a reservation', () => {
  it('gives back what the call did not cost', async () => {
    await giveBack(await take(900, 50), 120, 20);

    expect(row()).toMatchObject({ spentMicroUsd: 120, spentTokens: 20 });
    await take(880);
  });

  it('adds what the call cost beyond it: the truth may pass the allowance, the next call may not', async () => {
    await giveBack(await take(900), 1200);

    expect(spent()).toBe(1200);
    await expect(take(1)).rejects.toBeInstanceOf(BudgetSpent);
  });

  it('is released whole', async () => {
    await release(await take(900, 50));

    expect(row()).toMatchObject({ spentMicroUsd: 0, spentTokens: 0 });
  });

  it('is settled where it was made, also when midnight passes between the two', async () => {
    time.at = Date.parse('2026-12-01T23:59:59Z');
    const reservation = await take(900);
    time.advance(2);
    await giveBack(reservation, 100);

    expect(row('2026-12-01')?.spentMicroUsd).toBe(100);
    expect(row('2026-12-02')).toBeUndefined();
    await expect(take(1000)).resolves.toMatchObject({ id: budgetKey('demo', '2026-12-02') });
  });

  it('costs no write where the call cost what was booked', async () => {
    const reservation = await take(5, 7);
    world.calls = [];
    await giveBack(reservation, 5, 7);

    expect(world.calls).toEqual([]);
  });

  it('stays booked when it cannot be settled, and that is said and thrown at nobody', async () => {
    const reservation = await take(900);
    world.fault = () => {
      throw named('AccessDeniedException');
    };

    await giveBack(reservation, 1);

    expect(spent()).toBe(900);
    expect(warned).toContain('not settled');
  });

  it('makes no row with less than nothing where somebody removed it', async () => {
    const reservation = await take(100);
    world.tables.rows('control').clear();

    await release(reservation);

    expect(row()).toBeUndefined();
  });
});

describe('the warning', () => {
  it('comes with the call that takes the day to four fifths, once, however many are under way', async () => {
    const results = await Promise.all(Array.from({ length: 19 }, () => take(50)));

    expect(results.filter(({ warning }) => warning)).toHaveLength(1);
    expect(counted).toEqual(['budgetWarnings demo']);
    expect(warned).toEqual(['most of the budget is spent']);
    expect(row()?.warnedAt).toBe('2026-12-01T09:00:00.000Z');
  });

  it('does not come a millionth earlier', async () => {
    expect((await take(799)).warning).toBe(false);
    expect(row()?.warnedAt).toBeUndefined();
    expect((await take(1)).warning).toBe(true);
  });

  it('comes for tokens as for money', async () => {
    expect((await take(1, 799, TOKENS)).warning).toBe(false);
    expect((await take(1, 1, TOKENS)).warning).toBe(true);
  });

  it('comes again for a day that was raised, at four fifths of what it may come to now', async () => {
    await take(1000);
    await raise(1000);

    expect((await take(599)).warning).toBe(false);
    expect((await take(1)).warning).toBe(true);
    expect(counted).toHaveLength(2);
  });

  it('is not worth a call: where it cannot be noted, the booking stands', async () => {
    world.fault = (_call, { UpdateExpression }) => {
      if (String(UpdateExpression).includes('warnedAt')) throw named('ThrottlingException');
    };

    expect(await take(900)).toMatchObject({ warning: false, microUsd: 900 });
    expect(counted).toEqual([]);
    world.fault = undefined;
    expect((await take(1)).warning).toBe(true);
  });
});

describe('a refusal', () => {
  it('is noted once with the smallest call that was refused', async () => {
    await take(900);
    for (const micro of [300, 200, 250]) await expect(take(micro, 9)).rejects.toBeInstanceOf(BudgetSpent);

    expect(row()).toMatchObject({
      spentMicroUsd: 900,
      refusedMicroUsd: 200,
      refusedTokens: 9,
      suspendedAt: '2026-12-01T09:00:00.000Z',
    });
    expect(warned.filter((message) => message === 'the budget is spent')).toHaveLength(1);
  });

  it('costs one write where a smaller one was refused before', async () => {
    await take(1000);
    await take(5).catch(() => {});
    world.calls = [];
    await take(6).catch(() => {});

    expect(world.calls).toEqual(['dynamodb UpdateCommand']);
  });

  it('stays one where it cannot be noted', async () => {
    await take(1000);
    world.fault = (_call, { UpdateExpression }) => {
      if (String(UpdateExpression).includes('refused')) throw named('ThrottlingException');
    };

    await expect(take(1)).rejects.toBeInstanceOf(BudgetSpent);
  });

  it('suspends as long as the day would refuse it', async () => {
    const first = await take(900);
    await take(200).catch(() => {});
    expect(isSuspended(DEMO.budget, await readBudget('control', 'demo'))).toBe(true);

    await giveBack(first, 800);
    expect(isSuspended(DEMO.budget, await readBudget('control', 'demo'))).toBe(false);
    expect(isSuspended(DEMO.budget, undefined)).toBe(false);
  });
});

describe('a raise', () => {
  it('lets as much more through, for today and no longer', async () => {
    await take(1000);
    await take(100).catch(() => {});
    await raise(150);

    const results = await Promise.allSettled(Array.from({ length: 5 }, () => take(50)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(spent()).toBe(1150);

    time.advance(86_400);
    await take(1000);
    await expect(take(1)).rejects.toBeInstanceOf(BudgetSpent);
  });

  it('lets a call through that a whole day does not hold', async () => {
    await raise(500);
    await take(1400);
  });

  it('adds tokens where those are limited, each for itself', async () => {
    await take(1, 1000, TOKENS);
    await raise(1e6);
    await expect(take(1, 10, TOKENS)).rejects.toBeInstanceOf(BudgetSpent);
    await raise(0, 10);
    await take(1, 10, TOKENS);
  });

  it('adds to earlier ones, with the name of who did it, and takes back what the day had said', async () => {
    await take(900);
    await take(200).catch(() => {});
    await raise(100);
    time.advance(60);
    const after = await raise(50, 7);

    expect(after).toEqual({
      id: budgetKey('demo'),
      ...{ spentMicroUsd: 900, spentTokens: 0, extraMicroUsd: 150, extraTokens: 7 },
      raises: [
        { at: '2026-12-01T09:00:00.000Z', by: 'olga', microUsd: 100, tokens: 0 },
        { at: '2026-12-01T09:01:00.000Z', by: 'olga', microUsd: 50, tokens: 7 },
      ],
      expiresAt: expect.any(Number),
    });
  });
});
