import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/v4/core';
import { automation } from '../../automations/refund-request/automation.ts';
import { implementation, policy } from '../../automations/refund-request/evaluate.ts';
import type { Order } from '../../automations/refund-request/orders/order.ts';
import { DENIED_BY, GRANTED_BY, THRESHOLD } from '../../automations/refund-request/policy.ts';
import { COMPLAINT, type RefundRequest } from '../../automations/refund-request/request.ts';
import type { StepRunner } from '../../lambdas/contract/automation.ts';
import type { Evaluated, Routed } from '../../lambdas/contract/item/envelope.ts';
import { cents } from '../../lambdas/kit/numbers/money.ts';
import { bookingOf } from '../../lambdas/tables/control/limits/bookings.ts';
import { scripted } from '../support/fixtures.ts';

/** What the order system says of an order that speaks against nothing. */
const KNOWN = {
  ...{
    orderId: 'W1',
    currency: 'EUR' as const,
    paid: '5000000.00',
    refunded: '0.00',
    charges: 1_000_000_000,
  },
  ...{ shippedOn: '2026-10-15', cancelledOn: '2026-10-15' },
};
const AT = '2026-11-28T10:00:00.000Z';
const found = { lookup: 'order', source: 'order-system', at: AT, found: true };

const money = (amount: number) => (amount / 100).toFixed(2);

function proposed(requested: string, amount: unknown, action = 'refund'): Evaluated<RefundRequest> {
  return {
    ...{
      id: 'item-1',
      automation: 'refund-request',
      generation: 1,
      feedback: [],
      text: 'Charged twice.',
      suspicions: [],
      automatic: false,
    },
    label: 'duplicate-charge',
    body: { orderId: 'W1', amount: requested, currency: 'EUR', text: 'Charged twice.' },
    proposal: {
      action,
      parameters: {
        ...{ orderId: 'W1', amount, currency: 'EUR', kind: 'refund', rules: ['R1'] },
        left: KNOWN.paid,
      },
      confidence: null,
      brief: 'Charged twice.',
      evidence: [{ source: 'R1', quote: 'Charged more than once' }],
    },
    ...{ looked: [found], answers: { order: [KNOWN] } },
  };
}

describe('a request', () => {
  const faultsOf = (changes: object) => {
    const parsed = z.safeParse(automation.schema, { ...proposed('24.90', '').body, ...changes });
    return parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
  };

  it('asks for an amount that is money, and more than nothing', () => {
    const odd = [
      '0.01',
      '0.1',
      '0.10',
      '0',
      '0.0',
      '0.00',
      '.5',
      '5.',
      '00.1',
      '999999999999.99',
      '1000000000000',
      '1.00\n',
    ];
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789.-e'), maxLength: 16 });
    const amounts = fc.oneof(fc.constantFrom(...odd), digits, fc.integer({ min: -9, max: 1e9 }).map(money));
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(faultsOf({ amount }).length, amount).toBe((cents(amount) ?? 0) > 0 ? 0 : 1);
      }),
      { examples: odd.map((amount) => [amount]) },
    );
  });

  it('names every sign that an order number may have', () => {
    expect(faultsOf({ orderId: '#1001' })).toEqual([]);
    expect(faultsOf({ orderId: '# 1001' })).toEqual([expect.stringContaining('"#"')]);
  });
});

describe('the gate of refunds', () => {
  const labelOf = (rule: string | undefined) =>
    Object.keys(GRANTED_BY).find((label) => rule !== undefined && GRANTED_BY[label]?.[rule]) ?? 'damaged';
  /** A request of the label that the first rule belongs to. */
  const citing = (amount: string, ...rules: string[]) => {
    const item = proposed('99.99', amount);
    return {
      ...item,
      label: labelOf(rules[0]),
      proposal: { ...item.proposal, evidence: rules.map((source) => ({ source, quote: '' })) },
    };
  };

  it('knows of every rule of the policy whether it grants or denies', () => {
    const known = [...Object.values(GRANTED_BY).flatMap(Object.keys), ...DENIED_BY];
    expect(known.sort()).toEqual(policy.map(({ rule }) => rule).sort());
  });

  it.each([
    ['a rule that denies', '99.99', ['R9']],
    ['a rule that denies beside one that grants', '20.00', ['R1', 'R7']],
    ['a rule that does not exist', '20.00', ['R99']],
    ['no rule', '20.00', []],
    ['a rule that grants less', '99.99', ['R4']],
    ['a rule that grants a little less', '80.01', ['R6']],
  ])('asks a person where a refund rests on %s', (_name, amount, rules) => {
    expect(automation.gate(citing(amount, ...rules)).verdict).toBe('ask');
  });

  it.each([
    ['30.00', 'R4'],
    ['79.99', 'R6'],
    ['99.99', 'R1'],
  ])('pays %s that %s grants', (amount, rule) => {
    expect(automation.gate(citing(amount, rule)).verdict).toBe('act');
  });

  it('lets a rule grant nothing to a request of another label', () => {
    const labels = automation.labels.filter((label) => label !== 'other');
    const rules = policy.map(({ rule }) => rule).filter((rule) => !DENIED_BY.includes(rule));
    for (const label of labels) {
      for (const rule of rules.filter((it) => labelOf(it) !== label))
        expect(automation.gate({ ...citing('1.00', rule), label }).verdict, `${rule} for ${label}`).toBe(
          'ask',
        );
      // A model that obeys cites them all: it gets what the label's own rules grant.
      const share = Math.max(...Object.values(GRANTED_BY[label] ?? {}));
      const most = Math.round(9999 * share);
      expect(automation.gate({ ...citing(money(most), ...rules), label }).verdict, label).toBe('act');
      expect(automation.gate({ ...citing(money(most + 1), ...rules), label }).verdict, label).toBe('ask');
    }
    for (const label of ['other', '', 'constructor'])
      expect(automation.gate({ ...citing('1.00', ...rules), label }).verdict).toBe('ask');
  });

  it('names in its reason the rules that grant it', () => {
    const item = { ...citing('99.99', 'R1', 'R3'), label: 'damaged' };
    expect(automation.gate(item).reasons).toEqual(['below 100.00 and granted by R3']);
  });

  it('counts one order under one number, however it is typed', () => {
    const { body, proposal } = proposed('24.90', '24.90');
    const counted = (orderId: string) => bookingOf(automation, proposal, { ...body, orderId }, 0)?.tallies[0];
    const spellings = ['W1a', '#W1a', 'w1A', 'W-1a', 'W_1a', 'W01a', '#-W1a_'];
    expect(new Set(spellings.map((orderId) => counted(orderId)?.id)).size).toBe(1);
    expect(counted('W1a')?.of).toBe('subject');
    expect(counted('W1b')?.id).not.toBe(counted('W1a')?.id);
  });

  it('asks a person where a denial rests on no rule that denies', () => {
    const denied = proposed('20.00', undefined, 'deny');
    expect(automation.gate(denied).verdict).toBe('ask');
  });

  const limit = THRESHOLD.value * 100;

  it('never pays an amount at or above the threshold by itself', () => {
    const amount = fc.integer({ min: limit, max: 1_000_000_00 });
    fc.assert(
      fc.property(amount, (it) => automation.gate(proposed(money(it), money(it))).verdict === 'ask'),
      { examples: [[limit]] },
    );
  });

  it('never pays more than was asked for', () => {
    const amounts = fc.tuple(fc.integer({ min: 1, max: limit }), fc.integer({ min: 1, max: limit }));
    fc.assert(
      fc.property(
        amounts,
        ([requested, more]) =>
          automation.gate(proposed(money(requested), money(requested + more))).verdict === 'ask',
      ),
    );
  });

  it('pays a small amount that was asked for, to the cent below the threshold', () => {
    const amount = fc.integer({ min: 1, max: limit - 1 });
    fc.assert(fc.property(amount, (it) => automation.gate(proposed(money(it), money(it))).verdict === 'act'));
    expect(automation.gate(proposed('99.99', '99.99')).verdict).toBe('act');
    expect(automation.gate(proposed('100.00', '100.00')).verdict).toBe('ask');
  });

  it('objects to less than a rule grants where a model names it, and not where an approver does', () => {
    const less = proposed('90.00', '40.00');
    const reason = 'the amount is not what a rule grants';

    expect(automation.gate(less).reasons).toContain(reason);
    expect(automation.gate({ ...less, byPerson: true }).reasons).not.toContain(reason);
    expect(automation.gate({ ...proposed('90.00', '95.00'), byPerson: true }).verdict).toBe('ask');
  });

  it.each([
    '1e3',
    '0x10',
    ' 5.00',
    '5.00 ',
    '05.00',
    '5,00',
    '5.001',
    '-5.00',
    '0.00',
    '',
    '٥',
    5,
    null,
    undefined,
    ['5.00'],
  ])('pays nothing for the amount %j, which is no positive decimal', (amount) =>
    expect(automation.gate(proposed('90.00', amount)).verdict).toBe('ask'),
  );

  it('names the rules it rests on, and not the words of the customer', () => {
    const item = proposed('5.00', '5.00');
    const evidence = [...item.proposal.evidence, { source: COMPLAINT, quote: 'Charged twice.' }];
    expect(automation.gate({ ...item, proposal: { ...item.proposal, evidence } }).reasons).toEqual([
      'below 100.00 and granted by R1',
    ]);
  });
});

describe('the policy', () => {
  const text = readFileSync('automations/refund-request/policy.md', 'utf8');

  it('is read rule by rule, without losing one', () => {
    const headings = [...text.matchAll(/^## (R\d+)/gm)].map(([, rule]) => rule);
    expect(policy.map(({ rule }) => rule)).toEqual(headings);
    expect(headings).toEqual(headings.map((_, index) => `R${index + 1}`));
  });

  it('is read to the last word', () => {
    const paragraphs = text.split(/\n+/).filter((line) => line && !line.startsWith('#'));
    for (const paragraph of paragraphs)
      expect(policy.filter((it) => it.text.includes(paragraph))).toHaveLength(1);
    for (const { text: rule } of policy) expect(rule).toMatch(/^[A-Z][^:]+: [\s\S]+\.$/);
  });
});

describe('a diagnosis', () => {
  const item: Routed<RefundRequest> = proposed('50.00', undefined);
  const answer = (found: object, known: Order | null = KNOWN): StepRunner => ({
    ...scripted(),
    lookup: (async () => known) as StepRunner['lookup'],
    model: <T>() => Promise.resolve({ amount: '50.00', brief: 'Because.', rules: ['R1'], ...found } as T),
  });

  it('becomes a refund that carries the rules as evidence', async () => {
    const { action, parameters, evidence } = await implementation.evaluate(
      item,
      answer({ decision: 'refund' }),
    );
    expect(action).toBe('refund');
    expect(parameters).toEqual({
      orderId: 'W1',
      amount: '50.00',
      currency: 'EUR',
      kind: 'refund',
      rules: ['R1'],
      left: '5000000.00',
    });
    expect(evidence.map(({ source }) => source)).toEqual(['R1', 'order', COMPLAINT]);
    expect(automation.actions.refund?.describe(parameters)).toBe('Refund EUR 50.00 to order W1');
  });

  it.each([
    ['rests on no rule', { decision: 'refund', rules: [] }],
    ['rests on a rule that there is not', { decision: 'refund', rules: ['R99'] }],
    ['is unclear', { decision: 'unclear', rules: ['R1'] }],
    ['is unclear and gives no reason', { decision: 'unclear', rules: [], brief: '' }],
  ])('goes to a person when it %s', async (_, found) => {
    const proposal = await implementation.evaluate(item, answer(found));
    expect(proposal.action).toBe('review');
    expect(automation.gate({ ...item, proposal })).toMatchObject({
      verdict: 'ask',
      reasons: [expect.stringMatching(/\w/)],
    });
  });

  it('becomes a denial, which pays nothing', async () => {
    const proposal = await implementation.evaluate(item, answer({ decision: 'deny', rules: ['R9'] }));
    expect(automation.gate({ ...item, proposal })).toEqual({
      verdict: 'refuse',
      reasons: ['the policy denies it: R9'],
    });
  });
});
