import type { Routed } from '../../../lambdas/contract/item/envelope.ts';
import type { Proposed, ProposedAction } from '../../../lambdas/contract/item/proposal.ts';
import { inHundredths } from '../../../lambdas/kit/numbers/money.ts';
import { handOver, type InvoiceRequest } from '../automation.ts';
import { compactOf } from '../ids.ts';
import type { Match } from '../match/match.ts';
import { comparedOf } from '../match/told.ts';
import type { Vendor } from '../records.ts';
import type { InvoiceFacts } from '../shape.ts';
import type { Identified } from '../vendors.ts';
import { evidenceOf } from './evidence.ts';
import { paymentOf } from './pay.ts';

/** All that is known of an invoice, and what stands against it. */
export interface Judged {
  invoice: InvoiceFacts;
  basis: 'data' | 'copied by a model';
  who: Identified;
  orders: readonly string[];
  match: Match;
  /** In fixed words. */
  faults: readonly string[];
  /** A model's, of what it copied. @default code says what holds */
  brief?: string;
}

export const HOLDS = 'Its sums hold, and vendor and bank details are those on file.';
export const AGREES =
  'Its sums hold, vendor and bank details are those on file, and every line is as it was ordered and received.';

/** The bill with its payment, or a case for the team where it cannot be posted at all. */
export function billOf(item: Routed<InvoiceRequest>, judged: Judged): Proposed {
  const { invoice, basis, who, orders, match, faults, brief } = judged;
  const { vendor } = who;
  const { net, vat = '0', gross } = invoice.totals;
  const [netAmount, vatAmount, grossAmount] = [net, vat, gross].map(inHundredths);
  const evidence = [
    ...comparedOf(match, who),
    ...evidenceOf(
      item,
      {
        vatId: invoice.seller.vatId ?? '',
        iban: invoice.payment.accounts[0]?.iban ?? '',
        ...{ number: invoice.number, issueDate: invoice.issueDate, gross: grossAmount ?? gross },
      },
      match.lines.filter(({ kinds }) => kinds.length > 0).map(({ billed }) => billed.net),
    ),
  ];
  // Data is compared with every page and all of the text.
  const whole = basis === 'data' ? { readWhole: true as const } : {};
  if (!vendor || !netAmount || !vatAmount || !grossAmount) {
    const { briefBy, ...handed } = handOver(item, faults.join('\n') || 'an amount has more than two digits');
    return { ...handed, ...whole, evidence, ...(brief === undefined ? { briefBy: 'code' } : { brief }) };
  }
  const bill = {
    kind: invoice.typeCode === '381' ? 'credit-note' : 'invoice',
    ...{ vendor: vendor.id, number: invoice.number, issueDate: invoice.issueDate },
    ...{ dueDate: invoice.dueDate ?? null, currency: invoice.currency },
    ...{ net: netAmount, vat: vatAmount, gross: grossAmount },
    ...{ iban: accountOf(vendor, invoice.payment.accounts[0]?.iban), order: orders[0] ?? null },
    ...(orders.length > 1 ? { orders } : {}),
    ...{ basis, proof: PROOFS[match.against] },
    ...(match.ordered === undefined ? {} : { orderTotal: match.ordered }),
  };
  const payment = paymentOf(invoice, vendor, bill);
  const actions: ProposedAction[] = [
    { action: 'post-bill', parameters: bill },
    ...(payment ? [payment] : []),
  ];
  return {
    ...{ actions, confidence: null, evidence, ...whole },
    ...(brief === undefined
      ? { brief: faults[0] ?? (match.against === 'lines' ? AGREES : HOLDS), briefBy: 'code' as const }
      : { brief }),
    ...(faults.length > 0 ? { reason: faults.join('\n') } : {}),
  };
}

export const PROOFS = { lines: 'order lines', blanket: 'blanket order', nothing: 'no order' } as const;

/** The account that the invoice names if it is on file, else the first on file: nothing else is ever paid to. */
function accountOf({ ibans }: Vendor, named: string | undefined): string {
  const compact = compactOf(named ?? '');
  return ibans.find((iban) => iban === compact) ?? ibans[0] ?? '';
}
