import type { ProposedAction } from '../../../lambdas/contract/item/proposal.ts';
import { notToPay } from '../checks.ts';
import { PAY_DAYS, PAYMENT_RUNS } from '../policy.ts';
import type { Vendor } from '../records.ts';
import { type InvoiceFacts, isDay } from '../shape.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The payment that belongs to a bill, none where it is not to be paid: a credit note, another account than those on file, another payee,
 * a direct debit.
 */
export function paymentOf(
  invoice: Pick<InvoiceFacts, 'typeCode' | 'issueDate' | 'dueDate' | 'payee' | 'payment'>,
  vendor: Vendor,
  bill: Readonly<Record<string, unknown>>,
): ProposedAction | undefined {
  const day = payOn(invoice, vendor);
  if (invoice.typeCode !== '380' || vendor.blocked || !day || notToPay(invoice, vendor)) return undefined;
  const { number, currency, gross, iban } = bill;
  return {
    action: 'schedule-payment',
    parameters: { vendor: vendor.id, number, currency, amount: gross, iban, payOn: day },
  };
}

/**
 * The last payment run that is not late, `YYYY-MM-DD`: by the day that was agreed with the vendor, or a later one that the invoice
 * names. Whether that day has passed is for the payment system to know: then it pays in its next run.
 */
export function payOn(
  { issueDate, dueDate }: Pick<InvoiceFacts, 'issueDate' | 'dueDate'>,
  { payDays }: Pick<Vendor, 'payDays'>,
): string | undefined {
  if (!isDay(issueDate) || (dueDate !== undefined && !isDay(dueDate))) return undefined;
  const issued = Date.parse(issueDate);
  const agreed = issued + (payDays ?? PAY_DAYS) * DAY_MS;
  const named = dueDate === undefined ? agreed : Date.parse(dueDate);
  const due = payDays === undefined ? named : Math.max(named, agreed);
  const back = [0, 1, 2, 3, 4, 5, 6].find((days) => PAYMENT_RUNS.includes(weekdayOf(due - days * DAY_MS)));
  const run = due - (back ?? 0) * DAY_MS;
  const ahead = [0, 1, 2, 3, 4, 5, 6].find((days) => PAYMENT_RUNS.includes(weekdayOf(due + days * DAY_MS)));
  return dayOf(run >= issued ? run : due + (ahead ?? 0) * DAY_MS);
}

/** From 0 (Sunday); 1 January 1970 was a Thursday. */
function weekdayOf(ms: number): number {
  return (((Math.floor(ms / DAY_MS) + 4) % 7) + 7) % 7;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
