import { defineAutomation } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { actions, templates } from './actions.ts';
import { doors } from './doors.ts';
import { account, company, opportunities, territory } from './lookups.ts';
import { judge } from './policy.ts';
import { type Lead, schema } from './request.ts';

export const automation = defineAutomation<Lead>({
  name: 'sales-lead',
  owner: 'Sales Operations',
  purpose:
    'Answer requests of companies from what we may tell, score them by what is known of the company, and hand those that count to the owner of the territory.',
  triggers: [
    'POST by the web form',
    'a signed call of the maker of the form',
    'a mail to its address',
    'a forward by the front desk',
  ],
  data: [
    'the request and its sender',
    'size, industry and country of the company, from the directory of companies',
    'the account and its open opportunities, and who owns the territory, from the CRM',
    'articles in knowledge/: what we sell and what it costs, for whom, and what we do not do',
    'the text, with tokens for personal data, goes to the model endpoint; company, task and ticket go to the CRM, a message to Slack, the answer to the sender',
  ],
  failureModes: [
    'the model takes a poor request for a good one: it stays cold unless the directory speaks for the company',
    'the model picks an article that does not answer: the sender reads true sentences about something else',
    'the text tries to instruct the model: a person gets it',
    'a student, a vendor or spam is taken for a lead, or a lead for one of them: model and code must agree, else a person looks',
    'two mails of one company come at once: the CRM keeps one company by its domain, and a task for each mail',
    'the CRM is down: the item waits; an answer that is lost is asked for by the key of the action',
    'somebody writes in the name of another: the answer goes to that address; after three in a day a person is asked',
  ],
  lastReviewed: '2026-11-27',
  reviewEveryDays: 90,
  schema,
  examples: [
    {
      name: 'a question about prices by a company of the right kind',
      expect: 'act',
      body: {
        subject: 'Prices',
        text: 'We maintain heating systems with 40 technicians. What does the Team plan cost per technician and month?',
        from: 'jo@birk.example',
      },
    },
    {
      name: 'a partnership',
      expect: 'ask',
      body: {
        text: 'We would like to become a reseller of Visitplan in Norway. Who decides about a partnership?',
        from: 'al@castor.example',
      },
    },
    {
      name: 'somebody who sells to us',
      expect: 'refuse',
      body: {
        subject: 'Your website',
        text: 'Our agency offers SEO and backlinks: we help you to grow your traffic.',
        from: 'max@rankboost.example',
      },
    },
  ],
  content: ({ subject, text, html, headers }) => ({ subject, text, html, headers }),
  doors,
  longText: false,
  labels: ['Demo', 'Pricing', 'Product', 'Partnership', 'No lead', 'other'],
  actions,
  templates,
  prompts: { route: 'route.v1', qualify: 'qualify.v1' },
  lookups: { company, account, territory, opportunities },
  collections: {
    offer: {
      from: 'folder',
      description: 'What we sell, how it works and what it costs, as customers may read it.',
      outward: true,
    },
    handbook: {
      from: 'folder',
      description: 'For whom our product is, for whom it is not, and what we do not do.',
    },
  },
  agents: {
    qualify: { lookups: ['opportunities'], searches: ['handbook'], mostTurns: 4, mostUsd: 0.05 },
  },
  // Neither model nor search needs to know who writes: the sources get the address, and the actions.
  privacy: { tokens: 'all' },
  gate: judge,
  handOver,
  subjects: ({ from }) => (from ? [from] : []),
  approval: {
    group: 'sales-approvers',
    escalateTo: 'sales-managers',
    timeoutMinutes: 8 * 60,
    escalationMinutes: 16 * 60,
    calendar: 'office',
  },
  budget: { perDayUsd: 5, perItemUsd: 0.1 },
  maxConcurrency: 20,
  promise: { normalMinutes: 15 },
});

/** To the sales desk, with the reason that code or the label gives. */
export function handOver(item: Routed<Lead>, reason: string): Proposal {
  return {
    action: 'open-ticket',
    parameters: { email: item.body.from ?? null, desk: 'sales desk', note: reason },
    confidence: null,
    brief: reason,
    reason,
    evidence: [{ source: 'the request', quote: cutText(item.text, 600) }],
  };
}
