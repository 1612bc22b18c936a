import {
  apart,
  compare,
  exact,
  inHundredths,
  minus,
  plus,
  times,
} from '../../../lambdas/kit/numbers/money.ts';
import { isLawful } from '../copied/rates.ts';
import { CURRENCIES, type InvoiceFacts, isDay, NUMBER } from '../shape.ts';
import { NOTHING, sums, type Totals } from './amounts.ts';
import {
  amountsHold,
  basesHold,
  brokenDown,
  categorised,
  known,
  outsideAlone,
  partiesKnown,
  ratesFit,
} from './vat.ts';

/*
 * What must hold in an invoice, whoever sent it: the rules of EN 16931 that numbers can break, and a few of the house. What an invoice
 * says in words is no concern of these; who sends it and where the money goes is that of `doubtsAbout`.
 */

export interface Rule {
  /** Of EN 16931, `BR-…`; of the house, `SB-…`. */
  ids: readonly string[];
  /** A fixed sentence: reasons appear in lists and mails, where no word of an invoice may be. */
  fault: string;
  holds(invoice: InvoiceFacts, totals: Totals): boolean;
}

const amountsOf = (adjustments: readonly { amount: string }[]) => adjustments.map(({ amount }) => amount);

export const RULES: readonly Rule[] = [
  {
    ids: ['SB-01'],
    fault: 'the invoice number is not one word with a digit',
    holds: ({ number }) => NUMBER.test(number),
  },
  {
    ids: ['SB-02'],
    fault: 'the date of issue is no day of the calendar',
    holds: ({ issueDate }) => isDay(issueDate),
  },
  {
    ids: ['SB-03'],
    fault: 'the due date is no day of the calendar',
    holds: ({ dueDate }) => dueDate === undefined || isDay(dueDate),
  },
  {
    ids: ['SB-04'],
    fault: 'it is due before it was issued',
    holds: ({ issueDate, dueDate = '9999' }) => dueDate >= issueDate,
  },
  {
    ids: ['BR-CL-04'],
    fault: 'the currency is none that we pay in',
    holds: ({ currency }) => CURRENCIES.some((it) => it === currency),
  },
  { ids: ['BR-16'], fault: 'it has no lines', holds: ({ lines }) => lines.length > 0 },
  {
    ids: ['BR-27'],
    fault: 'a price is below nothing',
    holds: ({ lines }) => lines.every(({ unitPrice }) => !unitPrice.startsWith('-')),
  },
  {
    ids: ['SB-05'],
    fault: 'a line is not its quantity times its price',
    holds: ({ lines }) => lines.every(lineHolds),
  },
  {
    ids: ['BR-CO-10'],
    fault: 'the lines do not add up to their sum',
    holds: ({ lines }, { lineNet }) =>
      sums(
        lines.map(({ net }) => net),
        lineNet,
      ),
  },
  {
    ids: ['BR-CO-11'],
    fault: 'the allowances do not add up',
    holds: (it, { allowances }) => sums(amountsOf(it.allowances), allowances),
  },
  {
    ids: ['BR-CO-12'],
    fault: 'the charges do not add up',
    holds: (it, { charges }) => sums(amountsOf(it.charges), charges),
  },
  {
    ids: ['BR-CO-13'],
    fault: 'the net total is not lines less allowances plus charges',
    holds: (_, { net, lineNet, allowances, charges }) =>
      compare(net, plus(minus(lineNet, allowances), charges)) === 0,
  },
  {
    ids: ['BR-CO-14'],
    fault: 'the VAT amounts do not add up',
    holds: (it, { vat }) => sums(amountsOf(it.vat), vat),
  },
  {
    ids: ['BR-CO-17', ...each('09')],
    fault: 'a VAT amount is not its rate of its base',
    holds: amountsHold,
  },
  {
    ids: ['BR-CO-18', 'SB-06'],
    fault: 'the VAT bases do not add up to the net total',
    holds: (it, { net }) =>
      sums(
        it.vat.map(({ base }) => base),
        net,
      ),
  },
  { ids: each('08'), fault: 'a VAT base is not what the lines at this rate come to', holds: basesHold },
  { ids: each('01'), fault: 'a VAT rate of its lines has no row of its own', holds: brokenDown },
  {
    ids: [...each('05'), ...each('06'), ...each('07')],
    fault: 'a VAT rate is none of its category',
    holds: ratesFit,
  },
  { ids: ['BR-CL-17', 'BR-CL-18'], fault: 'a VAT category is none that we know', holds: known },
  { ids: ['BR-CO-04'], fault: 'a line says no VAT category, and others do', holds: categorised },
  {
    ids: ['BR-AE-02', 'BR-IC-02'],
    fault: 'the buyer owes its VAT, and it does not name the VAT numbers of both',
    holds: partiesKnown,
  },
  {
    ids: ['BR-O-11', 'BR-O-12', 'BR-O-13', 'BR-O-14'],
    fault: 'what is outside of VAT stands beside what is not',
    holds: outsideAlone,
  },
  {
    ids: ['BR-CO-15'],
    fault: 'the gross total is not net plus VAT',
    holds: (_, { gross, net, vat }) => compare(gross, plus(net, vat)) === 0,
  },
  {
    ids: ['BR-CO-16'],
    fault: 'the amount due is not gross less what was prepaid',
    holds: (_, { due, gross, prepaid, rounding }) =>
      compare(due, plus(minus(gross, prepaid), rounding)) === 0,
  },
  {
    ids: ['01', '05', '09', '10', '11', '12', '13', '14', '16', '17', '18', '19', '20', '23'].map(
      (id) => `BR-DEC-${id}`,
    ),
    fault: 'an amount has more than two digits behind its point',
    holds: (invoice) => allAmounts(invoice).every((amount) => inHundredths(amount) !== null),
  },
  {
    ids: ['SB-07'],
    fault: 'a part was paid before',
    holds: (_, { prepaid }) => compare(prepaid, NOTHING) === 0,
  },
  {
    ids: ['SB-08'],
    fault: 'it is rounded by one unit of its currency or more',
    holds: (_, { rounding }) => apart(rounding, NOTHING) < 100,
  },
  {
    ids: ['SB-09'],
    fault: 'the gross total is not more than nothing',
    holds: (_, { gross }) => compare(gross, NOTHING) > 0,
  },
  {
    ids: ['SB-10'],
    // Orders prove net prices: VAT at a rate that no law knows would be money for nothing.
    fault: 'a VAT rate is above every rate of its vendor’s country',
    holds: ({ vat, seller }) => vat.every(({ rate = '0' }) => isLawful(seller.vatId, rate)),
  },
  {
    ids: ['SB-11'],
    // An allowance below nothing is a charge that no order is asked about.
    fault: 'an allowance or a charge is below nothing',
    holds: ({ allowances, charges }) =>
      amountsOf([...allowances, ...charges]).every((amount) => !amount.startsWith('-')),
  },
];

/** The same rule of each category of VAT. */
function each(number: string): string[] {
  const categories = ['S', 'Z', 'E', 'AE', 'IC', 'G', 'O', 'AF', 'AG'];
  return categories.map((category) => `BR-${category}-${number}`);
}

function allAmounts({ totals, lines, allowances, charges, vat }: InvoiceFacts): string[] {
  return [
    ...Object.values(totals).filter((amount) => amount !== undefined),
    ...lines.map(({ net }) => net),
    ...amountsOf([...allowances, ...charges, ...vat]),
    ...vat.map(({ base }) => base),
  ];
}

/** Of an amount that is rounded once, in cents. */
const HALF = 0.5;

export function lineHolds({
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
