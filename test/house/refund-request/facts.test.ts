import { describe, expect, it } from 'vitest';
import * as z from 'zod/v4/core';
import {
  againstDenial,
  againstRefund,
  type Claim,
  factsFor,
  leftFor,
} from '../../../automations/refund-request/orders/facts.ts';
import { type Order, order } from '../../../automations/refund-request/orders/order.ts';

/* The facts of the order system against what a customer claims: each with one that passes and one that fails. */

const AT = '2026-11-28T10:00:00.000Z';
const FACTS: Order = {
  ...{ orderId: 'W1', currency: 'EUR', paid: '100.00', refunded: '0.00', charges: 2 },
  ...{ shippedOn: '2026-11-01', cancelledOn: '2026-11-01' },
};
const claim = (label: string, rules: readonly string[] = [], requested = 50_00): Claim => ({
  ...{ label, requested, rules, at: AT },
});

interface Row {
  label: string;
  rules?: readonly string[];
  /** Speak for the claim, and against it. */
  passes: Partial<Order>;
  fails: Partial<Order>;
  why: string;
}

const ROWS: Readonly<Record<string, Row>> = {
  'nothing was charged': {
    label: 'other',
    passes: { paid: '0.01' },
    fails: { paid: '0.00' },
    why: 'nothing was paid for the order',
  },
  'a double charge needs two charges': {
    label: 'duplicate-charge',
    passes: { charges: 2 },
    fails: { charges: 1 },
    why: 'the order was not charged twice with this amount',
  },
  'a parcel that somebody signed for has come': {
    label: 'not-received',
    passes: { deliveredOn: '2026-11-20', signedFor: false },
    fails: { deliveredOn: '2026-11-20', signedFor: true },
    why: 'the delivery was signed for',
  },
  'a parcel that never left is not lost': {
    label: 'not-received',
    passes: { shippedOn: '2026-11-01' },
    fails: { shippedOn: null },
    why: 'the order was never shipped',
  },
  'a parcel may be on its way for 14 days': {
    label: 'not-received',
    passes: { shippedOn: '2026-11-14' },
    fails: { shippedOn: '2026-11-15' },
    why: 'it was shipped less than 14 days ago',
  },
  'nothing breaks that never left': {
    label: 'damaged',
    passes: { shippedOn: '2026-11-27', deliveredOn: '2026-11-28' },
    fails: { shippedOn: null },
    why: 'the order was never shipped',
  },
  'nothing that is on its way has come broken': {
    label: 'damaged',
    passes: { shippedOn: '2026-11-14' },
    fails: { shippedOn: '2026-11-15' },
    why: 'it is on its way: shipped less than 14 days ago, and not delivered',
  },
  'damage is reported within 30 days': {
    label: 'damaged',
    passes: { deliveredOn: '2026-10-29' },
    fails: { deliveredOn: '2026-10-28' },
    why: 'it was delivered more than 30 days ago',
  },
  'a cancellation is on file': {
    label: 'cancelled',
    passes: { cancelledOn: '2026-11-01' },
    fails: { cancelledOn: null },
    why: 'no cancellation and no return is on file',
  },
  'a return is one too': {
    label: 'cancelled',
    passes: { cancelledOn: null, returnedOn: '2026-11-20' },
    fails: { cancelledOn: null, returnedOn: null },
    why: 'no cancellation and no return is on file',
  },
  'R5 is for before the shipping': {
    label: 'cancelled',
    rules: ['R5'],
    passes: { cancelledOn: '2026-11-01' },
    fails: { cancelledOn: '2026-11-02' },
    why: 'the order was cancelled after it was shipped, and R5 is for before',
  },
  'R6 is for after it': {
    label: 'cancelled',
    rules: ['R6'],
    passes: { shippedOn: '2026-10-30' },
    fails: { shippedOn: null },
    why: 'the order was cancelled and never shipped, and R6 is for after',
  },
};

describe('the order system', () => {
  it.each(Object.entries(ROWS))('decides: %s', (_, { label, rules = [], passes, fails, why }) => {
    expect(againstRefund({ ...FACTS, ...passes }, claim(label, rules))).toEqual([]);
    expect(againstRefund({ ...FACTS, ...fails }, claim(label, rules))).toContain(why);
  });

  it.each<[string, readonly string[], Partial<Order>, boolean]>([
    ['R7 within 60 days', ['R7'], { deliveredOn: '2026-09-29' }, true],
    ['R7 after them', ['R7'], { deliveredOn: '2026-09-28' }, false],
    ['R7 without a delivery', ['R7'], {}, false],
    ['a chargeback, whatever the days', ['R7', 'R9'], { deliveredOn: '2026-11-20' }, false],
  ])('looks at a denial by %s', (_, rules, facts, contradicts) => {
    const against = againstDenial({ ...FACTS, ...facts }, claim('damaged', rules));
    expect(against).toEqual(contradicts ? ['it was delivered no more than 60 days ago'] : []);
  });

  it.each<[string, Partial<Order>, string, number]>([
    ['what was paid', { paid: '80.00' }, 'damaged', 80_00],
    ['less what went back before', { paid: '80.00', refunded: '30.00' }, 'damaged', 50_00],
    ['nothing where all of it went back', { paid: '80.00', refunded: '80.00' }, 'damaged', 0],
    ['nothing where more went back', { paid: '80.00', refunded: '90.00' }, 'damaged', 0],
    ['of two charges the second', { charges: 2 }, 'duplicate-charge', 50_00],
    ['of three the second and third', { charges: 3, paid: '150.00' }, 'duplicate-charge', 100_00],
    ['of two nothing, where one went back', { refunded: '50.00' }, 'duplicate-charge', 0],
    ['of one nothing', { charges: 1 }, 'duplicate-charge', 0],
    ['of none nothing', { charges: 0 }, 'duplicate-charge', 0],
  ])('leaves %s', (_, facts, label, cents) => {
    expect(leftFor({ ...FACTS, ...facts }, claim(label))).toBe(cents);
  });

  it('shows approvers what decides', () => {
    for (const label of ['duplicate-charge', 'not-received', 'damaged', 'cancelled', 'other'])
      expect(factsFor(label)).toEqual(expect.arrayContaining(['paid', 'refunded']));
    expect(factsFor('not-received')).toContain('signedFor');
  });
});

describe('the question to it', () => {
  const input = { orderId: '#W-1_a', currency: 'EUR', amount: '4.9' };

  it('names the order without its sign, the currency and the amount', () => {
    expect(order.request(input)).toEqual({
      path: '/orders/W-1_a/payment',
      query: { currency: 'EUR', amount: '4.9' },
    });
  });

  it.each<[string, object, boolean]>([
    ['the same order, whatever its case', { orderId: 'w-1_A' }, true],
    ['another order', { orderId: 'W-1' }, false],
    ['another currency', { currency: 'USD' }, false],
  ])('is answered by %s', (_, changes, fits) => {
    const answer = { ...FACTS, orderId: 'W-1_a', ...changes };
    expect(order.matches?.(answer, input)).toBe(fits);
  });

  it.each<[string, object]>([
    ['money in words', { paid: 'much' }],
    ['half a charge', { charges: 1.5 }],
    ['a day that there is not', { shippedOn: '2026-02-30' }],
    ['an address that is none', { customer: { id: 'C-1', email: 'everybody' } }],
    ['a customer without a number', { customer: { email: 'zoe@example.com' } }],
  ])('takes no answer with %s', (_, changes) => {
    expect(z.safeParse(order.answer, { ...FACTS, ...changes }).success).toBe(false);
    expect(z.safeParse(order.answer, FACTS).success).toBe(true);
  });
});
