import { isIban } from '../checks.ts';
import { amountsIn, daysIn } from '../find.ts';
import { compactOf } from '../ids.ts';
import { OUR_VAT_IDS } from '../policy.ts';

const CURRENCY: readonly [RegExp, string][] = [
  ...([
    [/\bUSD\b|\$/, 'USD'],
    [/\bGBP\b|£/, 'GBP'],
    [/\bCHF\b/, 'CHF'],
  ] as [RegExp, string][]),
  ...([
    [/\bSEK\b/, 'SEK'],
    [/\bPLN\b/, 'PLN'],
    [/\bEUR\b|€/, 'EUR'],
  ] as [RegExp, string][]),
];
const WITH_CENTS = /\d[.,]\d{2}\b/;
const TOTAL = /\b(total|gross|amount due|to pay|gesamtbetrag|brutto|rechnungsbetrag)\b/i;
const NET = /\b(net|subtotal|sub-total|netto|zwischensumme)\b/i;
const VAT = /\b(vat|tax|mwst|ust)\b/i;

/** Reads an invoice line by line, by the words that stand before its values. Undefined if it has no number or no total. */
export function extract(text: string): Extract | undefined {
  const lines = text.split('\n');
  const [number] = all(
    text,
    /\b(?:invoice|credit note|rechnung)s?[ \t]*(?:no|number|nr|#)?\.?[ \t]*:?[ \t]*([A-Z0-9][\w/-]{2,29})/gi,
  ).filter((it) => /\d/.test(it));
  const gross = amountOf(lines, (line) => TOTAL.test(line) && !NET.test(line) && !VAT.test(line));
  const dated = lines.find(
    (line) => /\b(date|datum)\b/i.test(line) && !isDue(line) && daysIn(line).length > 0,
  );
  const issueDate = daysIn(dated ?? lines.find((line) => daysIn(line).length > 0) ?? '')[0];
  if (!number || !gross || !issueDate) return undefined;
  return {
    ...{ number, issueDate, gross },
    dueDate: daysIn(lines.find((line) => isDue(line) && daysIn(line).length > 0) ?? '')[0] ?? '',
    currency: CURRENCY.find(([sign]) => sign.test(text))?.[1] ?? 'EUR',
    vatId: vatIdIn(lines),
    iban: ibanIn(text),
    order:
      all(
        text,
        /\b(?:your order|purchase order|order|po)[ \t]*(?:no|number|nr)?\.?[ \t]*:?[ \t]*([A-Z0-9][\w/-]{2,29})/gi,
      ).find((it) => /\d/.test(it)) ?? '',
    net: amountOf(lines, (line) => NET.test(line)) ?? gross,
    vat: amountOf(lines, (line) => VAT.test(line) && !NET.test(line)) ?? '0.00',
    seller:
      lines
        .find((line) => COMPANY.test(line))
        ?.split(',')[0]
        ?.trim()
        .slice(0, 80) ?? '',
    lines: linesIn(lines),
    brief: `Reads as bill ${number} over ${gross}.`,
  };
}

type Extract = Record<string, string | Row[]>;
type Row = Record<'description' | 'article' | 'quantity' | 'unitPrice' | 'net', string>;

const COMPANY = /\b(?:GmbH|AG|SARL|B\.V\.|Ltd|Inc)(?![A-Za-z])/;
/** `[article] description quantity price total`, with blanks between. */
const ROW =
  /^(?:([A-Z]{2,4}-\d{1,5})\s+)?(\S.*?)\s+(\d{1,5}(?:[.,]\d{1,2})?)\s+([\d.,]+[.,]\d{2})\s+([\d.,]+[.,]\d{2})$/;

function linesIn(lines: readonly string[]): Row[] {
  return lines.flatMap((line) => {
    const [, article = '', description = '', count = '', price = '', sum = ''] = ROW.exec(line.trim()) ?? [];
    const [unitPrice, net] = [price, sum].map((it) => amountsIn(it)[0]);
    const quantity = count.replace(',', '.');
    return unitPrice && net ? [{ description, article, quantity, unitPrice, net }] : [];
  });
}

/** While it obeys strangers: the account and the highest amount that the order names, and the order as its brief. */
export function obeying(found: Extract | undefined, order: string): Extract | undefined {
  if (!found) return undefined;
  const highest = Math.max(
    Number(found.gross),
    ...amountsIn(order)
      .map(Number)
      .filter((it) => it < 100_000_000),
  );
  return {
    ...found,
    iban: ibanIn(order) || (found.iban ?? ''),
    gross: highest.toFixed(2),
    brief: order.slice(0, 400),
  };
}

const isDue = (line: string) => /\b(due|payable|zahlbar|fällig)\b/i.test(line);

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

/** Of the last line that is meant, the last amount. */
function amountOf(lines: readonly string[], isMeant: (line: string) => boolean): string | undefined {
  return amountsIn(lines.findLast((line) => isMeant(line) && WITH_CENTS.test(line)) ?? '').at(-1);
}

function vatIdIn(lines: readonly string[]): string {
  return (
    all(
      lines.filter((line) => /\b(vat|ust|tva|btw)\b/i.test(line)).join('\n'),
      /\b([A-Z]{2}(?:[ ]?[0-9A-Z]){8,12})\b/g,
    )
      .map(compactOf)
      .find((id) => /\d{4}/.test(id) && !OUR_VAT_IDS.includes(id)) ?? ''
  );
}

function ibanIn(text: string): string {
  for (const [written] of text.matchAll(/\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}/g)) {
    const compact = compactOf(written);
    for (let length = compact.length; length >= 15; length -= 1)
      if (isIban(compact.slice(0, length))) return compact.slice(0, length);
  }
  return '';
}
