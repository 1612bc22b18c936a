import { between, later, type Next, pick, seeded } from '../../local/load/random.ts';
import { money, summed, type Unsummed, type Written } from '../../test/support/written.ts';
import type { FaultName } from './faults.ts';
import { LAYOUTS, type Layout } from './layouts.ts';
import { US, VENDORS, type Vendor } from './vendors.ts';

/* An invoice with all that stands beside it: its order, what was received of it, and who is on file. */

export interface OrderLine {
  line: string;
  article: string;
  description: string;
  quantity: number;
  cents: number;
  received: number;
  billed: number;
}

export interface Order {
  number: string;
  vendor: string;
  currency: string;
  closed: boolean;
  lines: OrderLine[];
}

export interface Bundle {
  /** From 1; the name of its file has it. */
  n: number;
  layout: Layout;
  vendor: Vendor;
  /** What its paper is. */
  paper: 'invoice' | 'credit-note' | 'reminder';
  /** What it says, right or wrong. */
  invoice: Written;
  customer: string;
  delivered: string;
  order: Order | undefined;
  /** What makes it one of those that a person has to see; undefined where nothing is wrong with it. */
  fault?: FaultName;
  /** The invoice that it repeats. */
  repeats?: number;
}

/** Of those without a fault, in hundredths. */
const SHARES = { partial: 15, freight: 6, dearer: 6, large: 4 };
const MOST_CENTS = 75_000;

const number = (next: Next, form: string): string => form.replaceAll('#', () => String(between(next, 0, 9)));

/** Invoice `n` as an honest vendor sends it for an order of ours. */
export function honest(n: number): Bundle {
  const next = seeded(n);
  const layout = LAYOUTS[(n - 1) % LAYOUTS.length];
  if (!layout) throw new Error('no layout');
  const vendor = pick(
    next,
    VENDORS.filter(({ language }) => !layout.language || layout.language === language),
  );
  const kind = next() * 100;
  const is = (from: number, share: number) => kind >= from && kind < from + share;
  const partial = is(0, SHARES.partial);
  const freight = is(SHARES.partial, SHARES.freight);
  const dearer = is(SHARES.partial + SHARES.freight, SHARES.dearer);
  const large = is(100 - SHARES.large, SHARES.large);
  const lines = linesOf(next, vendor, large);
  const order: Order = {
    // The number is its own: two invoices of one order are another matter.
    ...{ number: `PO-7${String(n).padStart(4, '0')}`, vendor: vendor.id, currency: vendor.currency },
    ...{ closed: false, lines },
  };
  const [first] = lines;
  if (partial && first && first.quantity > 1) first.received = between(next, 1, first.quantity - 1);
  const issueDate = later('2026-10-05', between(next, 0, 45));
  const tax = { vatCategory: 'S', vatRate: vendor.rate };
  const unsummed: Unsummed = {
    ...{ number: `${number(next, vendor.numbers)}`, typeCode: '380', issueDate },
    ...{ dueDate: later(issueDate, vendor.termsDays), currency: vendor.currency },
    orderReference: order.number,
    seller: { vatId: vendor.vatId, name: vendor.name },
    buyer: { vatId: US.vatId, name: US.name },
    payment: { accounts: [{ iban: vendor.iban }] },
    allowances: [],
    charges: freight ? [{ amount: '4.90', ...tax }] : [],
    lines: lines.map((line, at) => {
      const cents = dearer && at === 0 ? line.cents + Math.max(1, Math.floor(line.cents / 200)) : line.cents;
      return {
        ...{ quantity: String(line.received), unitPrice: money(cents), net: money(cents * line.received) },
        ...{ name: line.description, sellerItemId: line.article, unit: 'C62', orderLine: line.line },
        ...tax,
      };
    }),
  };
  return {
    ...{ n, layout, vendor, paper: 'invoice', order },
    invoice: numbered(n, summed(unsummed)),
    customer: `K${between(next, 10_000, 99_999)}`,
    delivered: later(issueDate, -between(next, 1, 4)),
  };
}

/** No two of one vendor have one number: the last digits are its own. */
function numbered(n: number, invoice: Written): Written {
  const own = String(n).padStart(3, '0');
  const { number } = invoice;
  const tail = /-26$/.test(number) ? '-26' : '';
  const stem = number.slice(0, number.length - tail.length);
  return { ...invoice, number: `${stem.slice(0, -own.length)}${own}${tail}` };
}

function linesOf(next: Next, { goods }: Vendor, large: boolean): OrderLine[] {
  const count = between(next, 2, goods.length);
  const all = goods.slice(0, count).map((good, at): OrderLine => {
    const most = Math.max(1, Math.min(12, Math.floor(MOST_CENTS / count / good.cents)));
    const quantity = between(next, 1, most) * (large ? 40 : 1);
    return {
      ...{ line: String(at + 1), article: good.article, description: good.name, cents: good.cents },
      ...{ quantity, received: quantity, billed: 0 },
    };
  });
  return all;
}
