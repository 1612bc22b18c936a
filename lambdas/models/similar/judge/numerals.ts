/* What a number is written as in words. Digits are compared as they stand. */

const pairs = (words: string, value: (at: number) => string) =>
  words
    .trim()
    .split(/\s+/)
    .map((word, at) => [word, value(at)] as const);

const UNITS = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
  nineteen`;
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety';
/** `1.`: a place in an order is another number. */
const PLACES = `first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth
  seventeenth eighteenth nineteenth`;
const TENTHS = 'twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth';

const NUMERALS: ReadonlyMap<string, string> = new Map<string, string>([
  ...pairs(UNITS, String),
  ...pairs(TENS, (at) => String(10 * at + 20)),
  ...pairs(PLACES, (at) => `${at + 1}.`),
  ...pairs(TENTHS, (at) => `${10 * at + 20}.`),
  ...`hundred:e2 hundreds:e2 hundredth:e2. thousand:e3 thousands:e3 thousandth:e3. million:e6 millions:e6 billion:e9 billions:e9 trillion:e12
  dozen:12 dozens:12 half:1/2 halves:1/2 quarter:1/4 quarters:1/4 thirds:1/3 both:2 pair:2 couple:2 single:1 double:x2 doubled:x2 twice:x2
  twofold:x2 triple:x3 tripled:x3 thrice:x3 threefold:x3 quadruple:x4 once:x1 zwei:2 drei:3 vier:4 funf:5 sechs:6 sieben:7 acht:8 neun:9
  zehn:10 zwanzig:20 hundert:e2 tausend:e3 zweimal:x2 deux:2 trois:3 quatre:4 cinq:5 sept:7 huit:8 neuf:9 dix:10 cent:e2 mille:e3 dos:2
  tres:3 cuatro:4 cinco:5 seis:6 siete:7 ocho:8 nueve:9 diez:10 cien:e2 mil:e3`
    .split(/\s+/)
    .map((pair) => pair.split(':') as [string, string]),
]);

/** What joins the parts of `twenty-five` and `two/three`. */
const JOINTS = /['’.,:/@_-]/;

/** Every number of a text in its order, in digits or words, and the signs that change what one means. */
export function numbersIn(text: string, words: readonly string[]): string[] {
  const found = words.flatMap((word) =>
    /\p{N}/u.test(word) ? [digits(word)] : word.split(JOINTS).flatMap((part) => NUMERALS.get(part) ?? []),
  );
  return [...found, ...(text.match(SIGNS) ?? [])];
}

/** A minus before a digit, a dash between two, and all signs but those of money, which are compared with its words: `<`, `+`, `±`, thumbs. */
const SIGNS = /(?<![\p{L}\p{N}])[-−–](?=\p{N})|(?<=\p{N}\s?)[–—−](?=\s?\p{N})|[\p{Sm}\p{So}]/gu;

/** `1,250.00` and `1250.00` are one number. */
function digits(word: string): string {
  return word.replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, '');
}
