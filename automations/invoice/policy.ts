/*
 * What accounts payable has decided once for all: change it here, and nowhere else. Amounts are in the currency of the invoice.
 */

/** Ours: who an invoice to us is addressed to. */
export const OUR_VAT_IDS: readonly string[] = ['DE298765432'];

/** The same by name, where an invoice gives no VAT number of its buyer. */
export const OUR_NAMES: readonly string[] = ['Signal and Sons', 'Signal & Sons'];

/** From these gross totals on a person decides, whatever agrees. */
export const ALONE_BELOW = {
  /** Data that agrees line by line with an order and what was received. */
  ordered: '10000.00',
  /** Data below the ceiling of a blanket order, or of a vendor who may bill without an order. */
  otherwise: '1000.00',
  /** What a model copied from a page, and an order and what was received prove line by line. */
  copied: '1000.00',
} as const;

/** What one vendor gets alone without any order, over these days: a large bill may come as many small ones. */
export const WITHOUT_ORDER = { amount: '5000.00', days: 30 } as const;

/** How far a line may lie from its order. Both bounds of a price hold at once; each is of the line's total. */
export const TOLERANCES = {
  price: { percent: '2', amount: '5.00', belowPercent: '10' },
  /** Of the quantity that was ordered. What was not received is never paid. */
  quantity: { percent: '0' },
  /** Of all lines together: many small differences are a large one. */
  total: { amount: '10.00' },
} as const;

/** Days of the week on which payments leave, from 0 (Sunday). */
export const PAYMENT_RUNS: readonly number[] = [2, 4];
/** Where neither the invoice nor the vendor says when it is due. */
export const PAY_DAYS = 30;
