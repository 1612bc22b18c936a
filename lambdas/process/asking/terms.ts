import type { ApprovalPolicy, ApprovalTerms } from '../../contract/approval-policy.ts';
import type { ProposedAction } from '../../contract/item/proposal.ts';
import type { Question } from '../../contract/item/proposal-document.ts';
import { cents } from '../../kit/numbers/money.ts';

/** The terms for this amount and this urgency, defaults filled in: an approval keeps to the policy of its time. */
export function termsOf(
  policy: ApprovalPolicy,
  amount: string | undefined,
  listed: readonly Pick<ProposedAction, 'parameters'>[] = [],
): Question['terms'] {
  const usual: ApprovalTerms = { ...policy, ...(amount === undefined ? {} : stepAt(policy, amount)) };
  const times = sooner(policy, usual, listed);
  // Whoever is urgent does not wait for office hours.
  const { calendar: hours, ...others } = usual;
  const terms: ApprovalTerms = {
    ...others,
    ...(hours !== undefined && !times ? { calendar: hours } : {}),
    ...times,
  };
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

/** Only ever sooner: times that are longer than the usual ones are not taken. */
function sooner(
  { urgent }: ApprovalPolicy,
  usual: ApprovalTerms,
  listed: readonly Pick<ProposedAction, 'parameters'>[],
): Partial<ApprovalTerms> | undefined {
  if (!urgent || !listed.some(({ parameters }) => urgent.when(parameters))) return undefined;
  const timeoutMinutes = Math.min(urgent.timeoutMinutes, usual.timeoutMinutes);
  return {
    timeoutMinutes,
    escalationMinutes: Math.min(urgent.escalationMinutes, usual.escalationMinutes),
    remindMinutes: Math.min(urgent.remindMinutes ?? timeoutMinutes / 2, timeoutMinutes),
    promiseMinutes: Math.min(urgent.promiseMinutes ?? timeoutMinutes, timeoutMinutes),
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
