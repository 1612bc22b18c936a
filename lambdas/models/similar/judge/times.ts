/* When something is, and what is asked about it: words that every text has, and that change its answer all the same. */

/** `this week` is a time, `this card` is none. */
const WHICH = new Set('last past this coming following current'.split(' '));
const SPANS = new Set(
  'second minute hour day week weekend month quarter year morning afternoon evening season'.split(' '),
);
/** Half of a day. */
const HALF = /(?<=\d\s?)([ap])\.?m\b/gi;

/** @param words as they are compared, with their parts */
export function timesIn(text: string, words: readonly string[]): string[] {
  const halves = [...text.matchAll(HALF)].map(([, half = '']) => `${half.toLowerCase()}m`);
  const found = words.filter(
    (word, at) => word === 'ago' || (WHICH.has(word) && SPANS.has(words[at + 1] ?? '')),
  );
  return [...halves, ...found];
}

/** What the first word that asks wants to know. `what` and `which` may ask for any of it, and how is often where. */
const ASKS: ReadonlyMap<string, string> = new Map([
  ...['who', "who's", 'whom', 'whose'].map((word) => [word, '10'] as const),
  ...['where', "where's", 'wheres'].map((word) => [word, '20'] as const),
  ...['when', "when's", 'whens'].map((word) => [word, '31'] as const),
  ...['why', "why's", 'whys'].map((word) => [word, '42'] as const),
  ...['how', "how's", 'hows'].map((word) => [word, '03'] as const),
]);
const HOW: ReadonlyMap<string, string> = new Map(
  Object.entries({
    much: '50',
    many: '50',
    long: '60',
    often: '70',
    far: '80',
    old: '80',
    big: '80',
    soon: '31',
  }),
);

/** Asked whether one must, that one may is no answer. */
const MUST =
  /(?<!\b(?:what|how|where|who|why) )\b(?:do|does|did|will|would) (?:i|we|you|they|he|she|it) (?:have|need) to\b|\b(?:must|should|shall) (?:i|we)\b|\bam i (?:required|obliged|supposed)\b|\b(?:mandatory|compulsory|obligatory)\b/;
const MAY =
  /\b(?:can|may|could|might) (?:i|we|they|he|she)\b|\b(?:am i|are we) (?:allowed|able)\b|\bpossible\b/;

/** Digits for it; 0 where it asks nothing of that kind. */
export function askedFor(words: readonly string[]): string {
  const at = words.findIndex((word) => ASKS.has(word));
  const asks = ASKS.get(words[at] ?? '') ?? '00';
  const said = words.join(' ');
  return `${asks === '03' ? (HOW.get(words[at + 1] ?? '') ?? asks) : asks}${MUST.test(said) ? 1 : MAY.test(said) ? 2 : 0}`;
}
