import * as z from 'zod/mini';
import { defineAutomation } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import {
  composed,
  excerpt,
  field,
  label,
  listOf,
  oneOf,
  passage,
  words,
} from '../../lambdas/contract/parameters.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { doors } from './doors.ts';

const text = (most: number) => z.string().check(z.maxLength(most, `must be at most ${most} characters`));

const ADDRESS = z
  .email({ error: 'must be an e-mail address' })
  .check(z.maxLength(254, 'must be at most 254 characters'));

/** As the published schema says it: a refinement is code, which a schema cannot carry. */
const given = (field: string) => ({
  required: [field],
  properties: { [field]: { type: 'string' as const, pattern: '\\S' } },
});

const schema = z
  .strictObject({
    subject: z.optional(text(500)),
    /** The message as plain text. */
    text: z.optional(text(200_000)),
    /** The message as HTML, where there is no plain text. */
    html: z.optional(text(800_000)),
    /** The sender's address, for the reply. */
    from: z.optional(ADDRESS),
    /** Of the mail, where the gateway has them: a machine's message is not answered. */
    headers: z.optional(
      z.strictObject({
        /** Auto-Submitted */
        autoSubmitted: z.optional(text(200)),
        /** Precedence */
        precedence: z.optional(text(200)),
        /** List-Id */
        listId: z.optional(text(500)),
        /** X-Auto-Response-Suppress */
        autoResponseSuppress: z.optional(text(200)),
      }),
    ),
  })
  .check(
    z.refine((body) => Boolean(body.text?.trim() || body.html?.trim()), {
      path: ['text'],
      error: "give the message in 'text' or in 'html'",
    }),
    z.meta({ anyOf: [given('text'), given('html')] }),
  );

export type Ticket = z.output<typeof schema>;

/** Who can be given a ticket: a team per label, and the desk for what fits none. */
const TEAMS = ['Billing', 'Technical', 'Sales', 'front desk'] as const;

export const automation = defineAutomation<Ticket>({
  name: 'support-triage',
  owner: 'Customer Support',
  purpose:
    'Sort support messages and answer those that a help article answers, in its words; the rest goes to a person.',
  triggers: [
    'POST of a ticket by the help desk or the mail gateway',
    'a mail to its address',
    'an event of the help desk',
    'an issue on GitHub, a message in Slack, a disputed charge at Stripe',
  ],
  data: [
    'the message and its sender, read from the request',
    'help articles in knowledge/articles and knowledge/help, for anybody; procedures in knowledge/procedures, for staff alone',
    'the message text and the passages that fit it go to the model endpoint; the reply goes to the help desk',
    'a message with several requests goes on as one item for each, with the words that make the request',
  ],
  failureModes: [
    'no article answers the message: a person gets it, with the reason and the nearest passages',
    'a message asks several things and the list of them does not cover it: a person gets it whole',
    'the model picks a passage that does not answer: the customer reads true sentences about something else',
    'the label is wrong: the reply is still taken from an article that fits the words, or goes to a person',
    'the message tries to instruct the model: a person gets it',
    'a robot answers the reply, and is answered: after ten replies to one address in a day, or 500 to all, a person gets it',
    'the help desk is down: the reply is retried, then parked and released by an operator',
  ],
  lastReviewed: '2026-11-20',
  reviewEveryDays: 90,
  schema,
  examples: [
    {
      name: 'a question that an article answers',
      expect: 'act',
      body: {
        subject: 'Exchange rate',
        text: 'What exchange rate do you use when I pay with my card abroad, and are there fees at the weekend?',
        from: 'mara@example.com',
      },
    },
    {
      name: 'a question that no article answers',
      expect: 'ask',
      body: { subject: 'Sponsoring', text: 'Would you sponsor the summer fair of our village school?' },
    },
    {
      name: 'an automatic reply',
      expect: 'refuse',
      body: { subject: 'Automatic reply: your ticket', text: 'I am out of the office until Monday.' },
    },
  ],
  doors: {
    ...doors,
    mail: {
      body: ({ subject, text, html, from, automatic }) => ({
        ...(subject ? { subject } : {}),
        ...(text ? { text } : { html }),
        // An address that is none gets no reply: a person answers.
        ...(z.safeParse(ADDRESS, from).success ? { from } : {}),
        headers: automatic,
      }),
    },
  },
  content: ({ subject, text, html, headers }) => ({ subject, text, html, headers }),
  labels: ['Billing', 'Technical', 'Sales', 'other'],
  actions: {
    reply: {
      destination: 'help-desk',
      risk: 'routine',
      reversible: false,
      describe: ({ to }) => `Send the reply to ${typeof to === 'string' ? to : 'the sender of the ticket'}`,
      parameters: {
        to: field('from'),
        label: label(),
        reply: composed('answer'),
        sources: listOf(passage(), 3),
      },
      recipient: 'to',
      shows: ['to', 'reply'],
      // Two robots that answer each other stop here; where the gateway names no sender, the day's cap stops
      // them.
      limits: { perRecipient: { count: 10 }, perDay: { count: 500 } },
      edits: () => ({ reply: { label: 'Reply', type: 'text', maxLength: 4000 } }),
    },
    assign: {
      destination: 'help-desk',
      risk: 'routine',
      reversible: true,
      describe: ({ team }) => `Assign the ticket to a person (${team})`,
      parameters: { team: oneOf(...TEAMS), note: words() },
      shows: ['team', 'note'],
      edits: () => ({ team: { label: 'Team', type: 'choice', options: TEAMS } }),
    },
    // A part of the message, to be answered by itself.
    split: {
      destination: 'support-parts',
      risk: 'routine',
      reversible: false,
      describe: ({ label: team }) => `Answer one request of a message to ${team} by itself`,
      parameters: { request: excerpt(), from: field('from'), label: label() },
      shows: ['request'],
      forward: {
        body: ({ request, from }) => ({ text: request, ...(from === null ? {} : { from }) }),
      },
    },
  },
  templates: {
    answer: {
      text: `Hello,

thank you for your message.

{passages}

If this does not solve it, simply answer this mail.

Kind regards
Customer Support`,
    },
    // Fit to be sent at once, whoever answers in the end.
    holding: {
      text: `Hello,

thank you for your message. We have it, and read it as one for our {team} team. An answer follows; there is no need to write again.

Kind regards
Customer Support`,
      slots: { team: label() },
    },
  },
  early: {
    facts: { label: label(), reply: composed('holding') },
    // Whoever writes is told once, also where the message is answered in parts.
    answer: ({ label: team, automatic, parent }) =>
      automatic || parent
        ? undefined
        : {
            facts: { label: team },
            composed: { reply: { template: 'holding', passages: [], slots: { team } } },
          },
  },
  collections: {
    articles: { from: 'folder', description: 'Help articles of the card app, for customers.', outward: true },
    help: { from: 'folder', description: 'The help centre of Rho-Bank, for customers.', outward: true },
    procedures: { from: 'folder', description: 'How staff of Rho-Bank handle requests: for staff alone.' },
  },
  prompts: { route: 'route.v2', split: 'split.v1', reply: 'reply.v2' },
  gate(item) {
    if (item.automatic)
      return { verdict: 'refuse', reasons: ['a machine wrote this message: nobody waits for an answer'] };
    const { action, evidence, further = [], reason = 'a person is needed' } = item.proposal;
    if (action === 'split' && further.every((one) => one.action === 'split'))
      return { verdict: 'act', reasons: [`split into ${1 + further.length} requests`] };
    if (action !== 'reply') return { verdict: 'ask', reasons: [reason] };
    if (evidence.length === 0) return { verdict: 'ask', reasons: ['the reply names no source'] };
    return { verdict: 'act', reasons: [`answered from ${evidence.map(({ source }) => source).join(', ')}`] };
  },
  handOver,
  subjects: ({ from }) => (from ? [from] : []),
  approval: {
    group: 'support-leads',
    escalateTo: 'support-managers',
    timeoutMinutes: 24 * 60,
    escalationMinutes: 48 * 60,
  },
  budget: { perDayUsd: 5, perItemUsd: 0.15 },
  maxConcurrency: 20,
  // Whoever lost a card does not wait behind a newsletter's replies.
  lanes: 'separate',
  promise: {
    normalMinutes: 15,
    byLabel: {
      Technical: { minutes: 4 * 60, calendar: 'office' },
      Billing: { minutes: 8 * 60, calendar: 'office' },
      Sales: { minutes: 8 * 60, calendar: 'office' },
      other: { minutes: 16 * 60, calendar: 'office' },
    },
  },
});

/** The ticket to a person, with the reason the model could not serve it. */
export function handOver(item: Routed<Ticket>, reason: string): Proposal {
  return {
    action: 'assign',
    parameters: { team: item.label === 'other' ? 'front desk' : item.label, note: reason },
    confidence: null,
    brief: reason,
    reason,
    evidence: [{ source: 'the message', quote: cutText(item.text, 600) }],
  };
}
