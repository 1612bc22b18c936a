import * as z from 'zod/mini';
import type { Implementation } from '../../lambdas/contract/automation.ts';
import type { Evidence } from '../../lambdas/contract/item/proposal.ts';
import { inWhole } from '../../lambdas/kit/long/ask.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { COMPLAINT, handOver, type RefundRequest } from './automation.ts';
import policyText from './policy.md';
import diagnoseV1 from './prompts/diagnose.v1.md';
import routeV1 from './prompts/route.v1.md';

const diagnosis = z.strictObject({
  decision: z.enum(['refund', 'partial', 'deny', 'unclear']),
  amount: z.string().check(z.regex(/^\d{1,9}(?:\.\d{1,2})?$/, 'must be a decimal amount such as "47.92"')),
  rules: z.array(z.string().check(z.maxLength(20))).check(z.maxLength(20)),
  brief: z.string().check(z.maxLength(600)),
});

const prompts = {
  route: { version: 'route.v1', text: routeV1 },
  diagnose: { version: 'diagnose.v1', text: diagnoseV1 },
};

/** The policy as numbered rules: `## R3 Damaged…` and the text below it. */
export const policy = [...policyText.matchAll(/^## (R\d+) (.+)\n+([\s\S]*?)(?=\n## |$(?![\s\S]))/gm)].map(
  ([, rule = '', title = '', text = '']) => ({
    rule,
    text: `${title}: ${text.trim().replaceAll('\n', ' ')}`,
  }),
);

const UNCLEAR = 'the facts do not fit a rule of the policy';

const UNCLEAR_PART = 'Where this part says nothing that a rule goes by, `decision` is `unclear`.';

type Diagnosis = z.output<typeof diagnosis>;

/** What the parts of a long complaint come to: those that decide anything must decide the same. */
function joined(parts: readonly Diagnosis[]): Diagnosis {
  const [first, ...others] = parts.filter(({ decision }) => decision !== 'unclear');
  if (!first) return parts[0] as Diagnosis;
  const same = others.every(({ decision, amount }) => decision === first.decision && amount === first.amount);
  if (!same) return { ...first, decision: 'unclear', brief: '' };
  return { ...first, rules: [...new Set([first, ...others].flatMap(({ rules }) => rules))] };
}

/**
 * A diagnosis counts when it rests on rules of the policy; an amount is only ever proposed, the gate compares
 * it.
 */
export const implementation: Implementation<RefundRequest> = {
  prompts,
  passages: policy.map(({ rule, text }) => ({ id: rule, text })),
  async evaluate(item, step) {
    const { orderId, amount, currency } = item.body;
    const parts = await inWhole(step, 'diagnose', item, {
      prompt: prompts.diagnose,
      input: ({ text }) => ({ label: item.label, orderId, amount, currency, text, policy }),
      schema: diagnosis,
      note: UNCLEAR_PART,
    });
    const found = joined(parts);
    const rules: Evidence[] = policy
      .filter(({ rule }) => found.rules.includes(rule))
      .map(({ rule, text }) => ({ source: rule, quote: text }));
    if (found.decision === 'unclear') return { ...handOver(item, UNCLEAR), brief: found.brief || UNCLEAR };
    if (rules.length === 0) return handOver(item, 'the diagnosis rests on no rule of the policy');
    const ids = rules.map(({ source }) => source);
    const rest = {
      confidence: null,
      brief: found.brief,
      evidence: [...rules, { source: COMPLAINT, quote: cutText(item.text, 600) }],
    };
    if (found.decision === 'deny') return { action: 'deny', parameters: { orderId, rules: ids }, ...rest };
    const refund = { orderId, amount: found.amount, currency, kind: found.decision, rules: ids };
    return { action: 'refund', parameters: refund, ...rest };
  },
};
