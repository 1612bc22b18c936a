import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { clock } from '../../../../lambdas/kit/clock.ts';
import { type Booking, bookingOf } from '../../../../lambdas/tables/control/limits/bookings.ts';
import { countedFor, giveBack, reserve } from '../../../../lambdas/tables/control/limits/limits.ts';
import { LIMITS, limited } from '../../../support/limits.ts';
import { Crash, named, time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/clock.ts', () => import('../../../support/clock.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));

/* Items that take their room at the same moment, in one worker. */

beforeEach(() => {
  world.reset();
  time.freeze();
});

interface Wish {
  name: number;
  order: number;
  euros: number;
}

const item = (name: number) => ({ automation: 'demo', itemId: `demo_${name}`, generation: 1 });
const booking = ({ order, euros }: Wish) =>
  bookingOf(
    limited(LIMITS),
    { action: 'pay', parameters: { amount: `${euros}.00`, order: `W${order}` } },
    {},
    clock.now(),
  ) as Booking;
const take = (wish: Wish) => reserve('control', item(wish.name), booking(wish), true);
const apart = (count: number, euros = 10): Wish[] =>
  Array.from({ length: count }, (_, name) => ({ name, order: name, euros }));
const transactions = () => world.calls.filter((call) => call === 'dynamodb TransactWriteCommand').length;
const dayRow = () => world.tables.all('control').find((row) => 'n' in row) as { n: number; EUR: number };
const held = () =>
  world.tables
    .all('control')
    .filter(({ state }) => state === 'held')
    .map(({ booking }) => booking as Booking);
const cents = (bookings: readonly Booking[]) => bookings.reduce((sum, one) => sum + one.cents, 0);

describe('items at the same moment', () => {
  it('take their room in one transaction, and each is counted', async () => {
    expect(await Promise.all(apart(10).map(take))).toEqual(Array(10).fill(undefined));
    expect(transactions()).toBe(1);
    expect(dayRow()).toMatchObject({ n: 10, EUR: 10_000 });
    for (const { name } of apart(10)) expect(await countedFor('control', item(name))).toBeDefined();
  });

  it('are not held back by one whose reading is old', async () => {
    const others = apart(5);
    const late = { name: 9, order: 0, euros: 5 };
    expect(await Promise.all([...others, late].map(take))).toEqual(Array(6).fill(undefined));
    expect(dayRow()).toMatchObject({ n: 6, EUR: 5500 });
  });

  it('get what is left of the day, one by one, where it does not hold all of them', async () => {
    const answers = await Promise.all(apart(8, 70).map(take));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(7);
    expect(answers.find((answer) => answer)).toContain('at its limit in all');
    expect(dayRow()).toMatchObject({ n: 7, EUR: 49_000 });
  });

  it('each give back their own', async () => {
    await Promise.all(apart(4).map(take));
    await giveBack('control', item(2));
    await giveBack('control', item(2));
    expect(dayRow()).toMatchObject({ n: 3, EUR: 3000 });
  });

  it('are all counted or none, wherever their worker dies, and once when they come again', async () => {
    await Promise.all(apart(4).map(take));
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1)
      for (const after of [false, true]) {
        world.reset();
        world.crashAt(point, after);
        for (const one of await Promise.allSettled(apart(4).map(take)))
          if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Crash);
        world.revive();
        expect(dayRow()?.n ?? 0).toBe(held().length);
        await Promise.all(apart(4).map(take));
        expect(dayRow()).toMatchObject({ n: 4, EUR: 4000 });
      }
  });

  it('come again where the table is too busy: none of them acts', async () => {
    world.fault = (call) => {
      if (call.includes('Transact')) throw named('ThrottlingException');
    };
    const answers = await Promise.allSettled(apart(3).map(take));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    world.fault = () => {};
    expect(held()).toEqual([]);
  });
});

it('holds every limit, and counts what it let through, in whatever order items come and go', async () => {
  const wish = fc.record({
    name: fc.nat(60),
    order: fc.nat(60),
    euros: fc.integer({ min: 40, max: 99 }),
    back: fc.nat(4).map((of) => of === 0),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(wish, { minLength: 6, maxLength: 14 }), { maxLength: 4 }),
      async (moments) => {
        world.reset();
        for (const moment of moments) {
          await Promise.all(
            moment.map((one) => (one.back ? giveBack('control', item(one.name)) : take(one))),
          );
          expect(dayRow()?.EUR ?? 0).toBe(cents(held()));
          expect(dayRow()?.n ?? 0).toBe(held().length);
          expect(dayRow()?.EUR ?? 0).toBeLessThanOrEqual(50_000);
          for (const [, of] of Map.groupBy(
            held(),
            ({ tallies }) => tallies.find((it) => it.of !== 'day')?.id,
          ))
            expect(cents(of)).toBeLessThanOrEqual(9999);
        }
      },
    ),
    { numRuns: 80 },
  );
});
