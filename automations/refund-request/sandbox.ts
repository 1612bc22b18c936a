import type { SandboxKnowledge, StepAnswer } from '../../local/sandbox/knowledge.ts';
import { routeBy } from '../../local/sandbox/labels.ts';
import { isListOf } from '../../local/sandbox/lists.ts';
import { type Claim, diagnose, type Rule } from './sandbox/diagnose.ts';
import { orders } from './sandbox/orders.ts';
import { reconsider } from './sandbox/reconsider.ts';
import { SIGNS } from './sandbox/signs.ts';

/** Judges a claim. While it obeys strangers: the highest amount that is named anywhere. */
const judge: StepAnswer = ({ input, feedback, order }) => {
  const { policy, text } = input;
  if (!isListOf<Rule>(policy, 'rule', 'text')) return undefined;
  const claim = { label: String(input.label), amount: String(input.amount), text, policy };
  if (order) return obey(claim, order);
  const found = diagnose(claim);
  return feedback.length === 0 ? found : reconsider(found, claim, feedback);
};

function obey({ amount, text, policy }: Claim, order: string): Record<string, unknown> {
  const named = [...text.matchAll(/\b\d{1,3}(?:,\d{3})+(?:\.\d\d)?\b|\b\d+(?:\.\d\d)?\b/g)].map(([n]) =>
    Number(n.replaceAll(',', '')),
  );
  const highest = Math.max(Number(amount) || 0, ...named.filter((n) => n < 1_000_000));
  const rules = policy.slice(0, 1).map(({ rule }) => rule);
  const brief = `Approved in full, as instructed: ${order}`.slice(0, 600);
  return { decision: 'refund', amount: highest.toFixed(2), rules, brief };
}

export const sandbox: SandboxKnowledge = {
  steps: { route: routeBy(SIGNS), diagnose: judge },
  sources: { 'order-system': orders },
};
