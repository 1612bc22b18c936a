import type { EInvoice, InvoiceLine } from '../../lambdas/contract/einvoice.ts';
import { compactOf } from './ids.ts';
import { type InvoiceFacts, type Line, NUMBER } from './shape.ts';

/** Of an e-invoice what is checked, with its words where orders and vendors are compared by them. */
export function factsOf(invoice: EInvoice): InvoiceFacts {
  return { ...invoice, lines: invoice.lines.map(lineOf) };
}

function lineOf({ sellerItemId, buyerItemId, name, description, ...line }: InvoiceLine): Line {
  const articles = [sellerItemId, buyerItemId].filter((it) => it !== undefined);
  const words = name ?? description;
  return { ...line, articles, ...(words === undefined ? {} : { description: words }) };
}

const MOST_ORDERS = 3;
const JOINING = /^(?:and|und|et|en|y|&|\+)$/i;

/**
 * The orders that a reference names: `PO-1`, or `PO-1, PO-2`. One with any other word is a sentence, and names none; so does one with
 * more than a person can follow.
 */
export function ordersIn(reference: string | undefined): string[] {
  const parts = (reference ?? '').split(/[\s,;]+/).filter((part) => part !== '' && !JOINING.test(part));
  const numbers = [...new Map(parts.map((part) => [compactOf(part), part])).values()];
  return numbers.length <= MOST_ORDERS && numbers.every((part) => NUMBER.test(part)) ? numbers : [];
}
