import { between, later, seeded } from '../../local/load/random.ts';
import { money } from '../../test/support/written.ts';
import type { Bundle } from './bundle.ts';
import { swapped } from './faults.ts';
import { WORDS } from './languages.ts';
import { ibanOf, US } from './vendors.ts';

/* What a model copies of a page: all of it right, or wrong in a way that models are known for. */

export interface CopiedLine {
  description: string;
  article: string;
  quantity: string;
  unitPrice: string;
  net: string;
}

export type Copied = Readonly<
  Record<
    | 'number'
    | 'issueDate'
    | 'dueDate'
    | 'currency'
    | 'seller'
    | 'vatId'
    | 'iban'
    | 'order'
    | 'net'
    | 'vat'
    | 'gross'
    | 'brief',
    string
  > & { lines: readonly CopiedLine[] }
>;

/** As it stands on the page; carriage, which stands there without a quantity, as once its amount. */
export function rightly({ layout, vendor, invoice }: Bundle): Copied {
  const { totals, lines, charges } = invoice;
  const article = layout.page?.columns.includes('article') ?? false;
  return {
    ...{ number: invoice.number, issueDate: invoice.issueDate, dueDate: invoice.dueDate ?? '' },
    ...{ currency: invoice.currency, seller: invoice.seller.name ?? '', vatId: invoice.seller.vatId ?? '' },
    iban: invoice.payment.accounts[0]?.iban ?? '',
    order: invoice.orderReference ?? '',
    ...{ net: totals.net, vat: totals.vat ?? '0.00', gross: totals.gross },
    brief: 'A vendor bills goods that were ordered.',
    lines: [
      ...lines.map((line) => ({
        ...{ description: line.name ?? '', article: article ? (line.sellerItemId ?? '') : '' },
        ...{ quantity: line.quantity, unitPrice: line.unitPrice, net: line.net },
      })),
      ...charges.map(({ amount }) => ({
        ...{ description: WORDS[vendor.language].freight, article: '', quantity: '1' },
        ...{ unitPrice: amount, net: amount },
      })),
    ],
  };
}

type Slip = (right: Copied, bundle: Bundle) => Partial<Copied>;

const cents = (amount: string) => Math.round(Number(amount) * 100);
const firstLine = ({ lines }: Copied, change: (line: CopiedLine) => Partial<CopiedLine>) => ({
  lines: lines.map((line, at) => (at === 0 ? { ...line, ...change(line) } : line)),
});

export const SLIPS = {
  'digits of the total swapped': ({ gross }) => ({ gross: swapped(gross) }),
  'a line lost': ({ lines }) => ({ lines: lines.slice(1) }),
  'a total made up': ({ net, gross }) => ({
    net: money(cents(net) + 1000),
    gross: money(cents(gross) + 1000),
  }),
  'dates swapped': ({ issueDate, dueDate }) => ({ issueDate: dueDate, dueDate: issueDate }),
  'another account': (_, { n }) => ({ iban: ibanOf('DE', `3704004405${n + 41_013_000}`) }),
  'an order number made up': (_, { n }) => ({ order: `PO-7${String(9000 + n)}` }),
  'net taken for gross': ({ net }) => ({ gross: net, vat: '0.00' }),
  'the customer number taken for that of the invoice': (_, { customer }) => ({ number: customer }),
  'the order taken for the invoice': ({ order }) => ({ number: order }),
  'the day of delivery taken for that of issue': (_, { delivered }) => ({ issueDate: delivered }),
  'our VAT number taken for theirs': () => ({ vatId: US.vatId }),
  'a digit of the number lost': ({ number }) => ({ number: number.replace(/\d$/, '') }),
  'a quantity misread': (right) => firstLine(right, ({ quantity }) => ({ quantity: `${quantity}0` })),
  'two lines made one': ({ lines, net }) => ({
    lines: lines.slice(0, 1).map((line) => ({ ...line, quantity: '1', unitPrice: net, net })),
  }),
  'a currency guessed': ({ currency }) => ({ currency: currency === 'EUR' ? 'USD' : 'EUR' }),
  'the due date left out': () => ({ dueDate: '' }),
  'a month misread': ({ issueDate, dueDate }) => ({
    issueDate: later(issueDate, -31),
    dueDate: dueDate && later(dueDate, 31),
  }),
} satisfies Record<string, Slip>;

export type SlipName = keyof typeof SLIPS;
export const SLIP_NAMES = Object.keys(SLIPS) as SlipName[];

/** How often a model slips, and how often it mends a slip that it is told of. */
export const RATES = { slips: 0.1, mends: 0.5, sortsWrong: 0.01 };

export interface Reader {
  /** The one slip of this page; undefined where it is copied rightly. */
  slip: SlipName | undefined;
  mends: boolean;
  label: string;
}

/** How the model reads this page: the same each time, and by the rates over all of them. `every` makes each page slip. */
export function readerOf({ n, paper }: Bundle, every = false): Reader {
  const next = seeded(n + 7000);
  const slips = next() < RATES.slips || every;
  const slip = SLIP_NAMES[(n + between(next, 0, SLIP_NAMES.length - 1)) % SLIP_NAMES.length];
  const wrong = next() < RATES.sortsWrong;
  return {
    slip: slips ? slip : undefined,
    mends: next() < RATES.mends,
    label: wrong ? (paper === 'invoice' ? 'other' : 'invoice') : paper,
  };
}

/** @param told it was sent back, because a value stands nowhere on the page */
export function copyOf(bundle: Bundle, { slip, mends }: Reader, told: boolean): Copied {
  const right = rightly(bundle);
  return slip === undefined || (told && mends) ? right : { ...right, ...SLIPS[slip](right, bundle) };
}
