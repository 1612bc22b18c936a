import { describe, expect, it } from 'vitest';
import * as z from 'zod/v4/core';
import { automation } from '../../automations/refund-request/automation.ts';
import { order } from '../../automations/refund-request/orders/order.ts';
import { needsOf, PEAK, PER_ITEM } from '../../bench/complaints/day.ts';
import { complaints } from '../../bench/complaints/made.ts';
import { languageOf } from '../../lambdas/kit/language/language.ts';

/* What `bench:complaints` posts, and what it computes for a day. */

describe('complaints that are made up', () => {
  const { complaints: made, known } = complaints(1000, 7);

  it('are the same for the same seed, and others for another', () => {
    expect(complaints(1000, 7).complaints).toEqual(made);
    expect(complaints(1000, 8).complaints).not.toEqual(made);
  });

  it('fit the automation, each about an order that the order system can tell of', () => {
    expect(made).toHaveLength(1000);
    for (const { body } of made) {
      expect(z.safeParse(automation.schema, body).success).toBe(true);
      expect(z.safeParse(order.answer, known.get(body.orderId)).success).toBe(true);
    }
  });

  it('are in the language that they are said to be in', () => {
    // Those that the policy denies are answered by nobody, and say it in English besides.
    const answered = made.filter(({ body }) => !body.text.includes('chargeback'));
    for (const { body, language } of answered) expect(languageOf(body.text), body.text).toBe(language);
    expect(new Set(made.map(({ language }) => language)).size).toBe(5);
  });

  it('come five times about a tenth of the orders, for more than one order may get', () => {
    const orders = [...Map.groupBy(made, ({ body }) => body.orderId).values()].filter((of) => of.length > 1);
    expect(orders.flat()).toHaveLength(100);
    const money = orders.map((of) => of.reduce((sum, { body }) => sum + Number(body.amount), 0));
    expect(Math.min(...money)).toBeGreaterThan(99.99);
  });
});

describe('what a day needs', () => {
  const shares = { acted: 0.9, asked: 0.07, answered: 0.7, amount: 20 };
  const at = (perDay: number, what: RegExp) =>
    needsOf(perDay, shares).find((row) => what.test(`${row.what} ${row.unit}`))?.needs ?? Number.NaN;

  it('grows with its complaints', () => {
    for (const row of needsOf(50_000, shares)) {
      const twice = needsOf(100_000, shares).find((it) => it.what === row.what && it.unit === row.unit);
      // One run of a function more or less is not counted in halves.
      expect(twice?.needs, row.what).toBeGreaterThan(1.9 * row.needs - 0.1);
    }
  });

  it('is the busiest hour of rates, and the day of sums', () => {
    expect(at(86_400, /^API Gateway/)).toBeCloseTo(PEAK);
    expect(at(86_400, /^model, requests/)).toBeCloseTo(PEAK * 60 * PER_ITEM.modelCalls);
    expect(at(1000, /^model budget/)).toBeCloseTo(1000 * PER_ITEM.usd);
    expect(at(1000, /^SES, mails .day/)).toBeCloseTo(1000 * (0.9 * 0.7 + 0.07));
  });
});
