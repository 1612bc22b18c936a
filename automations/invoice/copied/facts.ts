import type { Routed } from '../../../lambdas/contract/item/envelope.ts';
import { compare, exact, plus } from '../../../lambdas/kit/numbers/money.ts';
import { COPIED, type InvoiceRequest } from '../automation.ts';
import { read, total } from '../match/decimals.ts';
import type { Match } from '../match/match.ts';
import { lineHolds } from '../rules/en16931.ts';
import { type InvoiceFacts, isDay, type Line } from '../shape.ts';
import { unseenIn } from '../shown.ts';
import type { Identified } from '../vendors.ts';
import { dayAnchored, namesUs, numberAnchored } from './anchored.ts';
import type { Copied } from './extract.ts';
import { placed } from './placed.ts';
import { isRateOf } from './rates.ts';

/** What was copied, in the shape of data. Whom it is addressed to, and how it is to be paid, nobody copied. */
export function copiedInvoice(found: Copied, label: string): InvoiceFacts {
  const { net, vat, gross, vatId, seller } = found;
  return {
    ...{ number: found.number, issueDate: found.issueDate, currency: found.currency },
    typeCode: label === 'credit-note' ? '381' : '380',
    ...(found.dueDate ? { dueDate: found.dueDate } : {}),
    ...(found.order ? { orderReference: found.order } : {}),
    seller: { ...(vatId ? { vatId } : {}), ...(seller ? { name: seller } : {}) },
    buyer: {},
    payment: { accounts: found.iban ? [{ iban: found.iban }] : [] },
    ...{ allowances: [], charges: [], vat: [] },
    lines: found.lines.map(lineOf),
    totals: { net, vat, gross, due: gross },
  };
}

function lineOf({ description, article, quantity, unitPrice, net }: Copied['lines'][number]): Line {
  return {
    ...{ quantity, unitPrice, net },
    ...(article ? { articles: [article] } : {}),
    ...(description ? { description } : {}),
  };
}

/** What does not hold in what was copied, in fixed words. */
export function copiedFaults(found: Copied): string[] {
  const [net, vat, gross] = [found.net, found.vat, found.gross].map(exact);
  const holds = net && vat && gross && compare(plus(net, vat), gross) === 0;
  const { lines } = found;
  const faults: [boolean, string][] = [
    [!holds, 'the gross total is not net plus VAT'],
    [!isDay(found.issueDate), 'the date of issue is no day of the calendar'],
    [found.dueDate !== '' && !isDay(found.dueDate), 'the due date is no day of the calendar'],
    [found.dueDate !== '' && found.dueDate < found.issueDate, 'it is due before it was issued'],
    [lines.some((line) => !lineHolds(line)), 'a line is not its quantity times its price'],
    [
      lines.length > 0 && compare(total(lines.map((line) => read(line.net))), read(found.net)) !== 0,
      'the lines do not add up to the net total',
    ],
  ];
  return faults.filter(([is]) => is).map(([, fault]) => fault);
}

/**
 * Why what a model copied cannot do without a person, in fixed words; empty where it can. Its numbers are proven by records that no
 * invoice writes and by the page itself, and never by the model.
 */
export function unproven(
  item: Routed<InvoiceRequest>,
  found: Copied,
  { match: { against }, who: { vendor } }: { match: Match; who: Identified },
  faults: readonly string[],
): string[] {
  // Whoever compares it anyway needs no further reasons.
  if (faults.length > 0 || against !== 'lines' || found.lines.length === 0) return [COPIED];
  const invoice = copiedInvoice(found, item.label);
  const pages = (item.documents ?? [])
    .flatMap((document) => document.pages.map(({ text }) => text))
    .join('\n');
  const open: [boolean, string][] = [
    [!namesUs(pages), 'its pages do not name us'],
    [
      !numberAnchored(pages, found.number),
      'its number does not stand behind a word for the number of an invoice',
    ],
    [!dayAnchored(pages, found.issueDate), 'its day does not stand behind a word for the day of an invoice'],
    [!isRateOf(found), 'its VAT is not a rate of the vendor’s country'],
    [!placed(item, found, vendor), 'a value that was copied has no place of its own on a page'],
    ...unseenIn({ ...item, text: item.whole ?? item.text }, invoice).map((fault): [boolean, string] => [
      true,
      fault,
    ]),
  ];
  return open.filter(([is]) => is).map(([, fault]) => fault);
}
