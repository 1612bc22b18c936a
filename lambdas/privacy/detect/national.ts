import {
  codiceFiscale,
  cpf,
  ean13,
  hetu,
  kvnr,
  luhn,
  mod11,
  mod11and10,
  nif,
  pension,
  pesel,
  verhoeff,
} from './check-digits.ts';
import { bare, type Finder, matches, pattern } from './span.ts';

/*
 * Numbers of states that tell themselves: by a form that nothing else has, or by a form and a check digit. What is only digits
 * needs a label (`labels.ts`): one order number in eleven has a right check digit.
 */

/* Between groups; and neither a letter nor a digit beside the number. */
const SEP = '[ \\u00A0.-]';
const LEFT = '(?<![\\p{L}\\p{N}]|\\d[.-])';
const RIGHT = '(?![\\p{L}\\p{N}]|[.-]\\d)';
const form = (written: string, flags = 'gu') => pattern(`${LEFT}(?:${written})${RIGHT}`, flags);

const on = (check: (signs: string) => boolean) => (value: string) => check(bare(value));

/** Without groups that were never given out. */
const isUsSocial = (value: string) => {
  const [area = '', group = '', serial = ''] = value.split(/[^\d]/);
  return !/^(?:000|666)$/.test(area) && group !== '00' && serial !== '0000';
};

const isSiren = (signs: string) => luhn(signs.slice(-9));

/* 97 without the first thirteen digits' rest; Corsica's letters count as numbers. */
const isNir = (signs: string) => {
  const number = signs.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return (
    /^[12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)/.test(signs) &&
    97 - Number(BigInt(number) % 97n) === Number(signs.slice(13))
  );
};

const isGermanTax = (signs: string) => {
  const ten = signs.slice(0, 10);
  const most = Math.max(...[...new Set(ten)].map((digit) => ten.split(digit).length - 1));
  return signs[0] !== '0' && most >= 2 && most <= 3 && mod11and10(signs);
};

const isBelgian = (signs: string) => {
  const [base, check] = [Number(signs.slice(0, 9)), Number(signs.slice(9))];
  return [base, base + 2_000_000_000].some((number) => 97 - (number % 97) === check);
};

const NINO = `(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]${SEP}?\\d{2}${SEP}?\\d{2}${SEP}?\\d{2}${SEP}?[A-D]`;

export const social: readonly Finder[] = [
  matches('social', form('\\d{3}-\\d{2}-\\d{4}'), isUsSocial),
  matches('social', form(NINO)),
  matches('social', form(`[12] ?\\d{2} ?\\d{2} ?(?:\\d{2}|2[AB]) ?\\d{3} ?\\d{3} ?\\d{2}`), on(isNir)),
  matches('social', form(`756${SEP}?\\d{4}${SEP}?\\d{4}${SEP}?\\d{2}`), on(ean13)),
  matches('social', form(`\\d{2} ?[0-3]\\d[01]\\d{3} ?[A-Z] ?\\d{3}`), on(pension)),
  matches('social', form('\\d{6}[-+A]\\d{3}[0-9A-FHJ-NPR-Y]'), hetu),
  matches('social', form('(?:\\d{2})?\\d{2}[01]\\d[0-3]\\d[-+]\\d{4}'), (value) =>
    luhn(bare(value).slice(-10)),
  ),
  matches('social', form('\\d{11}'), pesel),
  matches('social', form('\\d{2}\\.\\d{2}\\.\\d{2}-\\d{3}\\.\\d{2}'), on(isBelgian)),
  matches('social', form('[2-9]\\d{3}[ -]\\d{4}[ -]\\d{4}'), on(verhoeff)),
];

export const tax: readonly Finder[] = [
  matches('tax', form('DE ?\\d{3} ?\\d{3} ?\\d{3}'), (value) => mod11and10(bare(value).slice(2))),
  matches('tax', form('ATU ?\\d{8}')),
  matches('tax', form('NL ?\\d{9} ?B ?\\d{2}')),
  matches('tax', form('GB ?\\d{3} ?\\d{4} ?\\d{2}(?: ?\\d{3})?')),
  matches('tax', form('FR ?[0-9A-HJ-NP-Z]{2} ?\\d{3} ?\\d{3} ?\\d{3}'), on(isSiren)),
  matches('tax', form('ES ?[A-Z]\\d{7}[0-9A-Z]')),
  matches('tax', form('IT ?\\d{11}'), (value) => luhn(bare(value).slice(2))),
  matches('tax', form('PL ?\\d{10}'), (value) =>
    mod11(bare(value).slice(2), [6, 5, 7, 2, 3, 4, 5, 6, 7], 'rest'),
  ),
  matches('tax', form('\\d{3}-\\d{3}-\\d{2}-\\d{2}|\\d{3}-\\d{2}-\\d{2}-\\d{3}'), (value) =>
    mod11(bare(value), [6, 5, 7, 2, 3, 4, 5, 6, 7], 'rest'),
  ),
  matches('tax', form('BE ?[01]\\d{3}[ .]?\\d{3}[ .]?\\d{3}'), (value) => {
    const signs = bare(value).slice(2);
    return 97 - (Number(signs.slice(0, 8)) % 97) === Number(signs.slice(8));
  }),
  matches('tax', form('CHE[ -]?\\d{3}[ .]?\\d{3}[ .]?\\d{3}'), (value) =>
    mod11(bare(value).slice(3), [5, 4, 3, 2, 7, 6, 5, 4], 'complement'),
  ),
  matches('tax', form('\\d{2} ?\\d{3} ?\\d{3} ?\\d{3}'), on(isGermanTax)),
  matches('tax', form('(?:\\d{8}|[XYZ]-?\\d{7})-?[A-Z]'), on(nif)),
  matches('tax', form('[A-Z]{6}\\d{2}[A-EHLMPRST]\\d{2}[A-Z]\\d{3}[A-Z]'), codiceFiscale),
  matches('tax', form('\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}'), on(cpf)),
  matches('tax', form('[A-Z]{3}[ABCFGHLJPT][A-Z]\\d{4}[A-Z]')),
  matches('tax', form('9\\d{2}-(?:[78]\\d|5\\d|6[0-5]|9[0-24-9])-\\d{4}')),
];

const NHS = [10, 9, 8, 7, 6, 5, 4, 3, 2] as const;
const LETTER = '[AC-HJKMNP-RT-Y]';
const EITHER = '[0-9AC-HJKMNP-RT-Y]';

export const health: readonly Finder[] = [
  matches('health', form('\\d{3} \\d{3} \\d{4}'), (value) => mod11(bare(value), NHS, 'complement')),
  matches('health', form('[A-Z]\\d{9}'), kvnr),
  matches('health', form(`[1-9]${LETTER}${EITHER}\\d-?${LETTER}${EITHER}\\d-?${LETTER}${LETTER}\\d{2}`)),
];

/* Machine-readable zone of a passport: the last line, with its check digits. */
const MRZ =
  /(?<![\p{L}\p{N}<])[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{14}[\d<]\d(?![\p{L}\p{N}<])/gu;

function isMrz(line: string): boolean {
  const checked = [
    [0, 9],
    [13, 19],
    [21, 27],
  ] as const;
  return checked.every(([from, to]) => {
    const sum = [...line.slice(from, to)].reduce((total, sign, at) => {
      const value = sign === '<' ? 0 : Number.parseInt(sign, 36);
      return total + value * ([7, 3, 1][at % 3] ?? 0);
    }, 0);
    return sum % 10 === Number(line[to]);
  });
}

export const passports: readonly Finder[] = [
  matches('passport', MRZ, isMrz),
  matches('passport', /(?<![\p{L}\p{N}<])P[A-Z<][A-Z<]{3}[A-Z]{1,30}<<[A-Z<]{5,38}(?![\p{L}\p{N}<])/gu),
];

/* Great Britain: surname, birth date in digits, initials. */
export const licences: readonly Finder[] = [
  matches('licence', form('[A-Z9]{5}\\d[0156]\\d[0-3]\\d{2}[A-Z9]{2}\\d[A-Z]{2}')),
];
