import { type Automation, defineAutomation, type Facts } from '../../lambdas/contract/automation.ts';
import {
  composed,
  excerpt,
  field,
  label,
  listOf,
  oneOf,
  passage,
} from '../../lambdas/contract/parameters.ts';
import { doors } from './doors.ts';
import { INCIDENTS, incidentIn, wantsAccess } from './incident.ts';
import { type Ask, schema } from './message.ts';
import { handOver, WHYS } from './ticket.ts';

const QUEUES = ['Account', 'Device', 'Network', 'Software', 'Access', 'Security', 'other'] as const;
const URGENCIES = ['urgent', 'normal'] as const;

const actions: Automation<Ask>['actions'] = {
  answer: {
    destination: 'it-desk',
    risk: 'routine',
    reversible: false,
    describe: ({ to }) => `Answer ${typeof to === 'string' ? to : 'whoever asked'} from the help articles`,
    parameters: {
      to: field('from'),
      label: label(),
      reply: composed('answer'),
      sources: listOf(passage(), 3),
    },
    recipient: 'to',
    shows: ['to', 'reply'],
    // Two robots that answer each other stop here.
    limits: { perRecipient: { count: 20 }, perDay: { count: 2000 } },
    edits: () => ({ reply: { label: 'Reply', type: 'text', maxLength: 4000 } }),
  },
  'open-ticket': {
    destination: 'it-desk',
    risk: 'routine',
    reversible: true,
    describe: ({ queue, urgency, why }) => `Open a ticket (${queue}, ${urgency}): ${why}`,
    parameters: {
      queue: label(),
      urgency: oneOf(...URGENCIES),
      why: oneOf(...WHYS),
      from: field('from'),
      question: excerpt(),
    },
    shows: ['queue', 'urgency', 'why', 'from'],
    limits: { perDay: { count: 1000 } },
    edits: () => ({
      queue: { label: 'Queue', type: 'choice', options: QUEUES },
      urgency: { label: 'Urgency', type: 'choice', options: URGENCIES },
    }),
  },
  'tell-security': {
    destination: 'security-slack',
    risk: 'routine',
    reversible: false,
    describe: ({ kind }) => `Tell the security team of an incident (${kind})`,
    parameters: { kind: oneOf(...INCIDENTS, 'other') },
    slack: { text: ({ kind }) => `Security incident: ${kind}. An urgent ticket is open at the IT desk.` },
    limits: { perDay: { count: 300 } },
  },
};

export const automation = defineAutomation<Ask>({
  name: 'it-help',
  owner: 'Workplace IT',
  purpose:
    "Answer employees' IT questions at once from help articles; open a ticket for the rest, and call people to incidents.",
  triggers: [
    'POST by the intranet or an assistant, which waits for the answer',
    'a mail to it-help@ or it@',
    'a signed call of the form of the intranet',
    'a message in Slack',
  ],
  data: [
    'the question and its sender, read from the request',
    'help articles in knowledge/',
    'the question, without greeting and addresses, goes to the model endpoint; ticket and answer go to the IT desk',
    'Slack learns the kind of a security incident, and no word of it',
  ],
  failureModes: [
    'no article answers: a ticket is opened, in the words of whoever asked',
    'the model picks a passage that does not answer: the employee reads true sentences about something else, and writes again',
    'an incident is told in words that code does not know: the label leads to the security team, or a person reads it',
    'a harmless question reads as an incident: the security team looks at a ticket',
    'rights are asked for: a person decides, and nothing is granted here',
    'the IT desk is down: answer and ticket are retried, then parked and released by an operator',
  ],
  lastReviewed: '2026-11-28',
  reviewEveryDays: 90,
  schema,
  examples: [
    {
      name: 'a forgotten password',
      expect: 'act',
      body: { text: 'I forgot my password. How do I get a new one?', from: 'mara@northgate.example' },
    },
    {
      name: 'a question that no article answers',
      expect: 'act',
      body: {
        text: 'The projector in room Lisbon hums loudly, can a technician come?',
        from: 'ida@northgate.example',
      },
    },
    {
      name: 'a lost laptop',
      expect: 'act',
      body: { text: 'I left my laptop on the train this morning!', from: 'noah@northgate.example' },
    },
    {
      name: 'a wish for rights',
      expect: 'ask',
      body: { text: 'I need access to the finance folder, please.', from: 'lea@northgate.example' },
    },
    {
      name: 'an automatic reply',
      expect: 'refuse',
      body: { subject: 'Automatic reply: your ticket', text: 'I am out of the office until Monday.' },
    },
  ],
  doors,
  content: ({ subject, text, html, headers }) => ({ subject, text, html, headers }),
  labels: [...QUEUES],
  // What must not wait for a model, and what no model decides.
  labelOf: ({ text, whole = text }) =>
    incidentIn(whole) ? 'Security' : wantsAccess(whole) ? 'Access' : undefined,
  actions,
  templates: {
    answer: {
      text: `Hello,

{passages}

If this does not help, simply answer, and the IT desk opens a ticket.

Workplace IT`,
    },
  },
  collections: {
    help: { from: 'folder', description: "Help articles of the company's IT.", outward: true },
  },
  prompts: { route: 'route.v1', pick: 'pick.v1' },
  gate,
  handOver,
  subjects: ({ from }) => (from ? [from] : []),
  approval: {
    group: 'it-desk',
    escalateTo: 'it-managers',
    timeoutMinutes: 4 * 60,
    escalationMinutes: 24 * 60,
    urgent: {
      when: ({ urgency }) => urgency === 'urgent',
      ...{ timeoutMinutes: 15, remindMinutes: 5, escalationMinutes: 60 },
    },
  },
  // A question of more than four parts is none that an article answers.
  longText: { mostCalls: 4 },
  budget: { perDayUsd: 5, perItemUsd: 0.05 },
  maxConcurrency: 20,
  promise: { normalMinutes: 2 },
});

/** Answers where an article answers, opens tickets where none does; incidents are told, rights are people's. */
function gate(item: Facts<Ask>): { verdict: 'act' | 'ask' | 'refuse'; reasons: readonly string[] } {
  if (item.automatic)
    return { verdict: 'refuse', reasons: ['a machine wrote this message: nobody waits for an answer'] };
  const { action, evidence, further = [], parameters, reason } = item.proposal;
  if (reason !== undefined) return { verdict: 'ask', reasons: [reason] };
  if (item.label === 'Access' || parameters.why === 'rights are asked for')
    return { verdict: 'ask', reasons: ['rights are asked for: a person decides'] };
  if (item.label === 'Security') {
    const told = further.some(({ action: next }) => next === 'tell-security');
    return action === 'open-ticket' && parameters.urgency === 'urgent' && told
      ? { verdict: 'act', reasons: ['a security incident: an urgent ticket, and the security team is told'] }
      : { verdict: 'ask', reasons: ['a security incident that the security team is not told of'] };
  }
  if (action === 'open-ticket') return { verdict: 'act', reasons: ['no article answers it: a ticket'] };
  if (action !== 'answer') return { verdict: 'ask', reasons: ['a person is needed'] };
  if (evidence.length === 0) return { verdict: 'ask', reasons: ['the answer names no source'] };
  return { verdict: 'act', reasons: [`answered from ${evidence.map(({ source }) => source).join(', ')}`] };
}
