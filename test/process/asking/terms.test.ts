import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApprovalPolicy } from '../../../lambdas/contract/approval-policy.ts';
import { termsOf } from '../../../lambdas/process/asking/terms.ts';

const base = { group: 'leads', escalateTo: 'bosses', timeoutMinutes: 60, escalationMinutes: 120 };
const terms = (amount?: string, policy: Partial<ApprovalPolicy> = {}) =>
  termsOf({ ...base, ...policy }, amount);

describe('the terms of a question', () => {
  it('have every default written out, and nothing of the policy that is not about people', () => {
    const whole = {
      ...{ whenBehind: 'shed' as const, attentionCheck: { oneIn: 9, proposals: [] } },
      ...{ byAmount: [{ from: '100.00', quorum: 2 }] },
    };

    expect(terms(undefined, whole)).toEqual({ ...base, quorum: 1, remindMinutes: 30, promiseMinutes: 60 });
  });

  it("are the policy's own where it has them", () => {
    const own = { quorum: 2, remindMinutes: 5, promiseMinutes: 20, calendar: 'office' };

    expect(terms(undefined, own)).toEqual({ ...base, ...own });
  });

  const byAmount = [
    { from: '1000.00', quorum: 3 },
    { from: '100', group: 'bosses', timeoutMinutes: 30, calendar: 'office' },
    { from: '500.5', quorum: 2 },
  ];

  it.each([
    ['99.99', { quorum: 1, group: 'leads' }],
    ['100.00', { quorum: 1, group: 'bosses', timeoutMinutes: 30, calendar: 'office' }],
    ['500.49', { quorum: 1, group: 'bosses' }],
    ['500.50', { quorum: 2, group: 'leads' }],
    ['999.99', { quorum: 2 }],
    ['1000', { quorum: 3, group: 'leads', timeoutMinutes: 60 }],
    ['2000.00', { quorum: 3 }],
  ])('about %s are those of the highest step that it reaches', (amount, expected) => {
    expect(terms(amount, { byAmount })).toMatchObject(expected);
    expect(terms(amount, { byAmount })).not.toHaveProperty('from');
  });

  it('count their defaults from the time limit that is in force', () => {
    expect(terms('100.00', { byAmount })).toMatchObject({ remindMinutes: 15, promiseMinutes: 30 });
    expect(terms('100.00', { byAmount, remindMinutes: 10 })).toMatchObject({ remindMinutes: 10 });
  });

  it.each(['', '1,000.00', '1e3', '5000.000', '-1'])(
    'about an amount that cannot be read (%s) are those of the highest step',
    (amount) => expect(terms(amount, { byAmount })).toMatchObject({ quorum: 3 }),
  );

  describe('of what is urgent', () => {
    const urgent = {
      when: ({ priority }: Readonly<Record<string, unknown>>) => priority === 'urgent',
      ...{ timeoutMinutes: 10, escalationMinutes: 20 },
    };
    const asked = (priority: string, policy: Partial<ApprovalPolicy> = {}, amount?: string) =>
      termsOf({ ...base, calendar: 'office', urgent, ...policy }, amount, [
        { parameters: {} },
        { parameters: { priority } },
      ]);

    it('are shorter, at any hour, and ask the same people', () => {
      expect(asked('urgent', { quorum: 2 })).toEqual({
        ...{ ...base, quorum: 2, timeoutMinutes: 10, escalationMinutes: 20 },
        ...{ remindMinutes: 5, promiseMinutes: 10 },
      });
      expect(asked('urgent', { byAmount }, '1000')).toMatchObject({ quorum: 3, timeoutMinutes: 10 });
    });

    it('are the usual ones where nothing is urgent', () => {
      expect(asked('normal')).toEqual(termsOf({ ...base, calendar: 'office' }, undefined));
      expect(termsOf({ ...base, urgent }, undefined)).toEqual(termsOf(base, undefined));
    });

    it('are never longer', () => {
      const late = { ...urgent, timeoutMinutes: 6000, escalationMinutes: 6000, promiseMinutes: 9000 };
      const { timeoutMinutes, escalationMinutes } = base;
      expect(asked('urgent', { urgent: late })).toMatchObject({
        ...{ timeoutMinutes, escalationMinutes, promiseMinutes: timeoutMinutes },
      });
    });
  });

  it('ask no fewer people for more money, in whichever order the steps are written', () => {
    const step = fc.record({
      from: fc.integer({ min: 0, max: 9999 }),
      quorum: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(step, { selector: ({ from }) => from }), fc.nat(20_000), (steps, amount) => {
        const policy = steps.map(({ from, quorum }) => ({ from: (from / 100).toFixed(2), quorum }));
        const reached = steps.filter(({ from }) => from <= amount).sort((a, b) => b.from - a.from);
        const expected = reached[0]?.quorum ?? 1;
        expect(terms((amount / 100).toFixed(2), { byAmount: policy }).quorum).toBe(expected);
      }),
    );
  });
});
