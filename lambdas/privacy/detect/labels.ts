import type { PersonalKind } from '../../contract/item/privacy.ts';
import { aba } from './check-digits.ts';
import { bare, type Finder, pattern, type Span } from './span.ts';

/*
 * Numbers that only their label tells: `passport no. X1234567`. A value has digits; what is written in words is none. So a label
 * without a number ("the account number is wrong") finds nothing.
 */

interface Label {
  kind: PersonalKind;
  /** Alternatives; blanks stand for any of blank, hyphen, underscore or nothing. */
  words: readonly string[];
  /** Of the value's letters and digits. @default 4 to 34, with four digits */
  check?: (signs: string) => boolean;
}

const digitCount = (signs: string) => signs.replaceAll(/\D/g, '').length;
const sized = (least: number, most: number) => (signs: string) =>
  signs.length >= least && signs.length <= most && digitCount(signs) >= Math.min(4, least);

const LABELS: readonly Label[] = [
  {
    kind: 'card',
    words: [
      '(?:credit|debit|bank|payment|visa|master|amex) card',
      'card',
      'kredit karte',
      'carte (?:bancaire|bleue)',
      'tarjeta',
      'visa',
      'mastercard',
    ],
    check: (signs) => /^\d{13,19}$/.test(signs),
  },
  {
    kind: 'iban',
    words: ['iban'],
    check: (signs) => /^[A-Z]{2}[A-Z0-9]{8,32}$/.test(signs) && digitCount(signs) >= 6,
  },
  {
    kind: 'bank',
    words: [
      '(?:bank|checking|savings|deposit|current|customer|client|loan)? ?account',
      'acct',
      'a/c',
      'konto',
      'numer konta',
      'rachunku',
      'compte',
      'cuenta',
      'rekening',
      'conto',
    ],
    check: sized(4, 34),
  },
  {
    kind: 'bank',
    words: ['(?:bank )?routing', 'aba', 'rtn', 'transit'],
    check: (signs) => /^\d{9}$/.test(signs) && aba(signs),
  },
  {
    kind: 'bank',
    words: ['sort code', 'bank code', 'blz', 'bankleitzahl', 'bsb'],
    check: (signs) => /^\d{6,8}$/.test(signs),
  },
  {
    kind: 'bank',
    words: ['bic', 'swift(?: ?/ ?bic)?'],
    check: (signs) => /^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/.test(signs),
  },
  {
    kind: 'tax',
    words: [
      'tax(?: payer)?(?: identification)?',
      'tin',
      'ein',
      'itin',
      'atin',
      'vat(?: reg(?:istration)?)?',
      'utr',
      'steuer(?:liche)? ?(?:identifikations)?(?:nummer|id|nr)',
      'idnr',
      'ust ?id ?nr',
      'nip',
      'nif',
      'nie',
      'cif',
      'siren',
      'siret',
      'spi',
      'codice fiscale',
      'partita iva',
      'p ?iva',
      'pan',
      'cpf',
      'cnpj',
      'abn',
      'tfn',
      'rfc',
      'regon',
      'btw',
    ],
    check: (signs) => sized(7, 18)(signs) && digitCount(signs) >= 4,
  },
  {
    kind: 'social',
    words: [
      'ssn',
      'social(?: security)?',
      'sin',
      'national(?: insurance| identification| identity)',
      'nino?',
      'pesel',
      'bsn',
      'burger service nummer',
      'aadha+r',
      'sozial ?versicherungs ?nummer',
      'rentenversicherungs ?nummer',
      'ahv',
      'nir',
      'sécurité sociale',
      'seguridad social',
      'dni',
      'cpr',
      'personnummer',
      'identity card',
      'id card',
      'personalausweis(?: ?nummer)?',
      'citizen',
      'employee',
      'resident(?:ial)?',
    ],
    check: sized(5, 18),
  },
  {
    kind: 'health',
    words: [
      'patient',
      'mrn',
      'medical record',
      'health (?:insurance|card|plan|record)',
      'insurance(?: policy)?',
      'policy',
      'polic(?:y|e)',
      'member',
      'medicare',
      'medicaid',
      'nhs',
      'versicherten ?nummer',
      'kranken ?versicherungs ?nummer',
      'subscriber',
      'beneficiary',
      'npi',
      'prescription',
    ],
    check: sized(5, 24),
  },
  {
    kind: 'passport',
    words: [
      'passport',
      'reisepass',
      'reisepass ?nummer',
      'passeport',
      'pasaporte',
      'passaporto',
      'paspoort',
      'paszport',
      'passaporte',
    ],
    check: sized(6, 14),
  },
  {
    kind: 'licence',
    words: [
      "(?:driver'?s?|driving|driver’s)? ?licen[cs]e(?: plate)?",
      'dl',
      'führerschein(?: ?nummer)?',
      'permis de conduire',
      'rijbewijs',
      'patente',
      'prawo jazdy',
    ],
    check: sized(6, 20),
  },
];

const BLANK = '[ _-]?';
/* What may stand between label and number, a few of them. */
const LINK =
  '(?:[\\s:=#*"\'()\\[\\]“”‘’–|-]{1,4}|(?:no|nr|num|number|numbers|nummer|numer|numéro|número|numero|id|ids|code|is|was|are|ending|in|ist|est|es|of|like|with|info|details|record|plate|identification|identifier|including|registered|as|under|the|policy)(?![\\p{L}\\p{N}])\\.?|:|\\.){0,7}';
const VALUE =
  '(?<value>\\p{Lu}{0,6}[ _-]?\\d[\\p{Lu}\\d]{0,33}(?:[-_./]?[\\p{Lu}\\d]{1,20}){0,6}(?: (?=[\\p{Lu}\\d]{0,5}\\d)[\\p{Lu}\\d]{1,12}){0,8}|[\\p{Lu}\\d]{1,12}(?:[-_/][\\p{Lu}\\d]{1,20}){1,6}|\\p{Lu}[\\p{Lu}\\d]{3,33})';

const made = (): [PersonalKind, RegExp, RegExp, (signs: string) => boolean][] =>
  LABELS.map(({ kind, words, check = sized(4, 34) }) => [
    kind,
    new RegExp(
      `(?<![\\p{L}\\p{N}])(?:${words.map((it) => it.replaceAll(' ', BLANK)).join('|')})(?![\\p{L}])`,
      'giu',
    ),
    new RegExp(`${LINK}[#*]{0,2}`, 'iuy'),
    check,
  ]);
const WHOLE = pattern(`${VALUE}(?![\\p{L}\\p{N}])`, 'uy');

/* A question for the number, and the beginning of the answer on the next line. */
const ANSWER =
  /[^\n?]{0,60}\?[ "'”]{0,3}\n{1,2}[^\n:]{0,12}(?::\d\d[^\n:]{0,30})?(?:[^\n:]{0,40}:)?(?:[\s,.:!"'“-]{1,3}|(?:sure|yes|ok|okay|of course|here|it is|it['’]s|that['’]s|is|the|my|number|certainly|hi|please)(?![\p{L}\p{N}])){0,9}/iuy;

let known: ReturnType<typeof made> | undefined;

export const labelled: Finder = function* (text): Iterable<Span> {
  known ??= made();
  for (const [kind, label, link, check] of known)
    for (const { 0: word, index } of text.matchAll(label)) {
      const behind = index + word.length;
      for (const from of [after(text, link, behind), after(text, ANSWER, behind)]) {
        const found = from === undefined ? undefined : valueAt(text, from, check);
        if (from !== undefined && found !== undefined) yield { kind, start: from, end: found };
      }
    }
};

/** Where what stands between ends; undefined where it does not stand there. */
function after(text: string, between: RegExp, at: number): number | undefined {
  between.lastIndex = at;
  const found = between.exec(text);
  return found ? at + found[0].length : undefined;
}

/** Where the value ends; groups at its end that the check refuses are another number's. */
function valueAt(text: string, from: number, check: (signs: string) => boolean): number | undefined {
  const whole = WHOLE();
  whole.lastIndex = from;
  let value = whole.exec(text)?.groups?.value;
  while (value !== undefined) {
    const signs = bare(value);
    if (check(signs)) return from + value.length;
    const shorter = value.slice(0, Math.max(0, value.lastIndexOf(' ')));
    value = shorter === '' ? undefined : shorter;
  }
  return undefined;
}
