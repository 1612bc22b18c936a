import * as z from 'zod/mini';
import { defineAutomation } from '../../../lambdas/contract/automation.ts';
import { composed, field, oneOf, words } from '../../../lambdas/contract/parameters.ts';

const WANTS = ['mail', 'draft', 'message', 'event', 'support', 'parts', 'nothing'] as const;
const schema = z.strictObject({
  want: z.enum(WANTS),
  from: z.optional(z.email().check(z.maxLength(254))),
  text: z.optional(z.string().check(z.maxLength(2000))),
});
export type Body = z.output<typeof schema>;
const common = { risk: 'routine', reversible: false } as const;

export const automation = defineAutomation<Body>({
  name: 'switch',
  owner: 'Tests',
  purpose: 'Do what its item asks for.',
  triggers: ['a POST', 'a mail', 'an event of its own'],
  data: ['the wish'],
  failureModes: ['none'],
  lastReviewed: '2026-11-27',
  reviewEveryDays: 90,
  schema,
  examples: [
    { name: 'a message', expect: 'act', body: { want: 'message' } },
    { name: 'nothing', expect: 'refuse', body: { want: 'nothing' } },
    { name: 'a draft', expect: 'act', body: { want: 'draft', from: 'mara@example.com' } },
  ],
  doors: {
    mail: { body: ({ from, text = '' }) => ({ want: 'mail' as const, text, ...(from ? { from } : {}) }) },
    events: {
      own: {
        bus: 'signalbox',
        source: 'switch.test',
        detailType: 'Told',
        body: () => ({ want: 'nothing' as const }),
      },
    },
  },
  content: ({ want, text }) => ({ text: text ?? want }),
  labels: ['known', 'other'],
  actions: {
    mail: {
      ...common,
      destination: 'switch-mail',
      describe: ({ to }) => `Mail ${to}`,
      parameters: { to: field('from'), text: composed('answer') },
      recipient: 'to',
      email: { to: 'to', text: 'text', subject: () => 'Your message', reply: true, fallback: 'received' },
    },
    message: {
      ...common,
      destination: 'switch-channel',
      describe: () => 'Tell the team',
      parameters: { want: oneOf(...WANTS) },
      slack: { text: ({ want }) => `Somebody wants a ${want} & more` },
    },
    event: {
      ...common,
      destination: 'switch-events',
      describe: () => 'Tell who listens',
      event: { detailType: 'Told', detail: () => ({ told: true }) },
    },
    support: {
      ...common,
      destination: 'to-support',
      describe: () => 'Ask support',
      parameters: {
        question: oneOf(
          'What exchange rate do you use when I pay with my card abroad, and are there fees at the weekend?',
        ),
      },
      forward: { body: ({ question }) => ({ text: question, from: 'mara@example.com' }) },
    },
    part: {
      ...common,
      destination: 'switch-parts',
      describe: () => 'Split a part off',
      parameters: { want: oneOf(...WANTS) },
      forward: { body: ({ want }) => ({ want }) },
    },
    note: {
      ...common,
      destination: 'switch-channel',
      describe: () => 'Note it',
      parameters: { note: words() },
      slack: { text: () => 'noted' },
    },
  },
  templates: {
    answer: { text: 'Hello,\n\nthat is <all> there is to say.' },
    received: { text: 'We have it.' },
  },
  prompts: { route: 'route.v1' },
  gate: ({ body, proposal }) => ({
    verdict: body.want === 'nothing' ? 'refuse' : proposal.action === 'note' ? 'ask' : 'act',
    reasons: ['it was asked for'],
  }),
  handOver: (_item, reason) => ({
    action: 'note',
    parameters: { note: reason },
    confidence: null,
    brief: reason,
    reason,
    evidence: [],
  }),
  approval: {
    group: 'support-leads',
    escalateTo: 'support-managers',
    timeoutMinutes: 60,
    escalationMinutes: 120,
  },
  budget: { perDayUsd: 5, perItemUsd: 0.1 },
  maxConcurrency: 20,
});
