import * as z from 'zod/mini';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Evidence, ProposedAction } from '../../lambdas/contract/item/proposal.ts';
import { evidenceOf } from '../../lambdas/contract/steps/lookup.ts';
import { compose } from '../../lambdas/gate/compose.ts';
import { inWhole } from '../../lambdas/kit/long/ask.ts';
import { cents } from '../../lambdas/kit/numbers/money.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { automation, handOver } from './automation.ts';
import { factsFor, leftFor, UNKNOWN_ORDER } from './orders/facts.ts';
import { letterLanguage, nameOf, type Outcome } from './orders/letters.ts';
import { type Order, order } from './orders/order.ts';
import policyText from './policy.md';
import diagnoseV1 from './prompts/diagnose.v1.md';
import routeV1 from './prompts/route.v1.md';
import { COMPLAINT, type RefundRequest } from './request.ts';

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

/** The answer to the customer, where the order has an address on file: after the action that it tells of. */
function letter(
  item: Routed<RefundRequest>,
  outcome: Outcome,
  { customer }: Order,
  first: ProposedAction,
): { further?: readonly ProposedAction[] } {
  if (!customer?.email) return {};
  const { orderId, currency, amount: asked } = item.body;
  const language = letterLanguage(item.text, customer);
  const template = nameOf(outcome, language);
  const values = { order: orderId, currency, asked, amount: String(first.parameters.amount) };
  const { slots = {} } = automation.templates?.[template] ?? {};
  const recipe = {
    ...{ template, passages: [] },
    slots: Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(slots, name))),
  };
  const text = compose(recipe, {
    automation: automation as Automation,
    passages: [],
    item,
    earlier: [first],
  });
  if (text === undefined) return {};
  const parameters = { to: customer.email, orderId, language, text };
  return { further: [{ action: 'tell', parameters, composed: { text: recipe } }] };
}

/**
 * A diagnosis counts when it rests on rules of the policy; an amount is only ever proposed, the gate compares it with the rules and
 * with the facts of the order system.
 */
export const implementation: Implementation<RefundRequest> = {
  prompts,
  passages: policy.map(({ rule, text }) => ({ id: rule, text })),
  async evaluate(item, step) {
    const { orderId, amount, currency } = item.body;
    // Before any model is paid: about an order that nobody knows there is nothing to diagnose.
    const known = await step.lookup(order, { orderId, amount, currency });
    if (!known) return handOver(item, UNKNOWN_ORDER);
    const parts = await inWhole(step, 'diagnose', item, {
      prompt: prompts.diagnose,
      input: ({ text }) => ({ policy, label: item.label, orderId, amount, currency, text }),
      schema: diagnosis,
      note: UNCLEAR_PART,
    });
    const found = joined(parts);
    const facts = evidenceOf(order, known, factsFor(item.label));
    const complaint = { source: COMPLAINT, quote: cutText(item.text, 600) };
    const rules: Evidence[] = policy
      .filter(({ rule }) => found.rules.includes(rule))
      .map(({ rule, text }) => ({ source: rule, quote: text }));
    const undecided = (reason: string) => ({ ...handOver(item, reason), evidence: [facts, complaint] });
    if (found.decision === 'unclear') return { ...undecided(UNCLEAR), brief: found.brief || UNCLEAR };
    if (rules.length === 0) return undecided('the diagnosis rests on no rule of the policy');
    const ids = rules.map(({ source }) => source);
    const rest = { confidence: null, brief: found.brief, evidence: [...rules, facts, complaint] };
    if (found.decision === 'deny') {
      const deny = { action: 'deny', parameters: { orderId, rules: ids } };
      return { ...deny, ...letter(item, 'denied', known, deny), ...rest };
    }
    const left = leftFor(known, { label: item.label, requested: cents(amount) ?? 0 });
    const refund = {
      action: 'refund',
      parameters: {
        ...{ orderId, amount: found.amount, currency, kind: found.decision, rules: ids },
        left: (left / 100).toFixed(2),
        ...(known.customer ? { customer: known.customer.id } : {}),
      },
    };
    const outcome = found.decision === 'partial' ? 'partly' : 'refunded';
    return { ...refund, ...letter(item, outcome, known, refund), ...rest };
  },
};
