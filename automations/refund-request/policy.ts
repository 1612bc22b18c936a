import type { Threshold } from '../../lambdas/contract/automation.ts';

/**
 * The policy in numbers, as far as code can hold a model to it: the share of the amount that a rule grants,
 * to requests of its label only, and the rules that deny. A test holds this list and policy.md together.
 */
export const GRANTED_BY: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'duplicate-charge': { R1: 1 },
  'not-received': { R2: 1 },
  damaged: { R3: 1, R4: 0.3 },
  cancelled: { R5: 1, R6: 0.8 },
};
export const DENIED_BY: readonly string[] = ['R7', 'R8', 'R9'];

/** Days of the policy, which the order system's dates are held against. */
export const DAYS = { onItsWay: 14, toReport: 30, tooLate: 60 } as const;

/** From this amount on a person decides, in any of the currencies. */
export const THRESHOLD = {
  value: 100,
  ...{ least: 0, most: 1000 },
  says: 'the amount from which on a person decides, in any of the currencies',
} as const satisfies Threshold;

/** What one customer gets alone, over all their orders. */
export const MOST_PER_CUSTOMER = '300.00';

/**
 * A rule counts only for the label it belongs to: a model that cites all of them grants no more than the one.
 */
export function shareOf({ label }: { label: string }, rule: string): number {
  const rules = Object.hasOwn(GRANTED_BY, label) ? GRANTED_BY[label] : undefined;
  return rules && Object.hasOwn(rules, rule) ? (rules[rule] ?? 0) : 0;
}
