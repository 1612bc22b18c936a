import { apart, compare, exact, minus, plus } from '../../../lambdas/kit/numbers/money.ts';
import type { Adjustment, InvoiceFacts } from '../shape.ts';
import { NOTHING, sumOf } from './amounts.ts';

/* What must hold in the VAT of an invoice, category by category: BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O, BR-AF and BR-AG of EN 16931. */

/** Of an amount that is rounded once, in cents. */
const HALF = 0.5;

/** UNCL 5305, as EN 16931 takes it: what the rate of a category may be. Split payment of Italy (`B`) is not ours to pay. */
const RATES: Readonly<Record<string, 'more than nothing' | 'nothing' | 'any'>> = {
  S: 'more than nothing',
  ...{ Z: 'nothing', E: 'nothing', AE: 'nothing', K: 'nothing', G: 'nothing', O: 'nothing' },
  ...{ L: 'any', M: 'any' },
};
/** The buyer owes the VAT: both must be known by their VAT numbers. */
const OWED_BY_BUYER = ['AE', 'K'];
const OUTSIDE = 'O';

type Part = Omit<Adjustment, 'amount'>;

/** Lines, allowances and charges: what has a category and a rate beside the breakdown. */
const partsOf = ({ lines, allowances, charges }: InvoiceFacts): Part[] => [
  ...lines,
  ...allowances,
  ...charges,
];

const categoriesOf = (invoice: InvoiceFacts): Set<string> =>
  new Set([
    ...partsOf(invoice).flatMap(({ vatCategory }) => vatCategory ?? []),
    ...invoice.vat.map(({ category }) => category),
  ]);

/** All lines say their category, or none does, as in the smallest data. */
export function categorised({ lines }: InvoiceFacts): boolean {
  const said = lines.filter(({ vatCategory }) => vatCategory !== undefined).length;
  return said === 0 || said === lines.length;
}

export const known = (invoice: InvoiceFacts): boolean =>
  [...categoriesOf(invoice)].every((category) => Object.hasOwn(RATES, category));

export function ratesFit(invoice: InvoiceFacts): boolean {
  const fits = (category: string | undefined, rate: string | undefined) => {
    const percent = exact(rate ?? '0');
    const sign = percent && compare(percent, NOTHING);
    const may = RATES[category ?? ''] ?? 'any';
    if (sign === null || sign < 0) return false;
    return may === 'any' || (may === 'nothing' ? sign === 0 : sign > 0);
  };
  return (
    invoice.vat.every(({ category, rate }) => fits(category, rate)) &&
    partsOf(invoice).every(
      ({ vatCategory, vatRate }) => vatCategory === undefined || fits(vatCategory, vatRate),
    )
  );
}

/** Each category and rate of the lines, allowances and charges has its row, and none has two. */
export function brokenDown(invoice: InvoiceFacts): boolean {
  const { vat } = invoice;
  const twice = vat.some((one, at) =>
    vat.some((it, other) => other < at && isOf(it, one.category, one.rate)),
  );
  return (
    !twice &&
    partsOf(invoice).every(
      ({ vatCategory, vatRate }) =>
        vatCategory === undefined || vat.some((it) => isOf(it, vatCategory, vatRate)),
    )
  );
}

const isOf = (row: InvoiceFacts['vat'][number], category: string, rate: string | undefined): boolean =>
  row.category === category && sameRate(row.rate, rate);

/** Each base of the breakdown, from the lines, allowances and charges of its category and rate. */
export function basesHold({ lines, allowances, charges, vat }: InvoiceFacts): boolean {
  // Where lines do not say their rate, there is nothing to compare.
  if (lines.some(({ vatCategory }) => vatCategory === undefined)) return true;
  return vat.every(({ category, rate, base }) => {
    const of = (it: Part) => it.vatCategory === category && sameRate(it.vatRate, rate);
    const net = sumOf(lines.filter(of).map((it) => it.net));
    const less = sumOf(allowances.filter(of).map(({ amount }) => amount));
    const more = sumOf(charges.filter(of).map(({ amount }) => amount));
    const read = exact(base);
    return !!net && !!less && !!more && !!read && compare(plus(minus(net, less), more), read) === 0;
  });
}

export const amountsHold = ({ vat }: InvoiceFacts): boolean =>
  vat.every(({ rate = '0', base, amount }) => {
    const [percent, of, sum] = [rate, base, amount].map(exact);
    if (!percent || !of || !sum) return false;
    const exactly = { units: of.units * percent.units, scale: of.scale + percent.scale + 2 };
    return apart(exactly, sum) <= HALF;
  });

export function partiesKnown(invoice: InvoiceFacts): boolean {
  const both = invoice.seller.vatId !== undefined && invoice.buyer.vatId !== undefined;
  return both || !OWED_BY_BUYER.some((category) => categoriesOf(invoice).has(category));
}

/** What is outside of VAT stands on no invoice with anything else. */
export function outsideAlone(invoice: InvoiceFacts): boolean {
  const categories = categoriesOf(invoice);
  return !categories.has(OUTSIDE) || categories.size === 1;
}

function sameRate(one = '0', other = '0'): boolean {
  const [left, right] = [exact(one), exact(other)];
  return !!left && !!right && compare(left, right) === 0;
}
