import * as z from 'zod/mini';
import type { Action, Automation } from '../../lambdas/contract/automation.ts';
import {
  answerOf,
  composed,
  field,
  label,
  matching,
  oneOf,
  type Template,
  words,
} from '../../lambdas/contract/parameters.ts';
import { INDUSTRIES, REGIONS, SIZES } from './company.ts';
import { addTask, closeTicket, openTicket, saveCompany } from './crm.ts';
import { PROOFS, REASONS } from './disqualify.ts';
import type { Lead } from './request.ts';
import { BANDS, FITS, INTENTS } from './score.ts';

/* What may be done about a request, and the texts that may go out. */

/** What the account is to us, by the CRM. */
export const ACCOUNTS = ['new', 'known', 'owned', 'customer'] as const;
export const KINDS = ['call', 'write to'] as const;

const score = matching(z.int().check(z.minimum(0), z.maximum(100)));
const day = matching(z.string().check(z.regex(/^20\d\d-[01]\d-[0-3]\d$/)));
const address = matching(z.email().check(z.maxLength(254)));
const number = matching(z.string().check(z.regex(/^\d{1,20}$/)));
/** What an earlier action of the list made in the CRM. */
const made = answerOf('save-company', 'reference');

/** Two robots that answer each other stop here, and so does somebody who lets us write to others. */
const ANSWERS = { perRecipient: { count: 3 }, perDay: { count: 300 } };

/** Who has the mail once stays with what was said; what comes next depends on the score. */
export const NEXT = {
  hot: 'A colleague calls you or writes to you on the next working day.',
  warm: 'A colleague writes to you on the next working day.',
  cold: 'If you want to talk to one of us, simply answer this mail.',
} as const;
const next = oneOf(...Object.values(NEXT));

export const templates: Readonly<Record<string, Template>> = {
  answer: {
    text: `Hello,

thank you for your interest in Visitplan.

{passages}

{next}

Kind regards
Visitplan Sales`,
    slots: { next },
  },
  received: {
    text: `Hello,

thank you for your interest in Visitplan. We have your message.

{next}

Kind regards
Visitplan Sales`,
    slots: { next },
  },
};

const mail = (template: string): Action<Lead> => ({
  destination: 'customer-mail',
  risk: 'routine',
  reversible: false,
  describe: ({ to }) => `Send the answer to ${to ?? 'nobody, because there is no address'}`,
  parameters: { to: field('from'), text: composed(template) },
  recipient: 'to',
  shows: ['to', 'text'],
  limits: ANSWERS,
  edits: () => ({ text: { label: 'Answer', type: 'text', maxLength: 4000 } }),
  email: { to: 'to', text: 'text', subject: () => 'Your question about Visitplan', reply: true },
});

export const actions: Automation<Lead>['actions'] = {
  'save-company': {
    destination: 'crm',
    risk: 'routine',
    reversible: true,
    parameters: {
      email: field('from'),
      size: oneOf(...SIZES),
      industry: oneOf(...INDUSTRIES),
      region: oneOf(...REGIONS),
      fit: oneOf(...FITS),
      intent: oneOf(...INTENTS),
      account: oneOf(...ACCOUNTS),
      score,
      band: oneOf(...BANDS),
    },
    describe: ({ email, band, score }) =>
      `Create or update the company of ${email} in the CRM: ${band}, ${score} of 100`,
    // The words above say the rest.
    shows: ['size', 'industry', 'region', 'account', 'fit', 'intent'],
    // What a flood of forms may write there.
    limits: { perDay: { count: 1000 } },
    request: saveCompany,
  },
  'add-task': {
    destination: 'crm',
    risk: 'routine',
    reversible: true,
    parameters: {
      company: made,
      email: field('from'),
      kind: oneOf(...KINDS),
      due: day,
      owner: number,
      label: label(),
      band: oneOf(...BANDS),
      score,
    },
    describe: ({ kind, email, due }) => `Add a task to the CRM: ${kind} ${email} by ${due}`,
    shows: ['kind', 'due', 'owner'],
    edits: () => ({ kind: { label: 'What to do', type: 'choice', options: KINDS } }),
    limits: { perDay: { count: 500 } },
    request: addTask,
  },
  'tell-owner': {
    destination: 'sales-slack',
    risk: 'routine',
    reversible: false,
    parameters: {
      owner: address,
      company: made,
      label: label(),
      band: oneOf(...BANDS),
      score,
      region: oneOf(...REGIONS),
      due: day,
    },
    describe: ({ owner, band }) => `Tell ${owner} in Slack of the ${band} lead`,
    shows: ['owner', 'score'],
    limits: { perDay: { count: 500 } },
    slack: {
      text: ({ owner, company, label, band, score, region, due }) =>
        `${owner}: a ${band} lead from ${region} (${label}, ${score} of 100), company ${company} in the CRM. A task by ${due} is there.`,
    },
  },
  answer: mail('answer'),
  confirm: mail('received'),
  disqualify: {
    destination: 'crm',
    risk: 'routine',
    reversible: true,
    parameters: { email: field('from'), reason: oneOf(...REASONS), proof: oneOf(...PROOFS) },
    describe: ({ reason }) => `Close the request in the CRM as no lead (${reason})`,
    limits: { perDay: { count: 500 } },
    request: closeTicket,
  },
  'open-ticket': {
    destination: 'crm',
    risk: 'routine',
    reversible: true,
    parameters: { email: field('from'), desk: oneOf('sales desk'), note: words() },
    describe: ({ desk }) => `Open a ticket for a person at the ${desk}`,
    shows: ['desk', 'note'],
    request: openTicket,
  },
};
