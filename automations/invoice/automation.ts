import * as z from 'zod/mini';
import { defineAutomation, type Facts } from '../../lambdas/contract/automation.ts';
import type { EInvoice } from '../../lambdas/contract/einvoice.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import { label, listOf, matching, ofAction, oneOf, words } from '../../lambdas/contract/parameters.ts';
import { answersOf } from '../../lambdas/contract/steps/lookup.ts';
import { cents } from '../../lambdas/kit/numbers/money.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { HINTS } from './copied/hints.ts';
import { EXAMPLES } from './examples.ts';
import { compactOf, sameNumber } from './ids.ts';
import { ALONE_BELOW, TOLERANCES, WITHOUT_ORDER } from './policy.ts';
import { order, vendor } from './records.ts';
import {
  AMOUNT,
  CURRENCIES,
  DAY,
  IBAN,
  type InvoiceFacts,
  invoiceFacts,
  NUMBER,
  number as numberShape,
} from './shape.ts';
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
const iban = () => matching(z.string().check(z.regex(IBAN)));
const BASES = ['data', 'copied by a model'] as const;
const BILLED_ONCE = {
  key: ({ vendor, number }: Readonly<Record<string, unknown>>) => `${vendor} ${sameNumber(number)}`,
  ...{ count: 1, days: 366 },
};
const ofOrder = (at: number) => ({
  key: ({ vendor, order, orders }: Readonly<Record<string, unknown>>) => {
    const number = Array.isArray(orders) ? orders[at] : [order][at];
    return typeof number === 'string' ? `${vendor} ${sameNumber(number)}` : undefined;
  },
  ...{ amount: '100000000.00', days: 366 },
  most: ({ orderTotal, net, gross }: Readonly<Record<string, unknown>>) => withVat(orderTotal, net, gross),
});
/** What a bill was held against, line by line or as a whole. */
const PROOF = ['order lines', 'blanket order', 'no order'] as const;

export const automation = defineAutomation<InvoiceRequest>({
  name: 'invoice',
  owner: 'Accounts Payable',
  purpose:
    'Read invoices, compare them with vendor, order and receipt, post what is owed and schedule its payment; a person decides about the rest.',
  triggers: [
    'POST of an invoice, as data, as text or as documents, by the mailroom or an access point',
    'a mail to its address, with the invoice in it or attached',
    'a file in the drop bucket, such as from a scanner; JSON is data',
  ],
  data: [
    'the message and its documents; their text goes to the model endpoint, except for e-invoices, which are sorted there only',
    'the vendor master is asked for its VAT number, account and name, the order system for its order numbers; neither is given anything else',
    'the bill goes to accounts payable, its payment to the payment system',
  ],
  failureModes: [
    'a scan or a PDF without data inside: a model copies the facts, a person compares them with the page',
    'sums, VAT or dates do not hold: a person decides, with each fault named',
    'a line differs from its order or what was received: a person sees the differences line by line',
    'bank details other than those on file: a person is asked, the bill names the account on file, and no payment is proposed',
    'vendor master or order system is down: the invoice waits for it',
    'the same invoice comes twice: of data a person is asked at once, of a copy after the first',
    'accounts payable or the payment system is down: the call is tried again with the same key, then parked; the bill that is posted is not posted again',
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
  // Data says what it is; where words came with it, they are sorted as all words are.
  labelOf: ({ body: { text, html, invoice }, documents = [] }) => {
    const [one, another] = [invoice, ...documents.map(({ structured }) => structured)].filter(Boolean);
    if (!one || another || text !== undefined || html !== undefined) return undefined;
    return one.typeCode === '381' ? 'credit-note' : 'invoice';
  },
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
        vendor: number(),
        number: number(),
        issueDate: day(),
        dueDate: matching(z.nullable(z.string().check(z.regex(DAY)))),
        currency: oneOf(...CURRENCIES),
        net: amount(),
        vat: amount(),
        gross: amount(),
        // Always one on file, whatever the invoice says: the gate looks again.
        iban: iban(),
        order: matching(z.nullable(z.string().check(z.regex(NUMBER)))),
        orders: listOf(number(), 3),
        basis: oneOf(...BASES),
        proof: oneOf(...PROOF),
        /** The most that all bills for its orders come to, net, as the order system says. */
        orderTotal: amount(),
      },
      shows: ['vendor', 'number', 'issueDate', 'gross', 'currency', 'dueDate', 'iban'],
      amount: ({ gross }) => (typeof gross === 'string' ? gross : undefined),
      currency: ({ currency }) => (typeof currency === 'string' ? currency : undefined),
      limits: {
        // The same bill twice is the commonest mistake of all.
        perSubject: BILLED_ONCE,
        // Two bills at once, before the order system knows of either. A bill for several orders counts for each.
        per: {
          order: ofOrder(0),
          second: ofOrder(1),
          third: ofOrder(2),
          vendor: {
            key: ({ vendor, proof }) => (proof === PROOF[2] ? String(vendor) : undefined),
            ...WITHOUT_ORDER,
          },
        },
        perDay: { amount: '25000.00' },
      },
      edits: ({ gross }) => ({
        number: { label: 'Invoice number', type: 'text', maxLength: 30 },
        issueDate: { label: 'Invoice date', type: 'text', maxLength: 10 },
        gross: { label: 'Gross total', type: 'money', least: '0.01', most: String(gross) },
        currency: { label: 'Currency', type: 'choice', options: [...CURRENCIES] },
      }),
    },
    'schedule-payment': {
      destination: 'payments',
      risk: 'consequential',
      // Until its run.
      reversible: true,
      describe: ({ currency, amount, iban, payOn }) =>
        `Pay ${currency} ${amount} to ${iban} in the run of ${payOn}`,
      parameters: {
        vendor: ofAction('post-bill', 'vendor'),
        number: ofAction('post-bill', 'number'),
        currency: ofAction('post-bill', 'currency'),
        amount: ofAction('post-bill', 'gross'),
        iban: ofAction('post-bill', 'iban'),
        payOn: day(),
      },
      shows: ['amount', 'currency', 'iban', 'payOn'],
      // Its amount is that of the bill, which counts.
      limits: { perSubject: BILLED_ONCE },
    },
    review: {
      destination: 'accounts-payable',
      risk: 'routine',
      reversible: true,
      parameters: { label: label(), note: words() },
      describe: ({ label }) => `Open a case at accounts payable: ${label}`,
    },
  },
  lookups: { vendor, order },
  hints: HINTS,
  prompts: { route: 'route.v1', extract: 'extract.v2' },
  gate(item) {
    const { body, automatic, files = [], proposal } = item;
    if (automatic && body.invoice === undefined && files.length === 0)
      return { verdict: 'refuse', reasons: ['a machine wrote this message, and nothing came with it'] };
    const objections = objectionsTo(item);
    if (objections.length > 0) return { verdict: 'ask', reasons: objections };
    const { basis, proof } = proposal.parameters;
    return {
      verdict: 'act',
      reasons: [`${basis} of a known vendor, held against ${proof}, below ${boundOf(basis, proof)}`],
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

/** What an order comes to with VAT, at the share that this bill has, and the tolerance. */
function withVat(...given: readonly unknown[]): string | undefined {
  const [order, net, gross] = given.map((it) => (typeof it === 'string' ? cents(it) : null));
  if (order == null || !net || !gross) return undefined;
  const most = (BigInt(order) * BigInt(gross)) / BigInt(net) + BigInt(cents(TOLERANCES.total.amount) ?? 0);
  return (Number(most) / 100).toFixed(2);
}

/** The number and the seller of an invoice; credit notes have numbers of their own. */
function duplicateKeys(invoice: InvoiceFacts | EInvoice | undefined): string[] {
  const { number, typeCode, seller } = invoice ?? {};
  return seller?.vatId ? [`${typeCode} ${compactOf(seller.vatId)} ${sameNumber(number)}`] : [];
}

/** What stands against a proposal: what thinking found, and what the policy compares once more. */
function objectionsTo(item: Facts<InvoiceRequest>): string[] {
  const { body, label, files = [], byPerson, proposal } = item;
  const { action, parameters, reason } = proposal;
  if (action !== 'post-bill') return (reason ?? 'a person is needed').split('\n');
  const { kind, vendor: id, gross, iban, basis, proof } = parameters;
  const [master] = answersOf(item, vendor)
    .flatMap((it) => it?.vendors ?? [])
    .filter((it) => it.id === id);
  const total = typeof gross === 'string' ? cents(gross) : null;
  const data = basis === 'data' && (body.invoice !== undefined || files.some(({ structured }) => structured));
  const bound = boundOf(basis, proof);
  return [
    // An approver who edits has been told.
    ...(reason && !byPerson ? reason.split('\n') : []),
    !data && !byPerson && proof !== 'order lines' && COPIED,
    kind !== label && !byPerson && 'it was sorted as something else than it says to be',
    kind === 'credit-note' && !byPerson && 'a credit note: a person finds the bill that it belongs to',
    !master && 'the vendor is not known',
    master && !master.ibans.some((it) => it === iban) && 'the account is none of this vendor on file',
    (total === null || total <= 0) && 'the gross total is not a positive decimal',
    total !== null && total >= (cents(bound) ?? 0) && `the gross total is at or above ${bound}`,
  ].filter((objection) => typeof objection === 'string');
}

/** The gross total from which on a person decides, in any of the currencies. */
function boundOf(basis: unknown, proof: unknown): string {
  if (basis !== 'data') return ALONE_BELOW.copied;
  return proof === 'order lines' ? ALONE_BELOW.ordered : ALONE_BELOW.otherwise;
}

export const COPIED = 'a model copied it from a page: compare it with the page';

/** No usable facts: a case for the team, which a person may open. */
export function handOver(item: Routed<InvoiceRequest>, reason: string): Proposal {
  const [document] = item.documents ?? [];
  const source = document ? pageSource(document.ref, 1) : MESSAGE;
  return {
    action: 'review',
    parameters: { label: item.label, note: reason },
    ...{ confidence: null, brief: reason, reason },
    briefBy: 'code',
    evidence: [{ source, quote: cutText(item.text, 600) }],
  };
}

/** The source of evidence on a page, counted from 1. */
export function pageSource(ref: string, page: number): string {
  return `document:${ref}#${page}`;
}
