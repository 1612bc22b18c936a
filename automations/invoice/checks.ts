import { apart, compare, type Exact, exact, minus, plus, times } from '../../lambdas/kit/money.ts';
import type { Adjustment, InvoiceFacts } from './shape.ts';
import { CURRENCIES, DAY, NUMBER } from './shape.ts';
import { compactOf, OUR_VAT_IDS, type Vendor } from './vendors.ts';

/*
 * What must hold in an invoice, after the rules of EN 16931 (BR-CO, BR-S). Each fault is a fixed sentence: reasons appear in lists
 * and mails, where no word of an invoice may be.
 */

const NOTHING: Exact = { units: 0n, scale: 0 };
/** Of an amount that is rounded once, in cents. */
const HALF = 0.5;

/** What does not hold in the numbers themselves, whoever sent them. */
export function faultsIn(invoice: InvoiceFacts): string[] {
  const { totals, lines, allowances, charges, vat } = invoice;
  const read = readTotals(totals);
  if (!read) return ['an amount is no decimal'];
  const faults: [boolean, string][] = [
    [!NUMBER.test(invoice.number), 'the invoice number is not one word with a digit'],
    [!isDay(invoice.issueDate), 'the date of issue is no day of the calendar'],
    [invoice.dueDate !== undefined && !isDay(invoice.dueDate), 'the due date is no day of the calendar'],
    [(invoice.dueDate ?? '9999') < invoice.issueDate, 'it is due before it was issued'],
    [!CURRENCIES.some((it) => it === invoice.currency), 'the currency is none that we pay in'],
    [lines.length === 0, 'it has no lines'],
    [lines.some((line) => !lineHolds(line)), 'a line is not its quantity times its price'],
    [
      !sums(
        lines.map(({ net }) => net),
        read.lineNet,
      ),
      'the lines do not add up to their sum',
    ],
    [
      !sums(
        allowances.map(({ amount }) => amount),
        read.allowances,
      ),
      'the allowances do not add up',
    ],
    [
      !sums(
        charges.map(({ amount }) => amount),
        read.charges,
      ),
      'the charges do not add up',
    ],
    [
      compare(read.net, plus(minus(read.lineNet, read.allowances), read.charges)) !== 0,
      'the net total is not lines less allowances plus charges',
    ],
    [
      !sums(
        vat.map(({ amount }) => amount),
        read.vat,
      ),
      'the VAT amounts do not add up',
    ],
    [vat.some((it) => !vatHolds(it)), 'a VAT amount is not its rate of its base'],
    [
      !sums(
        vat.map(({ base }) => base),
        read.net,
      ),
      'the VAT bases do not add up to the net total',
    ],
    [!basesHold(invoice), 'a VAT base is not what the lines at this rate come to'],
    [compare(read.gross, plus(read.net, read.vat)) !== 0, 'the gross total is not net plus VAT'],
    [
      compare(read.due, plus(minus(read.gross, read.prepaid), read.rounding)) !== 0,
      'the amount due is not gross less what was prepaid',
    ],
    [compare(read.prepaid, NOTHING) !== 0, 'a part was paid before'],
    [apart(read.rounding, NOTHING) >= 100, 'it is rounded by one unit of its currency or more'],
    [compare(read.gross, NOTHING) <= 0, 'the gross total is not more than nothing'],
  ];
  return faults.filter(([is]) => is).map(([, fault]) => fault);
}

/** What does not fit who sends it, where the money would go, and whom it is addressed to. */
export function doubtsAbout(
  invoice: Pick<InvoiceFacts, 'seller' | 'buyer' | 'payee' | 'payment' | 'typeCode'>,
  vendor: Vendor | undefined,
): string[] {
  if (!vendor) return ['the VAT number is that of no known vendor'];
  const ibans = invoice.payment.accounts.map(({ iban }) => compactOf(iban));
  const buyer = invoice.buyer.vatId;
  const doubts: [boolean, string][] = [
    [invoice.payee !== undefined, 'it names another payee than its vendor'],
    [ibans.length === 0, 'it names no bank account'],
    [
      ibans.some((iban) => !vendor.ibans.includes(iban)),
      'its bank details are not those on file, which alone are paid to',
    ],
    [ibans.some((iban) => !isIban(iban)), 'an IBAN on it does not exist: its check digits are wrong'],
    [
      buyer !== undefined && !OUR_VAT_IDS.includes(compactOf(buyer)),
      'it is addressed to a VAT number that is not ours',
    ],
    [
      !TRANSFERS.includes(invoice.payment.meansCode ?? '30'),
      'it is not to be paid by transfer: its vendor collects it, or was paid already',
    ],
    [!['380', '381'].includes(invoice.typeCode), 'it is neither an invoice nor a credit note'],
  ];
  return doubts.filter(([is]) => is).map(([, doubt]) => doubt);
}

/** Transfers, and what is not said: not a direct debit, a card or a set-off, which nobody pays a second time. */
const TRANSFERS = ['1', '30', '31', '42', '57', '58', 'ZZZ'];

/** By its check digits (ISO 7064, modulo 97). */
export function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const digits = [...iban.slice(4), ...iban.slice(0, 4)].map((sign) => Number.parseInt(sign, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

/** A day that exists: 30 February does not. */
export function isDay(day: string): boolean {
  if (!DAY.test(day)) return false;
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const days = [31, year % 4 === 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return date <= (days[month - 1] ?? 0);
}

const TOTALS = [
  ...(['lineNet', 'allowances', 'charges', 'net', 'vat', 'gross', 'prepaid', 'rounding', 'due'] as const),
];

/** What is not said is nothing. */
function readTotals(totals: InvoiceFacts['totals']): Record<(typeof TOTALS)[number], Exact> | undefined {
  const read = TOTALS.map((name) => [name, exact(totals[name] ?? '0')] as const);
  if (read.some(([, amount]) => amount === null)) return undefined;
  return Object.fromEntries(read) as Record<(typeof TOTALS)[number], Exact>;
}

/** Undefined where one of them is no decimal: that sum equals nothing. */
function sumOf(amounts: readonly string[]): Exact | undefined {
  return amounts.reduce<Exact | undefined>((sum, amount) => {
    const read = exact(amount);
    return sum && read ? plus(sum, read) : undefined;
  }, NOTHING);
}

function sums(amounts: readonly string[], total: Exact): boolean {
  const sum = sumOf(amounts);
  return sum !== undefined && compare(sum, total) === 0;
}

function lineHolds({
  quantity,
  unitPrice,
  priceQuantity = '1',
  net,
}: InvoiceFacts['lines'][number]): boolean {
  const [count, price, per, sum] = [quantity, unitPrice, priceQuantity, net].map(exact);
  if (!count || !price || !per || !sum || compare(per, NOTHING) <= 0) return false;
  // Multiplied out: a division would have to be rounded. One cent of the net is `per` cents here.
  const room = HALF * (Number(per.units) / 10 ** per.scale);
  return apart(times(count, price), times(sum, per)) <= room;
}

function vatHolds({ rate = '0', base, amount }: InvoiceFacts['vat'][number]): boolean {
  const [percent, of, sum] = [rate, base, amount].map(exact);
  if (!percent || !of || !sum) return false;
  return apart(times(of, { ...percent, scale: percent.scale + 2 }), sum) <= HALF;
}

/** Each base of the breakdown, from the lines, allowances and charges of its category and rate (BR-S-08). */
function basesHold({ lines, allowances, charges, vat }: InvoiceFacts): boolean {
  // Where lines do not say their rate, there is nothing to compare.
  if (lines.some(({ vatCategory }) => vatCategory === undefined)) return true;
  return vat.every(({ category, rate, base }) => {
    const of = (it: Omit<Adjustment, 'amount'>) => it.vatCategory === category && sameRate(it.vatRate, rate);
    const net = sumOf(lines.filter(of).map((it) => it.net));
    const less = sumOf(allowances.filter(of).map(({ amount }) => amount));
    const more = sumOf(charges.filter(of).map(({ amount }) => amount));
    const read = exact(base);
    return !!net && !!less && !!more && !!read && compare(plus(minus(net, less), more), read) === 0;
  });
}

function sameRate(one = '0', other = '0'): boolean {
  const [left, right] = [exact(one), exact(other)];
  return !!left && !!right && compare(left, right) === 0;
}
