import * as z from 'zod/mini';
import { defineAutomation, type Facts } from '../../lambdas/contract/automation.ts';
import type { EInvoice } from '../../lambdas/contract/einvoice.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import { label, matching, oneOf, words } from '../../lambdas/contract/parameters.ts';
import { cents } from '../../lambdas/kit/money.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { EXAMPLES } from './examples.ts';
import {
  AMOUNT,
  CURRENCIES,
  DAY,
  type InvoiceFacts,
  invoiceFacts,
  NUMBER,
  number as numberShape,
} from './shape.ts';
import { compactOf, VENDORS } from './vendors.ts';

/** From this gross total on a person decides, in any of the currencies. */
export const THRESHOLD = '1000.00';
/** The source of evidence that came with the request's own text. */
export const MESSAGE = 'the message';
/** The source of evidence that came as data. */
export const EINVOICE = 'the e-invoice';

const schema = z.strictObject({
  /** The message that it came with, or the invoice itself as text. */
  text: z.optional(z.string().check(z.maxLength(200_000, 'must be at most 200000 characters'))),
  /** The same as HTML, where there is no plain text. */
  html: z.optional(z.string().check(z.maxLength(800_000, 'must be at most 800000 characters'))),
  /** What the sender calls it, such as the number of an envelope or a case. */
  reference: z.optional(numberShape),
  /** An e-invoice that was read before, such as by an access point. Files go into `documents`. */
  invoice: z.optional(invoiceFacts),
});

export type InvoiceRequest = z.output<typeof schema>;

const amount = () => matching(z.string().check(z.regex(AMOUNT)));
const day = () => matching(z.string().check(z.regex(DAY)));
const number = () => matching(z.string().check(z.regex(NUMBER)));

export const automation = defineAutomation<InvoiceRequest>({
  name: 'invoice',
  owner: 'Accounts Payable',
  purpose:
    'Read invoices, check their sums, and post what a known vendor is owed; a person decides about the rest.',
  triggers: [
    'POST of an invoice, as data, as text or as documents, by the mailroom or an access point',
    'a mail to its address, with the invoice in it or attached',
    'a file in the drop bucket, such as from a scanner; JSON is data',
  ],
  data: [
    'the message and its documents; their text goes to the model endpoint, except for e-invoices, which are sorted there only',
    'vendors, their VAT numbers and bank accounts in vendors.ts',
    'the bill goes to accounts payable',
  ],
  failureModes: [
    'a scan or a PDF without data inside: a model copies the facts, a person compares them with the page',
    'sums, VAT or dates do not hold: a person decides, with each fault named',
    'bank details other than those on file: a person is asked, and the bill names the account on file',
    'the same invoice comes twice: of data a person is asked at once, of a copy after the first',
    'accounts payable is down: the bill is tried again with the same key, then parked',
  ],
  lastReviewed: '2026-11-27',
  reviewEveryDays: 90,
  schema,
  examples: EXAMPLES,
  documents: {
    types: ['pdf', 'image', 'tiff', 'xml', 'docx', 'mail', 'html', 'text'],
    mostBytes: 20_000_000,
    mostPages: 50,
    most: 5,
  },
  doors: {
    mail: {
      body: ({ subject, text, html }) =>
        text ? { text: [subject, text].filter(Boolean).join('\n\n') } : html ? { html } : { text: subject },
    },
    drop: {
      // A scanner's name of the file is how the mailroom knows it.
      body: ({ name }) => {
        const stem = name.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
        return NUMBER.test(stem) ? { reference: stem } : {};
      },
    },
  },
  reference: 'reference',
  content: ({ text, html }) => ({ text, html }),
  labels: ['invoice', 'credit-note', 'reminder', 'receipt', 'other'],
  actions: {
    'post-bill': {
      destination: 'accounts-payable',
      risk: 'consequential',
      reversible: false,
      describe: ({ kind, number, vendor, currency, gross }) =>
        `Post ${kind} ${number} of vendor ${vendor}: ${currency} ${gross}`,
      parameters: {
        kind: oneOf('invoice', 'credit-note'),
        vendor: oneOf(...VENDORS.map(({ id }) => id)),
        number: number(),
        issueDate: day(),
        dueDate: matching(z.nullable(z.string().check(z.regex(DAY)))),
        currency: oneOf(...CURRENCIES),
        net: amount(),
        vat: amount(),
        gross: amount(),
        // Always one on file, whatever the invoice says.
        iban: oneOf(...VENDORS.flatMap(({ ibans }) => ibans)),
        order: matching(z.nullable(z.string().check(z.regex(NUMBER)))),
        basis: oneOf('data', 'copied by a model'),
      },
      shows: ['vendor', 'number', 'gross', 'currency', 'dueDate', 'iban'],
      amount: ({ gross }) => (typeof gross === 'string' ? gross : undefined),
      currency: ({ currency }) => (typeof currency === 'string' ? currency : undefined),
      limits: {
        // The same bill twice is the commonest mistake of all.
        perSubject: { key: ({ vendor, number }) => `${vendor} ${sameNumber(number)}`, count: 1, days: 366 },
        perDay: { amount: '25000.00' },
      },
      edits: ({ vendor, gross }) => ({
        number: { label: 'Invoice number', type: 'text', maxLength: 30 },
        gross: { label: 'Gross total', type: 'money', least: '0.01', most: String(gross) },
        currency: { label: 'Currency', type: 'choice', options: [...CURRENCIES] },
        iban: {
          label: 'Account on file',
          type: 'choice',
          options: VENDORS.find(({ id }) => id === vendor)?.ibans ?? [],
        },
      }),
    },
    review: {
      destination: 'accounts-payable',
      risk: 'routine',
      reversible: true,
      parameters: { label: label(), note: words() },
      describe: ({ label }) => `Open a case at accounts payable: ${label}`,
    },
  },
  prompts: { route: 'route.v1', extract: 'extract.v1' },
  gate(item) {
    const { body, automatic, files = [], proposal } = item;
    if (automatic && body.invoice === undefined && files.length === 0)
      return { verdict: 'refuse', reasons: ['a machine wrote this message, and nothing came with it'] };
    const objections = objectionsTo(item);
    if (objections.length > 0) return { verdict: 'ask', reasons: objections };
    return {
      verdict: 'act',
      reasons: [`exact data of a known vendor, below ${THRESHOLD}: ${proposal.parameters.vendor}`],
    };
  },
  handOver,
  // Only data says exactly whose invoice it is; what a model copied is held by the limit of its action.
  duplicates: {
    of: ({ invoice }, documents) =>
      [invoice, ...documents.map(({ structured }) => structured)].flatMap((one) => duplicateKeys(one)),
    days: 366,
    verdict: 'ask',
  },
  // An invoice is about companies; whoever sent it knows it by this number.
  subjects: ({ reference }) => (reference ? [reference] : []),
  approval: {
    // Who is asked a hundred times a day tells them apart before opening one.
    subject: { label: true, amountFrom: ['100.00', '1000.00'] },
    group: 'payables-approvers',
    escalateTo: 'payables-managers',
    timeoutMinutes: 8 * 60,
    escalationMinutes: 16 * 60,
    // A sum that two people have to answer for.
    byAmount: [{ from: '25000.00', group: 'payables-board', quorum: 2 }],
  },
  budget: { perDayUsd: 10, perItemUsd: 0.2 },
  maxConcurrency: 20,
});

/** The number and the seller of an invoice; credit notes have numbers of their own. */
function duplicateKeys(invoice: InvoiceFacts | EInvoice | undefined): string[] {
  const { number, typeCode, seller } = invoice ?? {};
  return seller?.vatId ? [`${typeCode} ${compactOf(seller.vatId)} ${sameNumber(number)}`] : [];
}

/** What stands against a proposal: what thinking found, and what the policy compares once more. */
function objectionsTo({ body, label, files = [], byPerson, proposal }: Facts<InvoiceRequest>): string[] {
  const { action, parameters, reason } = proposal;
  if (action !== 'post-bill') return (reason ?? 'a person is needed').split('\n');
  const { kind, vendor, gross, iban, basis } = parameters;
  const onFile = VENDORS.find(({ id }) => id === vendor);
  const total = typeof gross === 'string' ? cents(gross) : null;
  const data = basis === 'data' && (body.invoice !== undefined || files.some(({ structured }) => structured));
  return [
    // An approver who edits has been told.
    ...(reason && !byPerson ? reason.split('\n') : []),
    !data && !byPerson && COPIED,
    kind !== label && !byPerson && 'it was sorted as something else than it says to be',
    kind === 'credit-note' && !byPerson && 'a credit note: a person finds the bill that it belongs to',
    !onFile && 'the vendor is not known',
    onFile && !onFile.ibans.some((it) => it === iban) && 'the account is none of this vendor on file',
    (total === null || total <= 0) && 'the gross total is not a positive decimal',
    total !== null && total >= (cents(THRESHOLD) ?? 0) && `the gross total is at or above ${THRESHOLD}`,
  ].filter((objection) => typeof objection === 'string');
}

/** `KOS-2026-0917`, `KOS_2026/0917` and `KOS20260917` are one number: whoever sends a bill twice may write it otherwise. */
export function sameNumber(number: unknown): string {
  const signs = String(number)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '');
  return signs.replaceAll(/(?<!\d)0+(?=\d)/g, '');
}

export const COPIED = 'a model copied it from a page: compare it with the page';

/** No usable facts: a case for the team, which a person may open. */
export function handOver(item: Routed<InvoiceRequest>, reason: string): Proposal {
  const [document] = item.documents ?? [];
  const source = document ? pageSource(document.ref, 1) : MESSAGE;
  return {
    action: 'review',
    parameters: { label: item.label, note: reason },
    confidence: null,
    brief: reason,
    briefBy: 'code',
    reason,
    evidence: [{ source, quote: cutText(item.text, 600) }],
  };
}

/** The source of evidence on a page, counted from 1. */
export function pageSource(ref: string, page: number): string {
  return `document:${ref}#${page}`;
}
