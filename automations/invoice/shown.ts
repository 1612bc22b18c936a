import type { Page, ReadDocument } from '../../lambdas/contract/document.ts';
import { inHundredths } from '../../lambdas/kit/numbers/money.ts';
import { isIban } from './checks.ts';
import { isCreditNote } from './copied/anchored.ts';
import { amountsIn, lineWith } from './find.ts';
import { compactOf } from './ids.ts';
import type { InvoiceFacts } from './shape.ts';
import { CURRENCIES } from './shape.ts';

/*
 * Whether the pages that came with an invoice as data show that invoice. People see pages and never the data: a file that shows one
 * invoice and holds another is somebody's trick, and so is a page beside it that shows something else.
 */

/** What the pages, and the words around them, say against the data. Each fault is a fixed sentence. */
export function unseenIn(
  { text, documents = [] }: { text: string; documents?: readonly ReadDocument[] },
  invoice: InvoiceFacts,
): string[] {
  const sheets = documents
    .map(({ pages }) => pages.filter(isPicture).map((page) => page.text))
    .map((pages) => pages.join('\n'))
    .filter((it) => it.trim() !== '');
  const around = [text, ...sheets].join('\n');
  const faults: [boolean, string][] = [
    [
      !sheets.every((sheet) => showsTotals(sheet, invoice)),
      'its pages do not show the number and the totals that its data says',
    ],
    [
      sheets.some((sheet) => showsMore(sheet, invoice)),
      'its pages show a larger amount than any in its data',
    ],
    [
      invoice.typeCode !== '381' && sheets.some((sheet) => isCreditNote(sheet, invoice.number)),
      'its pages say that it is a credit note',
    ],
    [
      sheets.some((sheet) => !showsCurrency(sheet, invoice.currency)),
      'its pages show another currency than its data says',
    ],
    [
      namesAnother(
        around,
        invoice.payment.accounts.map(({ iban }) => iban),
      ),
      'a bank account is named beside those of its data',
    ],
  ];
  return faults.filter(([is]) => is).map(([, fault]) => fault);
}

/** The text of data is made from the data. */
const isPicture = ({ source }: Page): boolean => source !== 'xml';

function showsTotals(sheet: string, { number, totals }: InvoiceFacts): boolean {
  const { net, vat = '0', gross, due } = totals;
  // Nothing, such as no VAT, is mostly not said.
  const said = [net, vat, gross, due].filter((it) => !/^-?0*(?:\.0*)?$/.test(it)).map(inHundredths);
  return (
    lineWith(sheet, 'id', number) !== undefined &&
    said.every((value) => value !== null && lineWith(sheet, 'amount', value) !== undefined)
  );
}

/** As amounts are written, with two digits behind the point: a telephone number is larger than most totals. */
const AS_MONEY = /^\d[\d.,'’]*[.,]\d{2}$/;
const AS_DAY = /^\d{1,2}\.\d{1,2}\.\d{2}$/;

function showsMore(sheet: string, { totals, lines }: InvoiceFacts): boolean {
  const all = [totals.gross, totals.lineNet, ...lines.flatMap(({ net, unitPrice }) => [net, unitPrice])];
  const most = Math.max(...all.map((value = '0') => Number(value)));
  return [...sheet.matchAll(/(?<![\d.,])\d[\d.,'’]*\d/g)]
    .map(([written]) => written)
    .filter((written) => AS_MONEY.test(written) && !AS_DAY.test(written))
    .flatMap(amountsIn)
    .some((amount) => Number(amount) > most);
}

const SIGNS: Readonly<Record<string, RegExp>> = {
  EUR: /€|\bEUR\b|\beuros?\b/i,
  USD: /(?<![A-Z])\$|\bUSD\b/,
  GBP: /£|\bGBP\b/,
  CHF: /\bCHF\b/,
  SEK: /\bSEK\b/,
  PLN: /\bPLN\b|zł/,
};

/** No sign at all leaves the data's word; the sign of another is a page of another amount. */
function showsCurrency(sheet: string, currency: string): boolean {
  const shown = CURRENCIES.filter((code) => SIGNS[code]?.test(sheet));
  return shown.every((code) => code === currency);
}

/** In one piece or in fours. What follows on the same line may be caught with it: its beginning is tried, too. */
const ACCOUNT =
  /(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ .\-\u00a0\u202f]?[A-Z0-9]{4}){2,7}(?:[ .\-\u00a0\u202f]?[A-Z0-9]{1,3})?(?![A-Z0-9])/gi;
const SHORTEST_IBAN = 15;

/** Letters of other alphabets that look like those of an IBAN's country, and signs that nobody sees, are how an account is hidden. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  ...{
    А: 'A',
    В: 'B',
    С: 'C',
    Е: 'E',
    Н: 'H',
    І: 'I',
    Ѕ: 'S',
    К: 'K',
    М: 'M',
    О: 'O',
    Р: 'P',
    Т: 'T',
    Х: 'X',
  },
  ...{
    Α: 'A',
    Β: 'B',
    Ε: 'E',
    Η: 'H',
    Ι: 'I',
    Κ: 'K',
    Μ: 'M',
    Ν: 'N',
    Ο: 'O',
    Ρ: 'P',
    Τ: 'T',
    Χ: 'X',
    Ζ: 'Z',
  },
};

function asTyped(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{M}]/gu, '')
    .replaceAll(/\p{Pd}/gu, '-')
    .replaceAll(/[\u0370-\u052f]/g, (sign) => LOOKALIKES[sign.toUpperCase()] ?? sign)
    .replaceAll(/(?<=[A-Z0-9])[ .\-/_]{2,3}(?=[A-Z0-9])/gi, ' ');
}

function namesAnother(text: string, ibans: readonly string[]): boolean {
  const known = ibans.map(compactOf);
  return [...asTyped(text).matchAll(ACCOUNT)].some(([written]) => {
    const account = compactOf(written);
    if (known.some((iban) => account.startsWith(iban))) return false;
    const ends = Array.from({ length: account.length - SHORTEST_IBAN + 1 }, (_, at) => SHORTEST_IBAN + at);
    return ends.some((end) => isIban(account.slice(0, end)));
  });
}
