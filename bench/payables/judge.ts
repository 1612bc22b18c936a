import { later } from '../../local/load/random.ts';
import type { Bundle } from './bundle.ts';
import type { Came } from './desk.ts';
import type { FaultName } from './faults.ts';

/* What may come of an invoice, told from what was generated, and from nothing that the automation says. */

/** How a person hears of each fault: one of these sentences is among the reasons. */
const NAMED: Readonly<Record<FaultName, RegExp>> = {
  'digits of the total swapped': /^the gross total is not net plus VAT$/,
  'a line is missing': /^the lines do not add up/,
  'totals of nothing': /^the lines do not add up|^the net total is not lines/,
  'VAT of another rate': /^a VAT amount is not its rate|^its VAT is not a rate/,
  'a price above the order': /^the price of a line is not that of its order$/,
  'more than was received': /^more is billed than was (?:received|ordered)$/,
  'a line that nobody ordered': /^a line was not ordered$/,
  'a line that was billed before': /^a line was billed before$/,
  'another account': /^its bank details are not those on file/,
  'a vendor that nobody knows': /no known vendor|vendor is not known/,
  'the same once more': /^duplicate|earlier item|limit/,
  'another currency': /^its order is in another currency$/,
  'due before it was issued': /^it is due before it was issued$/,
  'another buyer': /VAT number that is not ours|do not name us/,
  'a closed order': /^its order is closed$/,
  'an order of another vendor': /^its order is that of another vendor$/,
  'an order that nobody placed': /^there is no such order$/,
  'a credit note': /^a credit note/,
  'a reminder': /^a reminder/,
  'a day that does not exist': /^the date of issue is no day of the calendar$/,
};

export interface Judged {
  bundle: Bundle;
  came: Came;
  /** Something was done without a person that is not exactly what the honest invoice says. */
  wrong: string[];
  /** The fault is among the reasons; undefined where there is none. */
  named: boolean | undefined;
}

export function judged(bundle: Bundle, came: Came): Judged {
  const { fault } = bundle;
  return {
    ...{ bundle, came },
    wrong: came.verdict === 'act' ? wrongIn(bundle, came) : [],
    named: fault && came.reasons.some((reason) => NAMED[fault].test(reason)),
  };
}

/** Days on which payments leave: Tuesdays and Thursdays, as the company pays. */
const RUNS = [2, 4];

function wrongIn(bundle: Bundle, { actions }: Came): string[] {
  const { fault, invoice, vendor } = bundle;
  if (fault) return [`done alone, and it has a fault: ${fault}`];
  const { totals } = invoice;
  const total = { currency: invoice.currency, iban: vendor.iban, vendor: vendor.id, number: invoice.number };
  const expected: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'post-bill': {
      ...{ ...total, kind: 'invoice', issueDate: invoice.issueDate, order: invoice.orderReference },
      ...{ net: amount(totals.net), vat: amount(totals.vat), gross: amount(totals.gross) },
    },
    'schedule-payment': { ...total, amount: amount(totals.gross), payOn: runBefore(dueOf(bundle)) },
  };
  return [
    ...actions.flatMap(({ action, parameters }) => {
      const wanted = expected[action];
      if (!wanted) return [`'${action}' was done`];
      return Object.entries(wanted)
        .filter(([name, value]) => parameters[name] !== value)
        .map(([name, value]) => `${action}: '${name}' is ${parameters[name]}, not ${value}`);
    }),
    ...Object.keys(expected)
      .filter((name) => actions.filter(({ action }) => action === name).length !== 1)
      .map((name) => `'${name}' was not done once`),
  ];
}

/** With two digits, as amounts go out. */
const amount = (written = '0'): string => Number(written).toFixed(2);

/** The day that was agreed, or a later one that the invoice names. */
function dueOf({ invoice: { issueDate, dueDate = '' }, vendor }: Bundle): string {
  const agreed = later(issueDate, vendor.termsDays);
  return dueDate > agreed ? dueDate : agreed;
}

function runBefore(due: string): string {
  const days = [0, 1, 2, 3, 4, 5, 6].map((back) => later(due, -back));
  return days.find((day) => RUNS.includes(new Date(`${day}T00:00:00Z`).getUTCDay())) ?? due;
}
