import type { ApprovalPolicy, ApprovalTerms } from '../contract/approval-policy.ts';
import type { Question } from '../contract/item/proposal-document.ts';
import { cents } from '../kit/money.ts';

/** The terms for this amount, defaults filled in: an approval keeps to the policy of its time. */
export function termsOf(policy: ApprovalPolicy, amount: string | undefined): Question['terms'] {
  const terms: ApprovalTerms = { ...policy, ...(amount === undefined ? {} : stepAt(policy, amount)) };
  const { group, escalateTo, timeoutMinutes, escalationMinutes, calendar } = terms;
  return {
    group,
    escalateTo,
    quorum: terms.quorum ?? 1,
    timeoutMinutes,
    escalationMinutes,
    remindMinutes: terms.remindMinutes ?? timeoutMinutes / 2,
    promiseMinutes: terms.promiseMinutes ?? timeoutMinutes,
    ...(calendar === undefined ? {} : { calendar }),
  };
}

/** An unreadable amount reaches every step: it must not get the terms of small change. */
function stepAt({ byAmount = [] }: ApprovalPolicy, amount: string): Partial<ApprovalTerms> {
  const reached = cents(amount) ?? Number.POSITIVE_INFINITY;
  const steps = byAmount.map(({ from, ...terms }) => ({ from: cents(from) ?? 0, terms }));
  return steps
    .filter(({ from }) => from <= reached)
    .reduce<{ from: number; terms: Partial<ApprovalTerms> }>(
      (highest, step) => (step.from >= highest.from ? step : highest),
      { from: 0, terms: {} },
    ).terms;
}
