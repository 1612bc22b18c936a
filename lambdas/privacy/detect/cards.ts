import { luhn, mod97 } from './check-digits.ts';
import { bare, type Finder, pattern, type Span } from './span.ts';

/* Numbers of payment: ISO/IEC 7812 (cards) and ISO 13616 (IBAN). */

/** What stands between groups: signs, or the end of a line, also of one that a mail quotes. */
const BETWEEN = '(?:[ \\t\\u00A0./\\u2010-\\u2015-]{1,3}|[ \\t\\u2010-\\u2015-]{0,2}\\r?\\n[> \\t]{0,6})';

/** Digits in groups, as far as they go. */
const RUN = pattern(`(?<![\\p{L}\\p{N}])\\d+(?:${BETWEEN}\\d+)*(?![\\p{L}\\p{N}])`, 'gu');

/** What issuers begin their numbers with, and how long they are. */
const ISSUERS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]],
  [/^(?:30[0-5]|309|36|3[89])/, [14, 16, 17, 18, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [13, 14, 15, 16, 17, 18, 19]],
  [/^(?:62|81)/, [16, 17, 18, 19]],
  [/^220[0-4]/, [16, 17, 18, 19]],
];

/** As cards are printed, or in one piece. Other groups are other numbers. */
const SHAPES = new Set([
  ...['4-4-4-4', '4-6-5', '4-6-4', '4-4-4-1', '4-4-4-4-3', '4-4-4-4-2', '4-4-4-4-1'],
  ...['6-13', '8-8', '4-4-5', '4-5-6', '13', '14', '15', '16', '17', '18', '19'],
]);

function isCard(digits: string): boolean {
  if (/^(\d)\1+$/.test(digits)) return false;
  const issued = ISSUERS.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits));
  return issued && luhn(digits);
}

/** A card's number may stand among other numbers, as in a row of a table: each group may begin one. */
export const cards: Finder = function* (text) {
  for (const run of text.matchAll(RUN())) {
    const groups = [...run[0].matchAll(/\d+/g)];
    for (let from = 0; from < groups.length; from += 1) {
      const to = endOfCard(groups, from);
      if (to === undefined) continue;
      yield { kind: 'card', ...between(run, groups, from, to) };
      from = to;
    }
  }
};

/** The longest first. No card has more than five groups. */
function endOfCard(groups: readonly RegExpExecArray[], from: number): number | undefined {
  const most = Math.min(groups.length, from + 5);
  for (let to = most - 1; to >= from; to -= 1) {
    const some = groups.slice(from, to + 1).map(([digits]) => digits);
    const digits = some.join('');
    if (digits.length < 13 || digits.length > 19) continue;
    if (SHAPES.has(some.map(({ length }) => length).join('-')) && isCard(digits)) return to;
  }
  return undefined;
}

function between(
  run: RegExpExecArray,
  groups: readonly RegExpExecArray[],
  from: number,
  to: number,
): Pick<Span, 'start' | 'end'> {
  const last = groups[to];
  const start = run.index + (groups[from]?.index ?? 0);
  return { start, end: run.index + (last?.index ?? 0) + (last?.[0].length ?? 0) };
}

/** Lengths by country, of the registry of IBANs. */
const IBAN_LENGTHS = new Map(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
    .split(' ')
    .map((it) => [it.slice(0, 2), Number(it.slice(2))]),
);

const MAY_BE_IBAN = /(?<![\p{L}\p{N}])[A-Za-z]{2}\d{2}(?:[ \u00A0.-]?[A-Za-z0-9]){11,30}/gu;

/** In pieces of four or in one; the country says how long it is, so that words behind it do not count. */
export const ibans: Finder = function* (text) {
  for (const match of text.matchAll(MAY_BE_IBAN)) {
    const length = IBAN_LENGTHS.get(match[0].slice(0, 2).toUpperCase());
    const end = length === undefined ? undefined : afterSigns(match[0], length);
    if (end === undefined || /[\p{L}\p{N}]/u.test(text[match.index + end] ?? '')) continue;
    const signs = bare(match[0].slice(0, end));
    if (mod97(signs.slice(4) + signs.slice(0, 4)) !== 1) continue;
    yield { kind: 'iban', start: match.index, end: match.index + end };
  }
};

/** Where so many letters and digits end; undefined if there are fewer. */
function afterSigns(text: string, most: number): number | undefined {
  let seen = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (/[A-Za-z0-9]/.test(text[at] ?? '')) seen += 1;
    if (seen === most) return at + 1;
  }
  return undefined;
}
