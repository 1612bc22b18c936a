import { beforeEach, describe, expect, it, vi } from 'vitest';
import { clock } from '../../../../lambdas/kit/clock.ts';
import { type Booking, bookingIn, bookingOf } from '../../../../lambdas/tables/control/limits/bookings.ts';
import { giveBack, reserve } from '../../../../lambdas/tables/control/limits/limits.ts';
import { LIMITS, limited } from '../../../support/limits.ts';
import { Crash, named, time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/clock.ts', () => import('../../../support/clock.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const item = (name: string | number, generation = 1) => ({
  ...{ automation: 'demo', itemId: `demo_${name}`, generation },
});
const booking = (amount: string, order = 'W1', limits = LIMITS) =>
  bookingOf(limited(limits), { action: 'pay', parameters: { amount, order } }, {}, clock.now()) as Booking;
const take = (name: string | number, amount: string, order?: string, capped = true) =>
  reserve('control', item(name), booking(amount, order), capped);
/** What is counted, without the marks of items. */
const counts = () =>
  world.tables
    .all('control')
    .filter(({ id }) => !String(id).includes('#item#'))
    .map(({ id, expiresAt, version, ...left }) => left);
const sums = () => ({
  subject: Object.values(
    ((counts().find((row) => 'days' in row) ?? { days: {} }) as { days: Record<string, { EUR?: number }> })
      .days,
  ).reduce((sum, { EUR = 0 }) => sum + EUR, 0),
  day: (counts().find((row) => 'n' in row) as { EUR?: number } | undefined)?.EUR ?? 0,
});

describe('the same order', () => {
  it('is paid once at 99.99, however often it is asked for', async () => {
    expect(await take('a', '99.99')).toBeUndefined();
    expect(await take('b', '99.99')).toContain('at its limit for one subject: 99.99');
    expect(await take('c', '0.01')).toContain('at its limit');
    expect(await take('d', '99.99', 'W2')).toBeUndefined();
    expect(sums().day).toBe(19998);
  });

  it('is paid no more than its limit by forty items at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, name) => take(name, '24.00')));

    expect(answers.filter((answer) => answer === undefined)).toHaveLength(4);
    expect(sums()).toEqual({ subject: 9600, day: 9600 });
  });

  it('counts what people approved, which no limit holds back', async () => {
    await take('a', '99.99');
    expect(await take('b', '240.00', 'W1', false)).toBeUndefined();
    expect(sums()).toEqual({ subject: 33999, day: 33999 });
    expect(await take('c', '0.01')).toContain('limit');
  });

  it('may be paid again when its days are over', async () => {
    await take('a', '99.99');
    time.advance(89 * 86_400);
    expect(await take('b', '99.99')).toContain('limit');
    time.advance(86_400);
    expect(await take('c', '99.99')).toBeUndefined();
    // The row holds no more days than the limit has.
    expect(sums().subject).toBe(9999);
  });
});

describe('a day', () => {
  it('holds its limit over all orders, whoever comes at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, name) => take(name, '30.00', `W${name}`)),
    );

    expect(answers.filter((answer) => answer === undefined)).toHaveLength(16);
    expect(answers.find((answer) => answer)).toBe(
      "'pay' is at its limit in all: 100 in number and 500.00 in one currency in 1 day",
    );
    expect(sums().day).toBe(48_000);
  });

  it('does not hold what is more than all of it', async () => {
    const wide = { perDay: { amount: '10.00' } };
    expect(await reserve('control', item('a'), booking('10.01', 'W1', wide), true)).toContain('limit');
    expect(await reserve('control', item('a'), booking('10.00', 'W1', wide), true)).toBeUndefined();
  });
});

describe('an item', () => {
  it('is counted once, however often it is delivered', async () => {
    await Promise.all(Array.from({ length: 10 }, () => take('a', '60.00')));
    time.advance(86_400);
    expect(await take('a', '60.00')).toBeUndefined();

    expect(sums()).toEqual({ subject: 6000, day: 6000 });
  });

  it('counts as what it came to be, where it was thought about anew', async () => {
    await take('a', '60.00');
    await take('a', '70.00');
    expect(sums()).toEqual({ subject: 7000, day: 7000 });
    await take('a', '70.00', 'W2');
    expect(sums().day).toBe(7000);
  });

  it('gives back once, and then counts anew', async () => {
    await take('a', '60.00');
    await take('b', '30.00');
    await Promise.all(Array.from({ length: 10 }, () => giveBack('control', item('a'))));
    expect(sums()).toEqual({ subject: 3000, day: 3000 });

    await giveBack('control', item('nobody'));
    expect(await take('a', '60.00')).toBeUndefined();
    expect(sums()).toEqual({ subject: 9000, day: 9000 });
  });

  it('gives back on the day that it was counted on', async () => {
    await take('a', '60.00');
    time.advance(86_400);
    await take('b', '30.00');
    await giveBack('control', item('a'));

    expect(sums().subject).toBe(3000);
    expect(counts()).toContainEqual({ n: 0, EUR: 0 });
  });

  it('is counted in each generation that proposes something', async () => {
    await reserve('control', item('a', 1), booking('30.00'), true);
    await reserve('control', item('a', 2), booking('30.00'), true);
    expect(sums().subject).toBe(6000);
  });

  it('is counted in all limits or in none, wherever a worker dies', async () => {
    await take('a', '20.00');
    const calls = world.calls.length;
    for (const give of [false, true])
      for (let point = 1; point <= calls; point += 1)
        for (const after of [false, true]) {
          world.reset();
          if (give) await take('a', '20.00');
          world.crashAt(point, after);
          const died = give ? giveBack('control', item('a')) : take('a', '20.00');
          await died.catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
          world.revive();
          const { subject, day } = sums();
          expect(subject, `call ${point}`).toBe(day);
          if (give) await giveBack('control', item('a'));
          else await take('a', '20.00');
          expect(sums()).toEqual(give ? { subject: 0, day: 0 } : { subject: 2000, day: 2000 });
        }
  });
});

describe('a table that falters', () => {
  it('means that nothing acts', async () => {
    world.fault = () => {
      throw named('ThrottlingException');
    };
    await expect(take('a', '1.00')).rejects.toThrow('ThrottlingException');
  });

  it('is asked again after a conflict, and given up after many', async () => {
    world.tables.conflicts = 5;
    expect(await take('a', '1.00')).toBeUndefined();
    world.tables.conflicts = 1000;
    await expect(take('b', '1.00')).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('keeps counted what could not be given back, and disturbs nobody', async () => {
    await take('a', '60.00');
    world.tables.conflicts = 1000;
    await giveBack('control', item('a'));
    expect(sums().subject).toBe(6000);
  });
});

describe('a list of actions', () => {
  const pay = (amount: string, order = 'W1') => ({ action: 'pay', parameters: { amount, order } });
  const list = (...listed: ReturnType<typeof pay>[]) =>
    bookingIn(limited(LIMITS), listed, {}, clock.now()) as Booking;
  const takeAll = (name: string, booked: Booking, capped = true) =>
    reserve('control', item(name), booked, capped);

  it('counts each action, in one write to every row', async () => {
    expect(await takeAll('a', list(pay('40.00'), pay('30.00'), pay('20.00', 'W2')))).toBeUndefined();

    expect(sums().day).toBe(9000);
    expect(counts().find((row) => 'n' in row)).toMatchObject({ n: 3 });
  });

  it('fits as a whole or not at all', async () => {
    expect(await takeAll('a', list(pay('60.00'), pay('40.00')))).toContain('at its limit for one subject');

    expect(counts()).toEqual([]);
  });

  it('is taken off every row as a whole, however often', async () => {
    await takeAll('a', list(pay('40.00'), pay('30.00')));
    await giveBack('control', item('a'));
    await giveBack('control', item('a'));

    expect(sums()).toEqual({ subject: 0, day: 0 });
  });

  it('is counted once, however often it is asked, and as another one where one of its actions is', async () => {
    await takeAll('a', list(pay('40.00'), pay('30.00')));
    await takeAll('a', list(pay('40.00'), pay('30.00')));
    expect(sums().subject).toBe(7000);

    await takeAll('a', list(pay('40.00'), pay('10.00')));
    expect(sums().subject).toBe(5000);
  });

  it('holds its limit against twenty lists at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, name) => takeAll(String(name), list(pay('12.00'), pay('12.00')))),
    );

    expect(answers.filter((answer) => answer === undefined)).toHaveLength(4);
    expect(sums()).toEqual({ subject: 9600, day: 9600 });
  });
});
