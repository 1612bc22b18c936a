import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Limits } from '../../../../lambdas/contract/automation.ts';
import {
  type Booking,
  beyond,
  bookingOf,
  changed,
  type Days,
} from '../../../../lambdas/tables/control/limits/bookings.ts';
import type { Demo } from '../../../support/fixtures.ts';
import { limited } from '../../../support/limits.ts';

const NOW = Date.parse('2026-12-01T10:00:00Z');
const LIMITS: Limits<Demo> = {
  perSubject: { key: ({ order }) => order as string | undefined, amount: '99.99', count: 5, days: 3 },
  perDay: { amount: '500.00' },
  perRecipient: { count: 2 },
};
const booked = (parameters: object, limits = LIMITS, now = NOW) =>
  bookingOf(
    limited(limits),
    { action: 'pay', parameters: parameters as Record<string, unknown> },
    {},
    now,
  ) as Booking;
const pay = (amount: string, more: object = {}) =>
  booked({ amount, order: 'W1', to: 'ann@example.com', ...more });
const subject = ({ tallies }: Booking) => tallies[0] as (typeof tallies)[number];

describe('what an action counts as', () => {
  it('is whole cents in one currency, under keys that tell no order and no address', () => {
    const booking = pay('24.9');

    expect(booking).toMatchObject({ action: 'pay', day: '2026-12-01', cents: 2490, currency: 'EUR' });
    expect(booking.tallies.map(({ of, days }) => [of, days])).toEqual([
      ['subject', 3],
      ['recipient', 1],
      ['day', 1],
    ]);
    for (const { id } of booking.tallies) {
      expect(id).toMatch(/^demo_limit#pay#(?:(?:subject|recipient)#[0-9a-f]{32}|day#2026-12-01)$/);
      expect(id).not.toMatch(/W1|ann/);
    }
  });

  it('is nothing for an action without limits, or one that is not declared', () => {
    for (const action of ['tell', 'constructor'])
      expect(bookingOf(limited(LIMITS), { action, parameters: {} }, {}, NOW)).toBeUndefined();
  });

  it.each(['Ann@Example.com', ' ann@example.com ', 'ann+bot7@example.com', 'a.n.n@example.com'])(
    'is one recipient: %j',
    (to) => {
      expect(pay('1.00', { to }).tallies[1]?.id).toBe(pay('1.00').tallies[1]?.id);
    },
  );

  it.each([
    'w1001',
    '#W1001',
    'W-1001',
    ' W 1001',
    '_w1001-',
    'W01001',
    'w_0-1001',
    '\uff371001',
    'W\u200b1001',
  ])('is one subject: %j', (order) => {
    expect(subject(pay('1.00', { order })).id).toBe(subject(pay('1.00', { order: 'W1001' })).id);
  });

  it.each(['W1002', 'W11001', 'V1001', 'W10010', '1001', 'W1001B'])('is another subject: %s', (order) => {
    expect(subject(pay('1.00', { order })).id).not.toBe(subject(pay('1.00', { order: 'W1001' })).id);
  });

  it.each(['-', ' # ', '\u200b'])('names no subject by marks alone: %j', (order) => {
    expect(pay('1.00', { order })).toMatchObject({
      uncounted: expect.stringContaining('names no subject'),
      tallies: [{ of: 'recipient' }, { of: 'day' }],
    });
  });

  it('is one recipient by both names of one mail service', () => {
    const [one, other] = ['a.nn@googlemail.com', 'ann@gmail.com'].map(
      (to) => pay('1.00', { to }).tallies[1]?.id,
    );
    expect(one).toBe(other);
  });

  it('has no recipient where none is named, and another for another', () => {
    expect(pay('1.00', { to: null }).tallies.map(({ of }) => of)).toEqual(['subject', 'day']);
    expect(pay('1.00', { to: 'bob@example.com' }).tallies[1]?.id).not.toBe(pay('1.00').tallies[1]?.id);
  });

  it.each([
    [{ amount: '24.90' }, 'names no subject'],
    [{ amount: '1e3', order: 'W1' }, 'names no amount'],
    [{ order: 'W1' }, 'names no amount'],
    [{ amount: '1.00', order: 'W1', currency: 'euro' }, 'names no amount'],
    [{ amount: '1.00', order: 'W1', currency: 7 }, 'names no amount'],
  ])('cannot be told of %j', (parameters, reason) => {
    expect(booked(parameters).uncounted).toContain(reason);
  });
});

describe('a limit', () => {
  const filled = (...bookings: Booking[]) =>
    bookings.reduce<Days>((days, booking) => changed(days, booking, 1), {});

  it('holds to the cent', () => {
    const one = pay('50.00');
    expect(beyond(pay('49.99'), subject(one), filled(one))).toBeUndefined();
    expect(beyond(pay('50.00'), subject(one), filled(one))).toBe(
      "'pay' is at its limit for one subject: 5 in number and 99.99 in one currency in 3 days",
    );
  });

  it('holds by number', () => {
    const one = pay('0.01');
    expect(beyond(one, subject(one), filled(one, one, one, one))).toBeUndefined();
    expect(beyond(one, subject(one), filled(one, one, one, one, one))).toContain('5 in number');
  });

  it('never adds two currencies: a person looks at a subject that had another one', () => {
    const euros = pay('1.00');
    const dollars = pay('1.00', { currency: 'USD' });
    expect(beyond(dollars, subject(euros), filled(euros))).toContain('another currency');
    const [, , day] = euros.tallies;
    expect(
      day && beyond({ ...dollars, cents: 50_000 }, day, filled({ ...euros, cents: 50_000 })),
    ).toBeUndefined();
  });

  it('looks as many days back as it has', () => {
    const then = booked({ amount: '99.99', order: 'W1' }, LIMITS, NOW - 2 * 86_400_000);
    const long = booked({ amount: '99.99', order: 'W1' }, LIMITS, NOW - 3 * 86_400_000);
    expect(beyond(pay('0.01'), subject(then), filled(then))).toContain('limit');
    expect(beyond(pay('0.01'), subject(then), filled(long))).toBeUndefined();
  });

  it('is as it was when something is counted and given back, in whatever order', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(amounts, fc.integer(), (all, seed) => {
        const bookings = all.map((own, index) => ({
          ...pay('1.00'),
          cents: own,
          currency: index % 2 ? 'USD' : 'EUR',
          day: `2026-12-0${1 + (index % 3)}`,
        }));
        const back = [...bookings].sort((a, b) => ((a.cents * seed) % 7) - ((b.cents * seed) % 7));
        expect(back.reduce<Days>((days, one) => changed(days, one, -1), filled(...bookings))).toEqual({});
      }),
    );
  });
});

describe('a limit for a further subject', () => {
  const limits: Limits<Demo> = {
    perSubject: {
      ...{ key: ({ order }) => order as string, amount: '99.99', days: 90 },
      most: ({ left }) => left as string | undefined,
    },
    per: { customer: { key: ({ customer }) => customer as string | undefined, amount: '150.00', days: 30 } },
  };
  const paid = (more: object = {}) => booked({ amount: '20.00', order: 'W1', ...more }, limits);

  it('counts beside the first under a key of its own, and not where it has no key', () => {
    expect(paid({ customer: 'C-7' }).tallies).toMatchObject([
      { of: 'subject', days: 90, cents: 9999 },
      { of: 'customer', days: 30, cents: 15_000, id: expect.stringMatching(/#customer#[0-9a-f]{32}$/) },
    ]);
    expect(paid()).not.toHaveProperty('uncounted');
    expect(paid().tallies).toHaveLength(1);
  });

  it('is told by its own name', () => {
    const booking = paid({ customer: 'C-7' });
    const [, customer] = booking.tallies;
    const counted: Days = { '2026-11-20': { n: 2, EUR: 14_000 } };
    expect(customer && beyond(booking, customer, counted)).toBe(
      "'pay' is at its limit for one customer: 150.00 in one currency in 30 days",
    );
  });

  it.each<[string | undefined, number]>([
    ['35.50', 3550],
    ['500.00', 9999],
    [undefined, 9999],
    ['0.00', 0],
    ['-5.00', 0],
    ['much', 0],
  ])('is lowered to what is left (%s), and never raised', (left, cents) => {
    expect(paid({ left }).tallies[0]?.cents).toBe(cents);
  });
});
