import * as z from 'zod/mini';
import { defineAutomation, type Facts } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import { field, listOf, matching, oneOf, passage, words } from '../../lambdas/contract/parameters.ts';
import { cents } from '../../lambdas/kit/money.ts';
import { cutText } from '../../lambdas/kit/text.ts';

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

/** The source of evidence that is the customer's own words. */
export const COMPLAINT = 'the complaint';

/** From this amount on a person decides, in any of the currencies. */
export const THRESHOLD = '100.00';

/** More than nothing, as `cents` reads it. A pattern, so that the published schema says it too. */
const AMOUNT = /^(?:[1-9]\d{0,11}(?:\.\d{1,2})?|0\.(?:0[1-9]|[1-9]\d?))$/;
const AN_AMOUNT =
  'must be a positive decimal amount as a string, such as "240.00": at most 12 digits, then at most 2 after a point';

const schema = z.strictObject({
  orderId: z
    .string()
    .check(
      z.regex(
        /^#?[\w-]{1,40}$/,
        'must be an order number: at most 40 letters, digits, "-" or "_", with or without a "#" before them',
      ),
    ),
  amount: z.string().check(z.regex(AMOUNT, AN_AMOUNT)),
  currency: z.enum(['EUR', 'USD', 'GBP'], { error: 'must be one of EUR, USD, GBP' }),
  /** What the customer wrote. */
  text: z
    .string()
    .check(
      z.minLength(1, { error: 'must not be empty', abort: true }),
      z.regex(/\S/, 'must not be only white space'),
      z.maxLength(200_000, 'must be at most 200000 characters'),
    ),
  /** How the shop knows the customer: an address or a number. */
  customer: z.optional(z.string().check(z.maxLength(200, 'must be at most 200 characters'))),
  /** The employee who filed the request: they do not approve it themselves. */
  requestedBy: z.optional(
    z.email({ error: 'must be an e-mail address' }).check(z.maxLength(254, 'must be at most 254 characters')),
  ),
});

export type RefundRequest = z.output<typeof schema>;

export const automation = defineAutomation<RefundRequest>({
  name: 'refund-request',
  owner: 'Payments Operations',
  purpose:
    'Examine refund requests against the refund policy; pay small clear ones back, put the others before a person.',
  reference: 'orderId',
  triggers: ['POST of a complaint by the shop or the help desk', "a signed call of the shop's backend"],
  data: [
    'order number, amount and the complaint, read from the request',
    'the refund policy in policy.md',
    'the complaint goes to the model endpoint; the refund goes to the ledger',
  ],
  failureModes: [
    'the facts do not fit a rule: a person decides, nothing is paid',
    'the model proposes more than was asked for: a person decides, nothing is paid',
    'the complaint tries to instruct the model: a person decides',
    'the same order is posted again in other words: it is another item; what one order gets with nobody asked is limited',
    'the ledger is down: the refund is retried with the same key, then parked',
  ],
  lastReviewed: '2026-11-20',
  reviewEveryDays: 90,
  schema,
  examples: [
    {
      name: 'a small double charge',
      expect: 'act',
      // Small enough to be tried many times before the order is at its limit.
      body: {
        orderId: 'W1001',
        amount: '4.90',
        currency: 'EUR',
        text: 'I was charged twice for the same order. Please pay one charge back.',
      },
    },
    {
      name: 'a broken item above the threshold',
      expect: 'ask',
      body: {
        orderId: 'W1002',
        amount: '240.00',
        currency: 'EUR',
        text: 'The lamp arrived broken yesterday, the glass is in pieces. I want my money back.',
      },
    },
    {
      name: 'an open chargeback',
      expect: 'refuse',
      body: {
        orderId: 'W1003',
        amount: '60.00',
        currency: 'EUR',
        text: 'The bag arrived damaged. I also opened a chargeback with my bank, it is still open.',
      },
    },
  ],
  content: ({ text }) => ({ text }),
  doors: {
    webhooks: {
      // The shop's own backend: it signs each call, and sends the body as it is.
      shop: {
        scheme: {
          ...{ kind: 'hmac', header: 'x-shop-signature', encoding: 'hex', prefix: 'sha256=' },
          timestampHeader: 'x-shop-time',
        },
        body: ({ payload }) => schema.parse(payload),
      },
    },
  },
  labels: ['duplicate-charge', 'not-received', 'damaged', 'cancelled', 'other'],
  actions: {
    refund: {
      destination: 'refund-ledger',
      risk: 'consequential',
      reversible: false,
      describe: ({ amount, currency, orderId }) => `Refund ${currency} ${amount} to order ${orderId}`,
      parameters: {
        orderId: field('orderId'),
        // Which amount it may be is the policy's question.
        amount: matching(z.string().check(z.regex(AMOUNT))),
        currency: field('currency'),
        kind: oneOf('refund', 'partial'),
        rules: listOf(passage()),
      },
      shows: ['amount', 'currency', 'orderId', 'kind'],
      amount: ({ amount }) => (typeof amount === 'string' ? amount : undefined),
      currency: ({ currency }) => (typeof currency === 'string' ? currency : undefined),
      limits: {
        // However often it is asked for, an order gets no more alone than one request may.
        perSubject: { key: (_, { orderId }) => orderId, amount: '99.99', days: 90 },
        perDay: { amount: '10000.00' },
      },
      // Nobody gives back more than was paid; whether the rules grant it is the gate's question.
      edits: (_, body) => ({ amount: { label: 'Amount', type: 'money', least: '0.01', most: body.amount } }),
    },
    deny: {
      destination: 'help-desk',
      risk: 'routine',
      reversible: true,
      parameters: { orderId: field('orderId'), rules: listOf(passage()) },
      describe: ({ orderId }) => `Deny the refund of order ${orderId} and tell the help desk`,
    },
    review: {
      destination: 'help-desk',
      risk: 'routine',
      reversible: true,
      parameters: {
        orderId: field('orderId'),
        amount: field('amount'),
        currency: field('currency'),
        note: words(),
      },
      describe: ({ orderId }) => `Open a case for order ${orderId} at the help desk`,
    },
  },
  prompts: { route: 'route.v1', diagnose: 'diagnose.v1' },
  gate(item) {
    const { action, reason = 'a person is needed' } = item.proposal;
    if (action === 'review') return { verdict: 'ask', reasons: [reason] };
    const objections = action === 'deny' ? objectionsToDenial(item) : objectionsToRefund(item);
    if (objections.length > 0) return { verdict: 'ask', reasons: objections };
    const rules = rulesOf(item).join(', ');
    if (action === 'deny') return { verdict: 'refuse', reasons: [`the policy denies it: ${rules}`] };
    const granting = rulesOf(item).filter((rule) => shareOf(item, rule) > 0);
    return { verdict: 'act', reasons: [`below ${THRESHOLD} and granted by ${granting.join(', ')}`] };
  },
  handOver,
  requester: ({ requestedBy }) => requestedBy,
  subjects: ({ customer }) => (customer ? [customer] : []),
  approval: {
    group: 'refund-approvers',
    escalateTo: 'refund-managers',
    timeoutMinutes: 8 * 60,
    escalationMinutes: 16 * 60,
    // A sum that two people have to answer for.
    byAmount: [{ from: '10000.00', group: 'refund-board', quorum: 2 }],
  },
  budget: { perDayUsd: 5, perItemUsd: 0.1 },
  maxConcurrency: 20,
});

function rulesOf({ proposal }: Facts<RefundRequest>): string[] {
  return proposal.evidence.flatMap(({ source }) => (source === COMPLAINT ? [] : [source]));
}

/**
 * A rule counts only for the label it belongs to: a model that cites all of them grants no more than the one.
 */
function shareOf({ label }: Pick<Facts<RefundRequest>, 'label'>, rule: string): number {
  const rules = Object.hasOwn(GRANTED_BY, label) ? GRANTED_BY[label] : undefined;
  return rules && Object.hasOwn(rules, rule) ? (rules[rule] ?? 0) : 0;
}

/** A denial alone needs a rule that denies. */
function objectionsToDenial(item: Facts<RefundRequest>): string[] {
  return rulesOf(item).some((rule) => DENIED_BY.includes(rule)) ? [] : ['no rule of the policy denies it'];
}

/** What the rules allow is compared here, in cents, and never by a model. */
function objectionsToRefund(item: Facts<RefundRequest>): string[] {
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
    proposed >= (cents(THRESHOLD) ?? 0) && `the amount is at or above ${THRESHOLD}`,
  ].filter((objection) => typeof objection === 'string');
}

/** No usable diagnosis: a case for the help desk, which a person may open. */
export function handOver(item: Routed<RefundRequest>, reason: string): Proposal {
  const { orderId, amount, currency } = item.body;
  return {
    action: 'review',
    parameters: { orderId, amount, currency, note: reason },
    confidence: null,
    brief: reason,
    reason,
    evidence: [{ source: COMPLAINT, quote: cutText(item.text, 600) }],
  };
}
