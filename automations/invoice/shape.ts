import * as z from 'zod/mini';
import type { EInvoice } from '../../lambdas/contract/einvoice.ts';

/** The part of an e-invoice that is checked: numbers, days and identifiers, no words. */
export type InvoiceFacts = Pick<EInvoice, 'number' | 'typeCode' | 'issueDate' | 'currency'> & {
  dueDate?: string | undefined;
  orderReference?: string | undefined;
  seller: { vatId?: string | undefined; name?: string | undefined };
  buyer: { vatId?: string | undefined };
  /** Another than the seller, who wants the money. */
  payee?: object | undefined;
  /** `meansCode` is BT-81: how it is to be paid (UNTDID 4461). */
  payment: { accounts: readonly { iban: string }[]; meansCode?: string | undefined };
  allowances: readonly Adjustment[];
  charges: readonly Adjustment[];
  lines: readonly Line[];
  vat: readonly { category: string; rate?: string | undefined; base: string; amount: string }[];
  totals: {
    lineNet?: string | undefined;
    allowances?: string | undefined;
    charges?: string | undefined;
    net: string;
    vat?: string | undefined;
    gross: string;
    prepaid?: string | undefined;
    rounding?: string | undefined;
    due: string;
  };
};

export interface Adjustment {
  amount: string;
  vatCategory?: string | undefined;
  vatRate?: string | undefined;
}

export interface Line extends Omit<Adjustment, 'amount'> {
  quantity: string;
  unitPrice: string;
  priceQuantity?: string | undefined;
  net: string;
  /** What it is of: the article's numbers, the vendor's and ours, its name, and the line of the order. */
  articles?: readonly string[] | undefined;
  description?: string | undefined;
  orderLine?: string | undefined;
}

/** One token with a digit: no blank, no dot, no sentence fits. */
export const NUMBER = /^(?=[A-Za-z_/-]{0,29}\d)[A-Za-z0-9][A-Za-z0-9_/-]{0,29}$/;
export const DAY = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** A day that exists: 30 February does not. */
export function isDay(day: string): boolean {
  if (!DAY.test(day)) return false;
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const days = [31, year % 4 === 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return date <= (days[month - 1] ?? 0);
}

export const AMOUNT = /^(?:0|[1-9]\d{0,8})\.\d{2}$/;
export const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/;
export const VAT_ID = /^[A-Z]{2}[A-Z0-9]{2,12}$/;
export const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'SEK', 'PLN'] as const;

const matches = (pattern: RegExp, says: string) => z.string().check(z.regex(pattern, says));
const amount = matches(
  /^-?(?:0|[1-9]\d{0,8})\.\d{2}$/,
  'must be an amount with two digits, such as "119.00"',
);
const decimal = matches(/^-?\d{1,9}(?:\.\d{1,6})?$/, 'must be a decimal such as "2.5"');
const percent = matches(/^\d{1,2}(?:\.\d{1,2})?$/, 'must be a percentage such as "19"');
const category = matches(/^[A-Z]{1,2}$/, 'must be a VAT category such as "S"');
const vatId = matches(VAT_ID, 'must be a VAT number without blanks, such as "DE811234567"');
export const day = matches(DAY, 'must be a day such as "2026-11-27"');
export const number = matches(
  NUMBER,
  'must be one word of at most 30 letters, digits, "-", "/" or "_", with a digit',
);

const article = number;

const adjustments = z
  .array(z.strictObject({ amount, vatCategory: z.optional(category), vatRate: z.optional(percent) }))
  .check(z.maxLength(50));

/** An e-invoice that somebody has read already, such as an access point. No field takes a sentence. */
export const invoiceFacts = z.strictObject({
  number,
  typeCode: z.enum(['380', '381'], { error: 'must be 380 (invoice) or 381 (credit note)' }),
  issueDate: day,
  dueDate: z.optional(day),
  currency: z.enum(CURRENCIES, { error: `must be one of ${CURRENCIES.join(', ')}` }),
  orderReference: z.optional(number),
  seller: z.strictObject({ vatId: z.optional(vatId) }),
  buyer: z.strictObject({ vatId: z.optional(vatId) }),
  payment: z.strictObject({
    accounts: z
      .array(z.strictObject({ iban: matches(IBAN, 'must be an IBAN without blanks') }))
      .check(z.maxLength(5)),
  }),
  allowances: adjustments,
  charges: adjustments,
  lines: z
    .array(
      z.strictObject({
        quantity: decimal,
        unitPrice: decimal,
        priceQuantity: z.optional(decimal),
        net: amount,
        vatCategory: z.optional(category),
        vatRate: z.optional(percent),
        articles: z.optional(z.array(article).check(z.maxLength(2))),
        orderLine: z.optional(article),
      }),
    )
    .check(z.minLength(1), z.maxLength(500)),
  vat: z
    .array(z.strictObject({ category, rate: z.optional(percent), base: amount, amount }))
    .check(z.maxLength(20)),
  totals: z.strictObject({
    lineNet: amount,
    allowances: z.optional(amount),
    charges: z.optional(amount),
    net: amount,
    vat: z.optional(amount),
    gross: amount,
    prepaid: z.optional(amount),
    rounding: z.optional(amount),
    due: amount,
  }),
});
