import { money } from '../../test/support/written.ts';
import type { Bundle } from './bundle.ts';
import { VENDORS, type Vendor } from './vendors.ts';

/* What the company's own systems answer of the generated invoices. */

const PATHS = { vendors: 'vendors', orders: 'orders' };
const FREIGHT = '15.00';

type Query = Readonly<Record<string, string>>;

/** The sources of the automation, over these bundles. */
export function recordsOf(bundles: readonly Bundle[]) {
  const orders = new Map(
    bundles.flatMap(({ order }) => (order ? [[order.number, orderOf(order)] as const] : [])),
  );
  const vendors = [...VENDORS, ...bundles.map(({ vendor }) => vendor)];
  return {
    vendors: (path: string, query: Query) => (path === PATHS.vendors ? found(vendors, query) : undefined),
    'purchase-orders': (path: string, { number = '' }: Query) =>
      path === PATHS.orders ? orders.get(number) : undefined,
  };
}

/** One vendor of the master for each id, with all accounts that are on file for it. */
function found(vendors: readonly Vendor[], { vatId, iban, name }: Query) {
  const ids = new Set(
    vendors.filter((it) => it.vatId === vatId || it.iban === iban || it.name === name).map(({ id }) => id),
  );
  return {
    vendors: [...ids].map((id) => {
      const all = vendors.filter((it) => it.id === id);
      const [one] = all;
      return {
        ...{ id, name: one?.name ?? '', vatIds: one?.vatId ? [one.vatId] : [], payDays: one?.termsDays },
        ibans: [...new Set(all.flatMap(({ iban, ibans: more = [] }) => (iban ? [iban, ...more] : [])))],
      };
    }),
  };
}

function orderOf({ number, vendor, currency, closed, lines }: NonNullable<Bundle['order']>) {
  return {
    ...{ number, vendor, currency, status: closed ? 'closed' : 'open', freight: FREIGHT },
    lines: lines.map((it) => ({
      ...{ line: it.line, description: it.description, unitPrice: priceOf(it.cents) },
      ...(it.article ? { article: it.article } : {}),
      ...{ quantity: String(it.quantity), received: String(it.received), billed: String(it.billed) },
    })),
  };
}

/** With as many digits as it has: a price may be a fraction of a cent. */
const priceOf = (cents: number): string =>
  Number.isInteger(cents) ? money(cents) : (cents / 100).toFixed(6);
