import * as z from 'zod/mini';
import { defineAutomation } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import {
  composed,
  field,
  listOf,
  looked,
  matching,
  oneOf,
  passage,
  words,
} from '../../lambdas/contract/parameters.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { examples } from './examples.ts';
import { judged } from './gate.ts';
import { LANGUAGES, nameOf, subjectOf, templates } from './orders/letters.ts';
import { order } from './orders/order.ts';
import { MOST_PER_CUSTOMER, THRESHOLD } from './policy.ts';
import { AMOUNT, COMPLAINT, type RefundRequest, schema } from './request.ts';

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
    'what was paid, refunded, shipped, delivered and cancelled, and whom to write to: from the order system',
    'the complaint goes to the model endpoint; the refund goes to the ledger; the answer goes to the address on file',
  ],
  failureModes: [
    'the facts do not fit a rule: a person decides, nothing is paid',
    'the model proposes more than was asked for: a person decides, nothing is paid',
    'the order system knows no such order, or contradicts the complaint: a person decides',
    'the order system is down: the request waits for it, a day at most, and is then parked',
    'the complaint tries to instruct the model: a person decides',
    'the same order is posted again in other words: it is another item; what one order gets with nobody asked is limited',
    'the ledger is down: the refund is retried with the same key, then parked',
    'the answer cannot be delivered after the refund: the item is parked or quarantined, and the refund stands',
  ],
  lastReviewed: '2026-11-20',
  reviewEveryDays: 90,
  schema,
  examples,
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
        // What the order system leaves for this claim: the gate compares it.
        left: matching(z.string().check(z.regex(/^\d{1,12}\.\d{2}$/))),
        customer: looked('order', 'customer.id'),
      },
      shows: ['amount', 'currency', 'orderId', 'kind'],
      amount: ({ amount }) => (typeof amount === 'string' ? amount : undefined),
      currency: ({ currency }) => (typeof currency === 'string' ? currency : undefined),
      limits: {
        // However often it is asked for, an order gets no more alone than one request may, and no more than is left of it.
        perSubject: {
          key: (_, { orderId }) => orderId,
          ...{ amount: '99.99', days: 90 },
          most: ({ left }) => String(left),
        },
        per: {
          // The customer on file: what a request says of its sender counts for nothing.
          customer: {
            key: ({ customer }) => (typeof customer === 'string' ? customer : undefined),
            ...{ amount: MOST_PER_CUSTOMER, days: 90 },
          },
        },
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
    tell: {
      destination: 'customer-mail',
      risk: 'routine',
      reversible: false,
      parameters: {
        to: looked('order', 'customer.email'),
        orderId: field('orderId'),
        language: oneOf(...LANGUAGES),
        text: composed(
          nameOf('refunded', 'en'),
          ...LANGUAGES.flatMap((language) =>
            (['refunded', 'partly', 'denied'] as const).map((outcome) => nameOf(outcome, language)),
          ),
        ),
      },
      recipient: 'to',
      shows: ['to', 'text'],
      describe: ({ orderId }) => `Tell the customer of order ${orderId}`,
      email: { to: 'to', text: 'text', subject: subjectOf },
      limits: { perRecipient: { count: 5 } },
    },
  },
  templates,
  prompts: { route: 'route.v1', diagnose: 'diagnose.v1' },
  lookups: { order },
  gate: judged,
  thresholds: { amount: THRESHOLD },
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
  // Money that went out, or was denied, with nobody asked.
  audit: {
    ...{ share: 0.02, group: 'refund-board', target: 0.98, twice: 0.1 },
    fields: ['amount'],
    // A denial is a refusal, a case at the help desk a question: neither is done alone.
    actions: ['refund'],
    large: { parameter: 'amount', from: 50 },
  },
  budget: { perDayUsd: 5, perItemUsd: 0.1 },
  maxConcurrency: 20,
});

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
