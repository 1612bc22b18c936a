import type { ApprovalPolicy } from '../contract/approval-policy.ts';
import { cents } from '../kit/numbers/money.ts';

/**
 * What subjects of mails tell of an item, so that a mailbox tells one approval from another: no more than the policy
 * allows, and never the amount itself.
 */
export function subjectOf(
  { subject }: Pick<ApprovalPolicy, 'subject'>,
  label: string,
  amount: string | undefined,
): string[] {
  const { amountFrom = [] } = subject ?? {};
  return [
    ...(subject?.label ? [label] : []),
    ...(amountFrom.length > 0 && amount !== undefined ? [classOf(amount, amountFrom)] : []),
  ];
}

function classOf(amount: string, from: readonly string[]): string {
  const value = cents(amount);
  if (value === null) return 'amount unclear';
  const reached = from.filter((step) => (cents(step) ?? 0) <= value).at(-1);
  const next = from.find((step) => (cents(step) ?? 0) > value);
  if (reached === undefined) return `below ${next}`;
  return next === undefined ? `${reached} or more` : `${reached} to ${next}`;
}
