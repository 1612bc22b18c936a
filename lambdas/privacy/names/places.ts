import { type Finder, matches, pattern } from '../detect/span.ts';

/* Where somebody lives, as letters are addressed in some countries: street and number, with what follows on the line. */

const CAP = "\\p{Lu}[\\p{L}\\p{M}.'’-]{0,30}";
const TOWN = `${CAP}(?: ${CAP}){0,3}`;
const UNIT = '(?:,? (?:apt|apartment|suite|ste|unit|floor|fl|room|rm|#)\\.? ?#?[\\p{L}\\d-]{1,6})?';
const STATE =
  '[A-Z]{2}|Alabama|Alaska|Arizona|California|Colorado|Florida|Georgia|Illinois|Michigan|New York|Ohio|Texas|Virginia|Washington';
const ZIP = '(?:\\d{5}(?:-\\d{4})?|[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|[A-Z]\\d[A-Z] ?\\d[A-Z]\\d)';
const US_TAIL = `(?:,?[ \\n]{1,3}${TOWN})?(?:,? (?:${STATE}))?(?:,? ${ZIP})?(?:, (?:USA|UK|United States|Canada|United Kingdom))?`;
const SUFFIX =
  'st|street|ave|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive|ct|court|way|pl|place|sq|square|ter|terrace|pkwy|parkway|cir|circle|hwy|highway|trail|crescent|close|row|mews|gardens|grove';
const SUFFIXES = SUFFIX.split('|')
  .map((it) => `[${it[0]?.toUpperCase()}${it[0]}]${it.slice(1)}`)
  .join('|');

const street = (written: string) => pattern(`(?<![\\p{L}\\p{N}])(?:${written})(?![\\p{L}\\p{N}])`, 'gu');

const ENGLISH = street(
  `\\d{1,6}[A-Za-z]?,? (?:[NSEW]\\.? )?(?:(?:${CAP}|\\d{1,3}(?:st|nd|rd|th)) ){1,4}(?:${SUFFIXES})\\.?${UNIT}${US_TAIL}`,
);
const CODE = '\\d{4,5}';
const TAIL = `(?:,?[ \\n]{1,2}(?:[A-Z]{1,2}-)?${CODE}(?: ?[A-Z]{2})? ${TOWN})?`;
const GERMAN = street(
  `(?:\\p{Lu}[\\p{L}.-]{1,40}(?:straße|strasse|str\\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade|gatan|vägen|gade|vej)|(?:${CAP} ){1,3}(?:Straße|Strasse|Str\\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer)) \\d{1,4} ?[a-z]?(?:[-/]\\d{1,4})?${TAIL}`,
);
const FRENCH = street(
  `\\d{1,4}(?: ?(?:bis|ter|quater))?,? (?:rue|avenue|boulevard|place|chemin|allée|impasse|quai|route|cours|Rue|Avenue|Boulevard|Place|Chemin|Allée|Impasse|Quai|Route)(?: (?:de|du|des|la|le|les|d['’]|l['’]))*[ ]?${CAP}(?: (?:de |du |des |la )?${CAP}){0,3}${TAIL}`,
);
const SOUTHERN = street(
  `(?:Calle|C/|Avenida|Avda\\.|Plaza|Paseo|Via|Viale|Piazza|Corso|Largo|Rua|Avenida|ul\\.|al\\.|os\\.|pl\\.)(?: (?:de|del|della|dei|da|do|la|las|los))* ${CAP}(?: ${CAP}){0,3},? (?:n[º°.]? ?)?\\d{1,4}[A-Za-z]?(?:/\\d{1,4})?${TAIL}`,
);
const BOX = street(`(?:P\\.? ?O\\.? Box|Postfach|Boîte postale|Apartado(?: de correos)?) \\d{1,8}${US_TAIL}`);
const LABEL =
  /(?<![\p{L}\p{N}])(?:(?:home|billing|shipping|mailing|postal|residential|street|delivery|current|permanent)[ ]?)?(?:address|anschrift|adresse|dirección|indirizzo|adres)(?: is)?[ ]?[:：][ *_]{0,3}(?<value>[^\n[<]{0,40}\d[^\n[<]{0,100})/giu;

export const places: readonly Finder[] = [
  matches('address', ENGLISH),
  matches('address', GERMAN),
  matches('address', FRENCH),
  matches('address', SOUTHERN),
  matches('address', BOX),
  matches('address', LABEL, (value) => !/@/.test(value)),
];
