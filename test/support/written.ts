import type { InvoiceFacts } from '../../automations/invoice/shape.ts';

/** An invoice as it is written into UBL, CII or on a page: its facts, with names. */
export interface Written extends Omit<InvoiceFacts, 'seller' | 'buyer' | 'lines'> {
  seller: { vatId?: string | undefined; name?: string | undefined };
  buyer: { vatId?: string | undefined; name?: string | undefined };
  lines: readonly WrittenLine[];
}

export type WrittenLine = InvoiceFacts['lines'][number] & {
  name?: string;
  sellerItemId?: string;
  orderLine?: string | undefined;
  unit?: string;
};

/** What an invoice says before its sums are made; `prepaid` and `rounding` where it has them. */
export type Unsummed = Omit<Written, 'vat' | 'totals'> & { prepaid?: string; rounding?: string };

const inCents = (amount = '0'): number => Math.round(Number(amount) * 100);
export const money = (cents: number): string => (cents / 100).toFixed(2);
const sum = (amounts: readonly string[]): number => amounts.reduce((all, one) => all + inCents(one), 0);

/** The invoice with its VAT and its totals, as an honest seller makes them. */
export function summed({ prepaid, rounding, ...invoice }: Unsummed): Written {
  const { lines, allowances, charges } = invoice;
  const lineNet = sum(lines.map(({ net }) => net));
  const less = sum(allowances.map(({ amount }) => amount));
  const more = sum(charges.map(({ amount }) => amount));
  const groups = new Map<string, { category: string; rate: string | undefined; base: number }>();
  const add = (category = 'S', rate: string | undefined, amount: number) => {
    const key = `${category} ${rate}`;
    groups.set(key, { category, rate, base: (groups.get(key)?.base ?? 0) + amount });
  };
  for (const { vatCategory, vatRate, net } of lines) add(vatCategory, vatRate, inCents(net));
  for (const { vatCategory, vatRate, amount } of allowances) add(vatCategory, vatRate, -inCents(amount));
  for (const { vatCategory, vatRate, amount } of charges) add(vatCategory, vatRate, inCents(amount));
  const rows = [...groups.values()].map((row) => ({
    ...row,
    amount: Math.round((row.base * Number(row.rate ?? '0')) / 100),
  }));
  const net = lineNet - less + more;
  const vat = rows.reduce((all, { amount }) => all + amount, 0);
  const gross = net + vat;
  return {
    ...invoice,
    vat: rows.map(({ category, rate, base, amount }) => ({
      ...{ category, base: money(base), amount: money(amount) },
      ...(rate === undefined ? {} : { rate }),
    })),
    totals: {
      ...{ lineNet: money(lineNet), net: money(net), vat: money(vat), gross: money(gross) },
      ...(allowances.length > 0 ? { allowances: money(less) } : {}),
      ...(charges.length > 0 ? { charges: money(more) } : {}),
      ...(prepaid === undefined ? {} : { prepaid }),
      ...(rounding === undefined ? {} : { rounding }),
      due: money(gross - inCents(prepaid) + inCents(rounding)),
    },
  };
}
