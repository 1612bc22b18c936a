import { compactOf } from './ids.ts';

/*
 * Where a value stands in a text. A value that a model names counts only if the text holds it, however people write it there:
 * `1.234,50` is 1234.50, `3 March 2026` is 2026-03-03.
 */

export type ValueKind = 'amount' | 'day' | 'id';

/** The first line that holds the value, trimmed; undefined if none does. */
export function lineWith(text: string, kind: ValueKind, value: string): string | undefined {
  return text
    .split('\n')
    .find((line) => holds(line, kind, value))
    ?.trim();
}

/** An id may be grouped by blanks, dots or hyphens, and still ends where it ends. */
function holds(line: string, kind: ValueKind, value: string): boolean {
  if (kind === 'amount') return amountsIn(line).includes(value);
  if (kind === 'day') return daysIn(line).includes(value);
  const wanted = compactOf(value);
  if (wanted === '') return false;
  const signs = [...wanted].map((sign) => sign.replaceAll(/\W/g, '\\$&')).join('[\\s.-]{0,2}');
  return new RegExp(`(?<![A-Z0-9])${signs}(?![A-Z0-9])`).test(line.slice(0, MOST_LINE).toUpperCase());
}

const MOST_LINE = 2000;
const BLANKS = /[ \u00A0\u202F]/;
const NUMERAL = new RegExp(
  [
    String.raw`(?<![\d.,])-?\d{1,3}(?:[.,'’ \u00A0\u202F]\d{3}){1,4}(?:[.,]\d{2})?(?!\d)`,
    String.raw`(?<![\d.,])-?\d{1,9}(?:[.,]\d{1,2})?(?!\d)`,
  ].join('|'),
  'g',
);

/** Every amount of a line in the form `1234.50`. A blank may group a number or part two columns: both readings count. */
export function amountsIn(line: string): string[] {
  return [...line.slice(0, MOST_LINE).matchAll(NUMERAL)].flatMap(([written]) =>
    (BLANKS.test(written) ? [written, ...written.split(BLANKS)] : [written]).flatMap((one) => {
      const [, whole = '', part = ''] = /^(.*?)(?:[.,](\d{1,2}))?$/.exec(one) ?? [];
      const digits = whole.replaceAll(/[^\d-]/g, '').replace(/^(-?)0+(?=\d)/, '$1');
      return digits === '' ? [] : [`${digits}.${part.padEnd(2, '0')}`];
    }),
  );
}

/* English, German, French, Dutch, Spanish, Italian: by their first letters, without marks. */
const MONTHS: readonly RegExp[] = [
  ...[/^(?:jan|ene|gen)/, /^(?:feb|fev)/, /^(?:mar|maer|mrz|maa|mrt)/, /^(?:apr|avr|abr)/],
  ...[/^(?:may|mai|mei|mag)/, /^(?:jun|juin|giu)/, /^(?:jul|juil|lug)/, /^(?:aug|aou|ago)/],
  ...[/^(?:sep|set)/, /^(?:oct|okt|ott)/, /^nov/, /^(?:dec|dez|dic)/],
];

/** Every day of a line as `YYYY-MM-DD`. Both readings of `03/04/2026` count: the text does not say which it means. */
export function daysIn(line: string): string[] {
  const text = line.slice(0, MOST_LINE).normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return [
    ...[...text.matchAll(/\b(20\d\d)-(\d\d)-(\d\d)\b/g)].map(([, year, month, day]) =>
      dayOf(year, month, day),
    ),
    ...[...text.matchAll(/\b(\d{1,2})([./-])(\d{1,2})\2(20\d\d|\d\d)\b/g)].flatMap(
      ([, first, sign, second, year]) => [
        dayOf(year, second, first),
        ...(sign === '/' ? [dayOf(year, first, second)] : []),
      ],
    ),
    ...[
      ...text.matchAll(
        /\b(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:de\s+)?([a-z]{3,10})\.?,?\s+(?:de\s+)?(20\d\d)\b/g,
      ),
    ].map(([, day, month, year]) => dayOf(year, monthOf(month), day)),
    ...[...text.matchAll(/\b([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(20\d\d)\b/g)].map(
      ([, month, day, year]) => dayOf(year, monthOf(month), day),
    ),
  ].filter((day) => !day.includes('-00'));
}

/** Whether the line could as well mean the day with its month and date exchanged. */
export function isAmbiguousDay(line: string, day: string): boolean {
  const [year = '', month = '', date = ''] = day.split('-');
  return month !== date && daysIn(line).includes(`${year}-${date}-${month}`);
}

function monthOf(name = ''): string {
  return String(MONTHS.findIndex((month) => month.test(name)) + 1);
}

function dayOf(year = '', month = '', day = ''): string {
  return `${year.padStart(4, '20')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
