import * as z from 'zod/mini';
import { type Automation, defineAutomation, type Facts } from '../../lambdas/contract/automation.ts';
import { answerOf, excerpt, field, matching, oneOf } from '../../lambdas/contract/parameters.ts';
import { doors } from './doors.ts';
import { CURRENCIES } from './found.ts';
import { AMOUNT, DESK, isLine, LINES, LINES_OF, type Line, ORDER } from './lines.ts';
import { type Message, schema } from './message.ts';
import { knownOf, passedOn } from './sorted.ts';
import { KINDS } from './urgent/signs.ts';

const PRIORITIES = ['urgent', 'normal'] as const;

const asMessage = ({ message, from }: Readonly<Record<string, unknown>>) => ({
  text: message,
  ...(from ? { from } : {}),
});

/** The body that each line's own schema takes. */
const BODY_FOR: Readonly<Record<Line, (parameters: Readonly<Record<string, unknown>>) => object>> = {
  'refund-request': ({ message, orderId, amount, currency, customer, from }) => ({
    ...{ text: message, orderId, amount, currency },
    ...(customer || from ? { customer: customer || from } : {}),
  }),
  'support-triage': asMessage,
  'sales-lead': asMessage,
};

const lineOf = ({ line }: Readonly<Record<string, unknown>>): Line => (isLine(line) ? line : DESK);

const actions: Automation<Message>['actions'] = {
  'pass-on': {
    destination: 'lines',
    risk: 'routine',
    reversible: false,
    describe: ({ line, priority }) => `Pass the message on to ${line} (${priority})`,
    parameters: {
      line: oneOf(...LINES),
      priority: oneOf(...PRIORITIES),
      message: excerpt(),
      from: field('from'),
      customer: field('customer'),
      orderId: matching(z.string().check(z.regex(ORDER))),
      amount: matching(z.string().check(z.regex(AMOUNT))),
      currency: oneOf(...CURRENCIES),
    },
    shows: ['line', 'priority', 'orderId', 'amount', 'currency', 'from'],
    forward: {
      to: lineOf,
      body: (parameters) => BODY_FOR[lineOf(parameters)](parameters),
      priority: ({ priority }) => (priority === 'urgent' ? 'urgent' : undefined),
    },
    // A gateway that goes mad stops here.
    limits: { perDay: { count: 20_000 } },
    edits: () => ({
      line: { label: 'Line', type: 'choice', options: LINES },
      priority: { label: 'Priority', type: 'choice', options: PRIORITIES },
      orderId: { label: 'Order (for refund-request)', type: 'text', maxLength: 41 },
      amount: { label: 'Amount (for refund-request)', type: 'money', least: '0.01', most: '999999999.99' },
      currency: { label: 'Currency (for refund-request)', type: 'choice', options: CURRENCIES },
    }),
  },
  alert: {
    destination: 'duty-slack',
    risk: 'routine',
    reversible: false,
    describe: ({ kind, item }) => `Tell who is on duty: ${kind}, ${item}`,
    parameters: { kind: oneOf(...KINDS), item: answerOf('pass-on', 'reference') },
    slack: { text: ({ kind, item }) => `Urgent at the front desk: ${kind}. Item ${item}` },
    limits: { perDay: { count: 500 } },
  },
};

export const automation = defineAutomation<Message>({
  name: 'front-desk',
  owner: 'Customer Support',
  purpose: 'Sort every message by one word, and pass it on to the line whose work it is; urgent ones first.',
  triggers: [
    'POST by a mail gateway or an app',
    'a mail to front-desk@ or hello@',
    'a signed call of the contact form',
    'a message in Slack',
  ],
  data: [
    'the message and its sender, read from the request',
    'the message text goes to the model endpoint, and on to refund-request, support-triage or sales-lead of this environment',
    'Slack learns the kind of urgency and the id of the item, and no word of the message',
  ],
  failureModes: [
    'the model answers anything but one of the four words: a person chooses the line',
    'the label is wrong: the line that gets it judges it anew, and gives what is not its own to a person',
    'nothing says that it is urgent in words that code knows: it waits with the normal ones',
    'something harmless reads as urgent: it is done earlier than it need be, and somebody on duty looks',
    'a robot writes: nothing is passed on, and nobody is answered',
    'a line is not deployed: the item is parked and released by an operator',
  ],
  lastReviewed: '2026-11-28',
  reviewEveryDays: 90,
  schema,
  reference: 'orderId',
  examples: [
    {
      name: 'a question about the app',
      expect: 'act',
      body: {
        subject: 'App',
        text: 'The app crashes on my new phone, what can I do?',
        from: 'mara@example.com',
      },
    },
    {
      name: 'a refund with order and amount',
      expect: 'act',
      body: {
        text: 'I was charged twice, EUR 4.90, for order W1001. Please refund one charge.',
        from: 'noah@example.com',
      },
    },
    {
      name: 'a stolen card',
      expect: 'act',
      body: { text: 'My card was stolen an hour ago, please block it!', from: 'lea@example.com' },
    },
    {
      name: 'a request for a quote',
      expect: 'act',
      body: {
        subject: 'Quote',
        text: 'We are interested in a business account for twelve people and would like a quote.',
        from: 'buyer@example.com',
      },
    },
    {
      name: 'a message that fits nothing',
      expect: 'ask',
      body: { subject: 'Sponsoring', text: 'Would you sponsor the summer fair of our village school?' },
    },
    {
      name: 'an automatic reply',
      expect: 'refuse',
      body: { subject: 'Automatic reply: your ticket', text: 'I am out of the office until Monday.' },
    },
  ],
  doors,
  content: ({ subject, text, html, headers }) => ({ subject, text, html, headers }),
  labels: ['Billing', 'Technical', 'Sales', 'other'],
  actions,
  prompts: { route: 'route.v1' },
  gate,
  handOver: (item, reason) => passedOn(item, { line: DESK, known: knownOf(item), reason }),
  subjects: ({ from, customer }) => [from, customer].filter((it) => it !== undefined),
  approval: {
    group: 'front-desk',
    escalateTo: 'support-managers',
    // Whoever stands at the desk is there: a message waits here before it waits anywhere else.
    timeoutMinutes: 60,
    escalationMinutes: 24 * 60,
    urgent: {
      when: ({ priority }) => priority === 'urgent',
      ...{ timeoutMinutes: 10, remindMinutes: 3, escalationMinutes: 60 },
    },
  },
  budget: { perDayUsd: 5, perItemUsd: 0.05 },
  maxConcurrency: 20,
  lanes: 'separate',
  promise: { normalMinutes: 5 },
});

/** The label says which lines it may be. What only one line needs is compared where it is chosen. */
function gate(item: Facts<Message>): { verdict: 'act' | 'ask' | 'refuse'; reasons: readonly string[] } {
  if (item.automatic)
    return { verdict: 'refuse', reasons: ['a machine wrote this message: nobody waits for an answer'] };
  const { action, parameters, reason } = item.proposal;
  const { line } = parameters;
  if (action !== 'pass-on' || !isLine(line))
    return { verdict: 'ask', reasons: ['no line of work is proposed'] };
  const missing = line === 'refund-request' ? missingIn(parameters) : [];
  // A person who sends it there has to say what is missing, or the line would not take it.
  if (missing.length > 0) return { verdict: item.byPerson ? 'refuse' : 'ask', reasons: missing };
  if (reason !== undefined) return { verdict: 'ask', reasons: [reason] };
  const lines = Object.hasOwn(LINES_OF, item.label) ? (LINES_OF[item.label] ?? []) : [];
  if (!item.byPerson && !lines.includes(line))
    return { verdict: 'ask', reasons: ['the label leads to another line'] };
  const urgent = parameters.priority === 'urgent' ? ', and urgent' : '';
  return { verdict: 'act', reasons: [`sorted as ${item.label}: for ${line}${urgent}`] };
}

function missingIn({ orderId, amount, currency }: Readonly<Record<string, unknown>>): string[] {
  const wrong: [is: boolean, reason: string][] = [
    [typeof orderId !== 'string' || !ORDER.test(orderId), "refund-request needs 'orderId', an order number"],
    [typeof amount !== 'string' || !AMOUNT.test(amount), "refund-request needs 'amount', such as 48.02"],
    [!CURRENCIES.some((it) => it === currency), "refund-request needs 'currency'"],
  ];
  return wrong.filter(([is]) => is).map(([, reason]) => reason);
}
