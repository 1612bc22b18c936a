import { compactOf } from './ids.ts';
import { OUR_VAT_IDS } from './policy.ts';
import type { Vendor } from './records.ts';
import { readTotals } from './rules/amounts.ts';
import { RULES } from './rules/en16931.ts';
import type { InvoiceFacts } from './shape.ts';

/* What is wrong with an invoice. Each fault is a fixed sentence: reasons appear in lists and mails, where no word of an invoice may be. */

/** What does not hold in the numbers themselves, whoever sent them. */
export function faultsIn(invoice: InvoiceFacts): string[] {
  const totals = readTotals(invoice.totals);
  if (!totals) return ['an amount is no decimal'];
  return RULES.filter((rule) => !rule.holds(invoice, totals)).map(({ fault }) => fault);
}

/** What does not fit who sends it, where the money would go, and whom it is addressed to. */
export function doubtsAbout(
  invoice: Pick<InvoiceFacts, 'seller' | 'buyer' | 'payee' | 'payment' | 'typeCode'>,
  vendor: Pick<Vendor, 'ibans'>,
): string[] {
  const ibans = invoice.payment.accounts.map(({ iban }) => compactOf(iban));
  const buyer = invoice.buyer.vatId;
  const doubts: [boolean, string][] = [
    [invoice.payee !== undefined, 'it names another payee than its vendor'],
    [ibans.length === 0, 'it names no bank account'],
    [
      ibans.some((iban) => !vendor.ibans.includes(iban)),
      'its bank details are not those on file, which alone are paid to',
    ],
    [ibans.some((iban) => !isIban(iban)), 'an IBAN on it does not exist: its check digits are wrong'],
    [
      buyer !== undefined && !OUR_VAT_IDS.includes(compactOf(buyer)),
      'it is addressed to a VAT number that is not ours',
    ],
    [
      !isTransfer(invoice.payment),
      'it is not to be paid by transfer: its vendor collects it, or was paid already',
    ],
    [!['380', '381'].includes(invoice.typeCode), 'it is neither an invoice nor a credit note'],
  ];
  return doubts.filter(([is]) => is).map(([, doubt]) => doubt);
}

/** Transfers, and what is not said: not a direct debit, a card or a set-off, which nobody pays a second time. */
const TRANSFERS = ['1', '30', '31', '42', '57', '58', 'ZZZ'];
const isTransfer = ({ meansCode = '30' }: InvoiceFacts['payment']): boolean => TRANSFERS.includes(meansCode);

/** No payment is proposed for it, whoever approves the bill: first somebody asks its vendor, at a number that is on file. */
export function notToPay(
  { payee, payment }: Pick<InvoiceFacts, 'payee' | 'payment'>,
  { ibans }: Pick<Vendor, 'ibans'>,
): boolean {
  const others = payment.accounts.some(({ iban }) => !ibans.includes(compactOf(iban)));
  return payee !== undefined || others || ibans.length === 0 || !isTransfer(payment);
}

/** By its check digits (ISO 7064, modulo 97). */
export function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const digits = [...iban.slice(4), ...iban.slice(0, 4)].map((sign) => Number.parseInt(sign, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}
