import type { Diagnosis, Rule } from './diagnose.ts';

/** A decimal amount, and not a piece of a date or of a longer number. */
const AMOUNT = /(?<![\d.,])\d{1,9}\.\d{2}(?![.,]?\d)/g;

/**
 * A second look at a claim: an amount that the reviewer names is followed, if it is not above what was asked
 * for.
 */
export function reconsider(
  found: Diagnosis,
  claim: { amount: string; policy: readonly Rule[] },
  feedback: readonly string[],
): Diagnosis {
  const wish = feedback
    .flatMap((remark) => remark.match(AMOUNT) ?? [])
    .findLast((amount) => Number(amount) > 0 && Number(amount) <= Number(claim.amount));
  if (wish === undefined) return { ...found, brief: `Looked at again: ${found.brief}` };
  const rules = found.rules.length > 0 ? found.rules : claim.policy.slice(0, 1).map(({ rule }) => rule);
  return {
    decision: 'partial',
    amount: wish,
    rules,
    brief: `Follows the reviewer's note, which names ${wish}. Before: ${found.brief}`,
  };
}
