import { money, summed, type Unsummed, type Written } from '../../test/support/written.ts';
import type { Bundle } from './bundle.ts';
import { ibanOf, OTHER_BUYER, STRANGER } from './vendors.ts';

/* What is wrong with one in five: one thing each, which a person has to be told. */

type Change = (bundle: Bundle) => Partial<Bundle>;

const cents = (amount: string) => Math.round(Number(amount) * 100);

/** Two digits that are not the same, the other way round; the last two otherwise one up. */
export function swapped(amount: string): string {
  const signs = [...amount];
  for (let at = 0; at < signs.length - 1; at += 1) {
    const [one = '', other = ''] = [signs[at], signs[at + 1]];
    if (/\d/.test(one) && /\d/.test(other) && one !== other && (at > 0 || other !== '0')) {
      signs[at] = other;
      signs[at + 1] = one;
      return signs.join('');
    }
  }
  return money(cents(amount) + 10);
}

const totals = ({ invoice }: Bundle, changes: Partial<Written['totals']>): Partial<Bundle> => ({
  invoice: { ...invoice, totals: { ...invoice.totals, ...changes } },
});

/** The invoice as its seller would sum it after this change. */
function resummed({ invoice }: Bundle, changes: Partial<Unsummed>): Partial<Bundle> {
  const { vat: _, totals: __, ...rest } = invoice;
  return { invoice: summed({ ...rest, ...changes }) };
}

/** The first line of the invoice changed, with its own sum. */
function firstLine(
  bundle: Bundle,
  change: (line: Written['lines'][number]) => Partial<Written['lines'][number]>,
) {
  return resummed(bundle, {
    lines: bundle.invoice.lines.map((line, at) => {
      if (at > 0) return line;
      const { quantity, unitPrice, ...rest } = { ...line, ...change(line) };
      return { ...rest, quantity, unitPrice, net: money(Math.round(cents(unitPrice) * Number(quantity))) };
    }),
  });
}

const order = ({ order: of }: Bundle, changes: Partial<NonNullable<Bundle['order']>>): Partial<Bundle> => ({
  order: of && { ...of, ...changes },
});

export const FAULTS = {
  'digits of the total swapped': (it) => {
    const gross = swapped(it.invoice.totals.gross);
    return totals(it, { gross, due: gross });
  },
  'a line is missing': (it) => ({ invoice: { ...it.invoice, lines: it.invoice.lines.slice(1) } }),
  'totals of nothing': (it) => {
    const up = (amount = '0') => money(cents(amount) + 5000);
    const { lineNet, net, gross, due } = it.invoice.totals;
    return totals(it, { lineNet: up(lineNet), net: up(net), gross: up(gross), due: up(due) });
  },
  'VAT of another rate': (it) => {
    const { vat, totals: of } = it.invoice;
    const more = vat.map((row) => ({ ...row, amount: money(cents(row.amount) + 700) }));
    const sum = money(cents(of.vat ?? '0') + 700 * vat.length);
    const gross = money(cents(of.net) + cents(sum));
    return { invoice: { ...it.invoice, vat: more, totals: { ...of, vat: sum, gross, due: gross } } };
  },
  'a price above the order': (it) =>
    firstLine(it, ({ unitPrice }) => ({ unitPrice: money(Math.ceil(cents(unitPrice) * 1.15) + 40) })),
  'more than was received': (it) =>
    firstLine(it, ({ quantity }) => ({ quantity: String(Number(quantity) + 2) })),
  'a line that nobody ordered': (it) =>
    resummed(it, {
      lines: [
        ...it.invoice.lines,
        {
          ...{ quantity: '1', unitPrice: '39.00', net: '39.00', vatCategory: 'S', vatRate: it.vendor.rate },
          ...{ name: 'Extended warranty', sellerItemId: 'ZZ-900' },
        },
      ],
    }),
  'a line that was billed before': (it) =>
    order(it, { lines: it.order?.lines.map((line) => ({ ...line, billed: line.received })) ?? [] }),
  'another account': (it) => ({
    invoice: {
      ...it.invoice,
      payment: { accounts: [{ iban: ibanOf('DE', `3704004405${it.n + 32_013_000}`) }] },
    },
  }),
  'a vendor that nobody knows': (it) => ({ invoice: { ...it.invoice, seller: STRANGER } }),
  'the same once more': (it) => ({
    // Written otherwise, as whoever sends it twice may.
    invoice: { ...it.invoice, number: it.invoice.number.replaceAll(/[-/]/g, '_') },
  }),
  'another currency': (it) => ({
    invoice: { ...it.invoice, currency: it.invoice.currency === 'EUR' ? 'USD' : 'EUR' },
  }),
  'due before it was issued': (it) => ({ invoice: { ...it.invoice, dueDate: '2026-09-01' } }),
  'another buyer': (it) => ({ invoice: { ...it.invoice, buyer: OTHER_BUYER } }),
  'a closed order': (it) => order(it, { closed: true }),
  'an order of another vendor': (it) => order(it, { vendor: 'V2999' }),
  'an order that nobody placed': () => ({ order: undefined }),
  'a credit note': (it) => ({ paper: 'credit-note', invoice: { ...it.invoice, typeCode: '381' } }),
  'a reminder': (it) => ({ paper: 'reminder', layout: paperOf(it) }),
  'a day that does not exist': (it) => ({
    invoice: { ...it.invoice, issueDate: '2026-11-31', dueDate: '2026-12-31' },
  }),
} satisfies Record<string, Change>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

export const faulty = (bundle: Bundle, fault: FaultName): Bundle => ({
  ...bundle,
  ...FAULTS[fault](bundle),
  fault,
});

/** Nobody reminds by XML. */
function paperOf({ layout }: Bundle): Bundle['layout'] {
  return layout.page
    ? { ...layout, kind: layout.kind === 'factur-x' ? 'pdf' : layout.kind }
    : {
        name: 'a letter',
        kind: 'pdf',
        page: {
          days: 'iso',
          head: 'left',
          columns: ['description', 'quantity', 'price', 'amount'],
          totals: 'right',
          foot: 'below',
        },
      };
}
