import type { Automation, Facts } from '../../lambdas/contract/automation.ts';
import { actionsOf } from '../../lambdas/contract/item/proposal.ts';
import { answersOf } from '../../lambdas/contract/steps/lookup.ts';
import { cents } from '../../lambdas/kit/numbers/money.ts';
import { againstDenial, againstRefund, type Claim, leftFor, UNKNOWN_ORDER } from './orders/facts.ts';
import { bare, type Order, order } from './orders/order.ts';
import { DENIED_BY, shareOf, THRESHOLD } from './policy.ts';
import { COMPLAINT, type RefundRequest } from './request.ts';

type Item = Facts<RefundRequest>;

/** What the model proposes is compared with the policy and with the order system here, in cents, and never by a model. */
export const judged: Automation<RefundRequest>['gate'] = (item, { amount = THRESHOLD.value } = {}) => {
  const { action, reason = 'a person is needed' } = item.proposal;
  if (action === 'review') return { verdict: 'ask', reasons: [reason] };
  const objections = [
    ...(action === 'deny' ? objectionsToDenial(item) : objectionsToRefund(item, amount)),
    ...contradictions(item),
  ];
  if (objections.length > 0) return { verdict: 'ask', reasons: [...new Set(objections)] };
  const rules = rulesOf(item).join(', ');
  if (action === 'deny') return { verdict: 'refuse', reasons: [`the policy denies it: ${rules}`] };
  const granting = rulesOf(item).filter((rule) => shareOf(item, rule) > 0);
  return { verdict: 'act', reasons: [`below ${amount.toFixed(2)} and granted by ${granting.join(', ')}`] };
};

function rulesOf({ proposal }: Item): string[] {
  const others = [COMPLAINT, order.name];
  return proposal.evidence.flatMap(({ source }) => (others.includes(source) ? [] : [source]));
}

/** What the order system says about the order of this request; undefined where it has no such thing, or was not asked. */
function knownOf(item: Item): Order | undefined {
  const { orderId, currency } = item.body;
  const own = (one: Order | null) =>
    one?.currency === currency && one.orderId.toLowerCase() === bare(orderId).toLowerCase();
  return answersOf<Order>(item, order).find(own) ?? undefined;
}

function contradictions(item: Item): string[] {
  const known = knownOf(item);
  if (!known) return [UNKNOWN_ORDER];
  const at = item.looked?.find(({ lookup }) => lookup === order.name)?.at;
  // Days are counted up to the answer; without its time nobody knows them.
  if (at === undefined) return [UNKNOWN_ORDER];
  const requested = cents(item.body.amount) ?? 0;
  const claim: Claim = { label: item.label, requested, rules: rulesOf(item), at };
  if (item.proposal.action === 'deny') return againstDenial(known, claim);
  return [...againstRefund(known, claim), ...beyondLeft(item, known, claim)];
}

function beyondLeft({ proposal }: Item, known: Order, claim: Claim): string[] {
  const [refund] = actionsOf(proposal);
  const left = leftFor(known, claim);
  const { amount, left: named } = refund.parameters;
  return [
    ...((cents(String(amount)) ?? 0) > left ? ['more than is left of the payment'] : []),
    ...(cents(String(named)) === left ? [] : ['what is left is not what the order system says']),
  ];
}

/** A denial alone needs a rule that denies. */
function objectionsToDenial(item: Item): string[] {
  return rulesOf(item).some((rule) => DENIED_BY.includes(rule)) ? [] : ['no rule of the policy denies it'];
}

function objectionsToRefund(item: Item, threshold: number): string[] {
  const { body, proposal } = item;
  const proposed = typeof proposal.parameters.amount === 'string' ? cents(proposal.parameters.amount) : null;
  const requested = cents(body.amount) ?? 0;
  if (proposed === null || proposed <= 0) return ['the proposed amount is not a positive decimal'];
  const rules = rulesOf(item);
  const denying = rules.filter((rule) => DENIED_BY.includes(rule));
  const shares = rules.map((rule) => shareOf(item, rule)).filter((share) => share > 0);
  const share = Math.max(0, ...shares);
  const granted = Math.round(requested * share);
  // To the cent, rounded up or down: an amount that no rule comes to was named by somebody else.
  const fits = shares.some((it) => Math.abs(requested * it - proposed) < 1);
  return [
    denying.length > 0 && `a rule that denies is cited: ${denying.join(', ')}`,
    share === 0 && 'no rule that is cited grants it to a request of this label',
    share > 0 && proposed > granted && proposed <= requested && `the rules grant less: ${share * 100} %`,
    // An approver may give less than a rule grants.
    share > 0 && proposed <= granted && !fits && !item.byPerson && 'the amount is not what a rule grants',
    proposed > requested && `more than was asked for is proposed (${body.currency} ${body.amount})`,
    proposed >= Math.round(threshold * 100) && `the amount is at or above ${threshold.toFixed(2)}`,
  ].filter((objection) => typeof objection === 'string');
}
