import * as z from 'zod/mini';

/** The source of evidence that is the customer's own words. */
export const COMPLAINT = 'the complaint';

/** More than nothing, as `cents` reads it. A pattern, so that the published schema says it too. */
export const AMOUNT = /^(?:[1-9]\d{0,11}(?:\.\d{1,2})?|0\.(?:0[1-9]|[1-9]\d?))$/;
const AN_AMOUNT =
  'must be a positive decimal amount as a string, such as "240.00": at most 12 digits, then at most 2 after a point';

export const schema = z.strictObject({
  orderId: z
    .string()
    .check(
      z.regex(
        /^#?[\w-]{1,40}$/,
        'must be an order number: at most 40 letters, digits, "-" or "_", with or without a "#" before them',
      ),
    ),
  amount: z.string().check(z.regex(AMOUNT, AN_AMOUNT)),
  currency: z.enum(['EUR', 'USD', 'GBP'], { error: 'must be one of EUR, USD, GBP' }),
  /** What the customer wrote. */
  text: z
    .string()
    .check(
      z.minLength(1, { error: 'must not be empty', abort: true }),
      z.regex(/\S/, 'must not be only white space'),
      z.maxLength(200_000, 'must be at most 200000 characters'),
    ),
  /** How the shop knows the customer: an address or a number. */
  customer: z.optional(z.string().check(z.maxLength(200, 'must be at most 200 characters'))),
  /** The employee who filed the request: they do not approve it themselves. */
  requestedBy: z.optional(
    z.email({ error: 'must be an e-mail address' }).check(z.maxLength(254, 'must be at most 254 characters')),
  ),
});

export type RefundRequest = z.output<typeof schema>;
