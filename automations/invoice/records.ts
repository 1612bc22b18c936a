import * as z from 'zod/mini';
import { defineLookup } from '../../lambdas/contract/steps/lookup.ts';
import { sameNumber } from './ids.ts';
import { IBAN, NUMBER, VAT_ID } from './shape.ts';

/* What the company's own systems know: who may be paid and where, what was ordered, and what came. They decide, and no invoice does. */

const word = z.string().check(z.regex(/^[\w./-]{1,40}$/));
const words = z.string().check(z.maxLength(200));
const amount = z.string().check(z.regex(/^\d{1,9}\.\d{2}$/));
const decimal = z.string().check(z.regex(/^\d{1,9}(?:\.\d{1,6})?$/));

const vendorRecord = z.object({
  /** As accounts payable knows it. */
  id: z.string().check(z.regex(NUMBER)),
  name: words,
  vatIds: z.array(z.string()).check(z.maxLength(10)),
  /** Without blanks. A change of them is made in the vendor master, after a call to a number that is on file there. */
  ibans: z.array(z.string().check(z.regex(IBAN))).check(z.maxLength(10)),
  /** Days from issue to payment that were agreed. */
  payDays: z.optional(z.int().check(z.gte(0), z.lte(180))),
  /** The gross total below which it may bill without an order. Absent: it needs one. */
  withoutOrder: z.optional(amount),
  /** Nothing is paid to it for now. */
  blocked: z.optional(z.boolean()),
});
export type Vendor = z.output<typeof vendorRecord>;

export const vendor = defineLookup({
  name: 'vendor',
  source: 'vendors',
  description: 'Vendors with this VAT number or this bank account, and those of a like name.',
  input: z.object({
    vatId: z.optional(z.string().check(z.regex(VAT_ID))),
    iban: z.optional(z.string().check(z.regex(IBAN))),
    name: z.optional(z.string().check(z.maxLength(80))),
  }),
  request: (query) => ({ path: '/vendors', query }),
  answer: z.object({ vendors: z.array(vendorRecord).check(z.maxLength(20)) }),
});

const orderLine = z.object({
  line: word,
  /** The article's number, ours or the vendor's. */
  article: z.optional(word),
  description: z.optional(words),
  quantity: decimal,
  unitPrice: decimal,
  /** How many came, and how many of them were billed before. */
  received: decimal,
  billed: decimal,
});
export type OrderLine = z.output<typeof orderLine>;

const orderRecord = z.object({
  number: word,
  /** The vendor's id. */
  vendor: word,
  /** Without one it takes whatever its vendor bills in. */
  currency: z.optional(z.string().check(z.regex(/^[A-Z]{3}$/))),
  status: z.enum(['open', 'closed']),
  lines: z.array(orderLine).check(z.maxLength(500)),
  /** What it comes to, net: the most that is posted for it alone, and no more than came of its lines. */
  total: z.optional(amount),
  /** The most that may be billed for freight and the like, and what was billed of it before. */
  freight: z.optional(amount),
  freightBilled: z.optional(amount),
  /** Of a blanket order, which has no lines: the most that may be billed, and what was, net. */
  ceiling: z.optional(amount),
  billed: z.optional(amount),
});
export type Order = z.output<typeof orderRecord>;

export const order = defineLookup({
  name: 'order',
  source: 'purchase-orders',
  description: 'An order: its vendor, its lines with prices, what was received, and what was billed before.',
  input: z.object({
    number: z.string().check(z.regex(NUMBER)),
    vendor: z.string().check(z.regex(NUMBER)),
  }),
  request: (query) => ({ path: '/orders', query }),
  answer: orderRecord,
  matches: (answer, { number }) => sameNumber(answer.number) === sameNumber(number),
});
