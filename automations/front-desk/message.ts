import * as z from 'zod/mini';
import { MESSAGE } from '../../lambdas/contract/intake/message.ts';
import { CURRENCIES } from './found.ts';
import { AMOUNT, ORDER } from './lines.ts';

/** What comes to the desk. */
export const schema = z.strictObject({
  ...MESSAGE,
  /** How the shop knows the customer: an address or a number. */
  customer: z.optional(
    z
      .string()
      .check(z.regex(/^[\w.@+-]{1,100}$/, 'must be an address or a number of at most 100 characters')),
  ),
  /** Of a refund, where whoever posts knows it: code looks for it in the text otherwise. */
  orderId: z.optional(
    z.string().check(z.regex(ORDER, 'must be an order number: at most 40 letters, digits, "-" or "_"')),
  ),
  amount: z.optional(
    z.string().check(z.regex(AMOUNT, 'must be a positive decimal amount as a string, such as "48.02"')),
  ),
  currency: z.optional(z.enum(CURRENCIES, { error: `must be one of ${CURRENCIES.join(', ')}` })),
});

export type Message = z.output<typeof schema>;
