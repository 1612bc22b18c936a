import { expect, it } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { compare, policiesWith } from '../../lambdas/gate/policy/what-if.ts';
import { automation } from '../support/fixtures.ts';
import { BY_AMOUNT } from '../support/what-if.ts';

const { pay } = BY_AMOUNT.actions;
const declared = (actions: object, gate = BY_AMOUNT.gate) =>
  ({ ...automation, ...BY_AMOUNT, gate, actions }) as unknown as Automation;
const item = (n: number, proposal: object) => ({
  id: `demo_${n}`,
  grounds: {
    facts: { label: 'Billing', body: {}, proposal: { confidence: null, evidence: [], ...proposal } },
  },
});
const limits = { perDay: { amount: '100.00' } };
const all =
  (amount: number) =>
  ({ proposal }: { proposal: { parameters: Record<string, unknown> } }, { amount: most = amount } = {}) =>
    Number(proposal.parameters.amount) <= most
      ? { verdict: 'act' as const, reasons: [] }
      : { verdict: 'ask' as const, reasons: [] };

it('holds the limit of an action against what that action moves, not against what others move beside it', () => {
  const actions = { pay: { ...pay, limits: { perDay: { amount: '150.00' } } }, give: { ...pay } };
  const one = item(1, {
    action: 'pay',
    parameters: { amount: '120.00' },
    further: [{ action: 'give', parameters: { amount: '80.00' } }],
  });
  // 120 of the 150 that pay may move; give has no limit.
  const { beyondLimits } = compare([one], policiesWith(declared(actions, all(50) as never), { amount: 150 }));
  expect(beyondLimits).toBe(0);
});

it('tells of the limit also where the actions of an item are of several currencies', () => {
  const actions = {
    pay: { ...pay, limits },
    give: { ...pay, currency: () => 'USD' },
  };
  const one = item(1, {
    action: 'pay',
    parameters: { amount: '120.00' },
    further: [{ action: 'give', parameters: { amount: '80.00' } }],
  });
  const { beyondLimits, moved } = compare(
    [one],
    policiesWith(declared(actions, all(50) as never), { amount: 150 }),
  );
  expect(beyondLimits).toBe(1);
  expect(moved).toEqual({ EUR: '120.00', USD: '80.00' });
});

it('keeps every cent of many large sums', () => {
  const items = Array.from({ length: 1000 }, (_, n) =>
    item(n, { action: 'pay', parameters: { amount: '999999999999.99' } }),
  );
  const { moved } = compare(items, policiesWith(declared({ pay }, all(50) as never), { amount: 1e13 }));
  expect(moved).toEqual({ EUR: '999999999999990.00' });
});

it('tells what would have moved alone and does not, of an item that acted by its fallback text', () => {
  const items = [item(1, { action: 'pay', parameters: { amount: '10.00' } })];
  const { moved } = compare(items, policiesWith(declared({ pay }, all(100) as never), { amount: 5 }));
  expect(moved).toEqual({ EUR: '-10.00' });
});

it('says of whoever acts, and would be refused, what moves less', () => {
  const gate = (({ proposal }: never, { amount = 100 } = {}) =>
    Number((proposal as { parameters: { amount: string } }).parameters.amount) <= amount
      ? { verdict: 'act', reasons: [] }
      : { verdict: 'refuse', reasons: [] }) as never;
  const { moved } = compare(
    [item(1, { action: 'pay', parameters: { amount: '60.00' } })],
    policiesWith(declared({ pay }, gate), { amount: 50 }),
  );
  expect(moved).toEqual({ EUR: '-60.00' });
});
