import { compare, type Exact, exact, plus } from '../../../lambdas/kit/numbers/money.ts';
import type { InvoiceFacts } from '../shape.ts';

export const NOTHING: Exact = { units: 0n, scale: 0 };

const NAMES = [
  ...(['lineNet', 'allowances', 'charges', 'net', 'vat', 'gross', 'prepaid', 'rounding', 'due'] as const),
];

export type Totals = Record<(typeof NAMES)[number], Exact>;

/** What is not said is nothing. Undefined where one of them is no decimal. */
export function readTotals(totals: InvoiceFacts['totals']): Totals | undefined {
  const read = NAMES.map((name) => [name, exact(totals[name] ?? '0')] as const);
  if (read.some(([, amount]) => amount === null)) return undefined;
  return Object.fromEntries(read) as Totals;
}

/** Undefined where one of them is no decimal: that sum equals nothing. */
export function sumOf(amounts: readonly string[]): Exact | undefined {
  return amounts.reduce<Exact | undefined>((sum, amount) => {
    const read = exact(amount);
    return sum && read ? plus(sum, read) : undefined;
  }, NOTHING);
}

export function sums(amounts: readonly string[], total: Exact): boolean {
  const sum = sumOf(amounts);
  return sum !== undefined && compare(sum, total) === 0;
}
