import * as z from 'zod/mini';
import { defineLookup } from '../../../lambdas/contract/steps/lookup.ts';

const DECIMAL = z.string().check(z.regex(/^\d{1,12}\.\d{2}$/));
const DAY = z.optional(z.nullable(z.iso.date()));
const MARK = z.string().check(z.regex(/^[\w-]{1,40}$/));

/** What the order system knows of the payment of an order in one currency: the facts that decide. */
export const order = defineLookup({
  name: 'order',
  source: 'order-system',
  description:
    'The payment of an order in one currency: what was charged, refunded, shipped, delivered, cancelled.',
  input: z.object({ orderId: z.string(), currency: z.string(), amount: z.string() }),
  request: ({ orderId, currency, amount }) => ({
    path: `/orders/${encodeURIComponent(bare(orderId))}/payment`,
    query: { currency, amount },
  }),
  answer: z.object({
    orderId: MARK,
    currency: z.enum(['EUR', 'USD', 'GBP']),
    /** All that was charged in this currency, and all that was paid back. */
    paid: DECIMAL,
    refunded: DECIMAL,
    /** How often exactly the amount in question was charged. */
    charges: z.int().check(z.minimum(0)),
    shippedOn: DAY,
    deliveredOn: DAY,
    /** Somebody signed for the delivery. */
    signedFor: z.optional(z.boolean()),
    cancelledOn: DAY,
    returnedOn: DAY,
    customer: z.optional(
      z.nullable(
        z.object({
          id: MARK,
          email: z.optional(z.nullable(z.email())),
          language: z.optional(z.nullable(z.enum(['de', 'en', 'es', 'fr', 'nl']))),
        }),
      ),
    ),
  }),
  matches: (answer, { orderId, currency }) =>
    answer.orderId.toLowerCase() === bare(orderId).toLowerCase() && answer.currency === currency,
});

export type Order = z.output<typeof order.answer>;

/** Without the sign that people write before an order number. */
export const bare = (orderId: string) => orderId.replace(/^#/, '');
