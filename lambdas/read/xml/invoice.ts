import type { EInvoice } from '../../contract/einvoice.ts';
import { Refused } from '../refusal.ts';
import { isCii, readCii } from './cii.ts';
import { isUbl, readUbl } from './ubl.ts';
import type { Element } from './xml.ts';

/** The invoice of a document in UBL or CII. Throws `Refused` for other XML. */
export function invoiceOf(root: Element): EInvoice {
  if (isUbl(root)) return readUbl(root);
  if (isCii(root)) return readCii(root);
  throw new Refused('not-an-invoice');
}

export const isInvoice = (root: Element): boolean => isUbl(root) || isCii(root);

/** Files that lie in the invoice, as base64. */
export function filesIn(root: Element): string[] {
  const found: string[] = [];
  const rest = [root];
  for (let element = rest.pop(); element; element = rest.pop()) {
    if (/BinaryObject$/.test(element.name)) found.push(element.text);
    rest.push(...element.children);
  }
  return found;
}
