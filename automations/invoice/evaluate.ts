import type { Implementation } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Evidence, Proposal } from '../../lambdas/contract/item/proposal.ts';
import { inHundredths } from '../../lambdas/kit/money.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import { EINVOICE, handOver, type InvoiceRequest, MESSAGE, pageSource } from './automation.ts';
import { doubtsAbout, faultsIn } from './checks.ts';
import { type Copied, copiedFaults, copy, extractPrompt } from './extract.ts';
import { lineWith, type ValueKind } from './find.ts';
import routeV1 from './prompts/route.v1.md';
import { type InvoiceFacts, NUMBER } from './shape.ts';
import { unseenIn } from './shown.ts';
import { compactOf, type Vendor, vendorOf } from './vendors.ts';

type Item = Routed<InvoiceRequest>;

export const implementation: Implementation<InvoiceRequest> = {
  prompts: { route: { version: 'route.v1', text: routeV1 }, extract: extractPrompt },
  async evaluate(item, step) {
    if (item.label === 'reminder') return handOver(item, 'a reminder: nothing is posted for it');
    if (item.label === 'receipt') return handOver(item, 'a receipt: it was paid already');
    const data = dataOf(item);
    if (data === 'several') return handOver(item, 'more than one invoice came with it');
    if (data) return billOf(item, data);
    const found = await copy(item, step);
    return typeof found === 'string' ? handOver(item, found) : copiedBill(item, found);
  },
};

/** The one e-invoice of an item, from its body or its documents. */
function dataOf({ body, documents = [] }: Item): InvoiceFacts | 'several' | undefined {
  const found: InvoiceFacts[] = [
    ...(body.invoice ? [body.invoice] : []),
    ...documents.flatMap(({ structured }) => structured ?? []),
  ];
  return found.length > 1 ? 'several' : found[0];
}

/** Nothing of it is a model's: data, compared with itself and with what is on file. */
function billOf(item: Item, invoice: InvoiceFacts): Proposal {
  const vendor = vendorOf(invoice.seller.vatId);
  const faults = [
    ...faultsIn(invoice),
    ...doubtsAbout(invoice, vendor),
    ...unseenIn({ ...item, text: item.whole ?? item.text }, invoice),
  ];
  const { net, vat = '0', gross } = invoice.totals;
  const [netAmount, vatAmount, grossAmount] = [net, vat, gross].map(inHundredths);
  const usable = vendor && netAmount && vatAmount && grossAmount;
  const evidence = evidenceOf(item, {
    vatId: invoice.seller.vatId ?? '',
    iban: invoice.payment.accounts[0]?.iban ?? '',
    ...{ number: invoice.number, issueDate: invoice.issueDate, gross: grossAmount ?? gross },
  });
  if (!usable) {
    const handed = handOver(item, faults.join('\n') || 'an amount has more than two digits');
    return { ...handed, readWhole: true, evidence };
  }
  return {
    action: 'post-bill',
    parameters: {
      kind: invoice.typeCode === '381' ? 'credit-note' : 'invoice',
      ...{ vendor: vendor.id, number: invoice.number, issueDate: invoice.issueDate },
      ...{ dueDate: invoice.dueDate ?? null, currency: invoice.currency },
      ...{ net: netAmount, vat: vatAmount, gross: grossAmount },
      ...{
        iban: accountOf(vendor, invoice.payment.accounts[0]?.iban),
        order: NUMBER.test(invoice.orderReference ?? '') ? invoice.orderReference : null,
      },
      basis: 'data',
    },
    confidence: null,
    brief:
      faults.length === 0
        ? 'Its sums hold, and vendor and bank details are those on file.'
        : (faults[0] ?? ''),
    briefBy: 'code',
    ...(faults.length > 0 ? { reason: faults.join('\n') } : {}),
    // Data is compared with every page and all of the text.
    readWhole: true,
    evidence,
  };
}

/** What a model copied never acts alone: the gate asks, and each value stands in the text. */
function copiedBill(item: Item, found: Copied): Proposal {
  const { brief, ...copied } = found;
  const vendor = vendorOf(copied.vatId);
  const faults = copiedFaults(copied, vendor);
  if (!vendor) {
    const { briefBy: _, ...handed } = handOver(item, faults.join('\n'));
    return { ...handed, brief, evidence: evidenceOf(item, copied) };
  }
  return {
    action: 'post-bill',
    parameters: {
      kind: item.label === 'credit-note' ? 'credit-note' : 'invoice',
      ...{ vendor: vendor.id, number: copied.number, issueDate: copied.issueDate },
      ...{ dueDate: copied.dueDate || null, currency: copied.currency },
      ...{ net: copied.net, vat: copied.vat, gross: copied.gross },
      ...{ iban: accountOf(vendor, copied.iban), order: copied.order || null },
      basis: 'copied by a model',
    },
    confidence: null,
    brief,
    ...(faults.length > 0 ? { reason: faults.join('\n') } : {}),
    evidence: evidenceOf(item, copied),
  };
}

/** The account that the invoice names if it is on file, else the first on file: nothing else is ever paid to. */
function accountOf({ ibans }: Vendor, named: string | undefined): string {
  const compact = compactOf(named ?? '');
  return ibans.find((iban) => iban === compact) ?? ibans[0] ?? '';
}

type Key = Pick<Copied, 'vatId' | 'iban' | 'number' | 'issueDate' | 'gross'>;

const KINDS: readonly [keyof Key, ValueKind][] = [
  ['gross', 'amount'],
  ['iban', 'id'],
  ['number', 'id'],
  ['vatId', 'id'],
  ['issueDate', 'day'],
];
const LONGEST_QUOTE = 200;

/** The lines that hold what matters, each with its page: approvers see them boxed there. */
function evidenceOf(item: Item, values: Key): Evidence[] {
  const { documents = [], body } = item;
  const text = item.whole ?? item.text;
  const pages = documents.flatMap(({ ref, pages }) =>
    pages.map((page, at) => ({ source: pageSource(ref, at + 1), text: page.text })),
  );
  const places = documents.length > 0 ? pages : [{ source: MESSAGE, text }];
  const found = KINDS.flatMap(([key, kind]) => {
    const value = values[key];
    if (value === '') return [];
    for (const place of places) {
      const line = lineWith(place.text, kind, value);
      if (line !== undefined) return [{ source: place.source, quote: cutText(line, LONGEST_QUOTE) }];
    }
    return [];
  });
  const distinct = found.filter(
    (one, at) => found.findIndex((it) => it.source === one.source && it.quote === one.quote) === at,
  );
  if (distinct.length > 0) return distinct;
  const said = Object.values(values).filter(Boolean).join(', ');
  return [body.invoice ? { source: EINVOICE, quote: said } : { source: MESSAGE, quote: cutText(text, 600) }];
}
