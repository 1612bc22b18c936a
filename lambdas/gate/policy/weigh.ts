import type { Automation } from '../../contract/automation.ts';
import type { Grounds } from '../../contract/item/envelope.ts';

/** A policy that is asked about facts alone: its thresholds are in it. */
export type Policy = (facts: Grounds['facts']) => ReturnType<Automation['gate']>;

/**
 * What the gate comes to with a policy, by what is kept of an item. It is what `gate` says of the item itself, but where a reason of the
 * policy repeats words: those are not kept.
 */
export function weigh(policy: Policy, grounds: Grounds): ReturnType<Policy> {
  const first = once(policy, grounds);
  if (first.verdict !== 'ask' || !grounds.fallback) return first;
  const again = once(policy, grounds.fallback);
  return again.verdict === 'act' ? again : first;
}

function once(policy: Policy, { facts, refused, held = [] }: Grounds): ReturnType<Policy> {
  if (refused !== undefined) return { verdict: 'refuse', reasons: [refused] };
  const said = policy(facts);
  return said.verdict === 'act' && held.length > 0 ? { verdict: 'ask', reasons: held } : said;
}
