import { expect, it } from 'vitest';
import { automation as invoice } from '../../automations/invoice/automation.ts';
import { automation as refund } from '../../automations/refund-request/automation.ts';
import { automation as triage } from '../../automations/support-triage/automation.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { DOUBTS, type Doubt, type RepairFacts } from '../../lambdas/contract/intake/repair.ts';
import { consequentialOf } from '../../lambdas/gate/doubts/repaired.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { automation, ID, PAY } from '../support/fixtures.ts';

const judged = (facts: Partial<RepairFacts>, verdict = 'act', of: Partial<Automation> = {}) =>
  gate(
    {
      ...{ id: ID, automation: 'demo', generation: 1, body: {}, feedback: [], text: 'pay me back' },
      ...{ suspicions: [], automatic: false, label: 'Billing', proposal: PAY },
      repaired: { count: 1, by: ['type'], fields: [], doubts: [], ...facts },
    },
    {
      automation: {
        ...{ ...automation, gate: () => ({ verdict, reasons: ['policy'] }) },
        repair: { consequential: ['/account/iban', '/customer'] },
        ...of,
      } as never,
    },
  );

it('lets a repair pass that touched nothing consequential and leaves no doubt', () => {
  expect(judged({ fields: ['text', 'account/name'] })).toMatchObject({ verdict: 'act', reasons: ['policy'] });
});

it.each(['account/iban', 'account', 'customer', 'customer/email'])(
  'asks a person about a field that is consequential, holds one or is part of one: %s',
  (field) => {
    expect(judged({ fields: ['text', field] })).toMatchObject({
      ...{ verdict: 'ask', reasons: [`'${field}' was repaired: compare it with what came`] },
    });
  },
);

it('asks a person about every doubt there is', () => {
  for (const doubt of Object.keys(DOUBTS) as Doubt[])
    expect(judged({ doubts: [doubt] })).toMatchObject({
      ...{ verdict: 'ask', reasons: [expect.stringContaining(DOUBTS[doubt])] },
    });
});

it('turns no refusal into a question, and tells who is asked anyway', () => {
  expect(judged({ fields: ['customer'] }, 'refuse').verdict).toBe('refuse');
  expect(judged({ fields: ['customer'] }, 'ask').reasons).toHaveLength(2);
});

it('counts what an action takes over unread and what callers know an item by, listed or not', () => {
  expect([...consequentialOf(refund as never)]).toEqual(expect.arrayContaining(['orderId']));
  expect([...consequentialOf(triage as never)]).toEqual(['from']);
  expect(consequentialOf(invoice as never)).toBeInstanceOf(Set);
});
