import { recognise } from '../../privacy/names/names.ts';
import { isGivenName } from '../../privacy/names/people.ts';
import { nearTokens } from '../../privacy/tokens.ts';
import { CURRENCIES, DATES, NEGATIONS, NUMBERS, OPPOSITES, UNITS } from './lists.ts';
import { hashOf, plainly, rootsOf, wordsOf } from './words.ts';

/*
 * The judge. Two texts that a vector finds near may ask for opposite things, or for the same of another order: what tells them apart is
 * compared by code, and any difference refuses. It keeps hashes, never words.
 */

/** What has to be the same in both, each as the hash of its list; 0 is an empty list. */
const EQUAL = ['numbers', 'dates', 'negations', 'units', 'currencies', 'names', 'ways'] as const;

export interface Judged {
  facts: readonly number[];
  /** A digit for each pair of opposites: 1 and 2 are its sides, 3 is both. */
  sides: string;
  /** Roots of the words that it is about, in their order. */
  roots: Uint32Array;
}

export type Difference = (typeof EQUAL)[number] | 'directions' | 'order' | 'one word';

/** What of personal data stands for itself alone: which one is the first of its kind says nothing in another item. */
export function withoutTokens(text: string): string {
  let out = '';
  let at = 0;
  for (const { start, end } of nearTokens(text)) {
    out += `${text.slice(at, start)}${kindOf(text.slice(start, end))}`;
    at = end;
  }
  return out + text.slice(at);
}

function kindOf(token: string): string {
  return (token.match(/\p{L}+/u)?.[0] ?? '').toLowerCase();
}

/** Its tokens by their kinds, each counted by its first place: `email1 email2 email1`. */
function tokensOf(text: string): string[] {
  const known = new Map<string, string>();
  return nearTokens(text).map(({ start, end }) => {
    const token = text.slice(start, end);
    const name = known.get(token) ?? `${kindOf(token)}${known.size + 1}`;
    known.set(token, name);
    return name;
  });
}

export function judged(text: string): Judged {
  const plain = withoutTokens(text);
  const words = wordsOf(plain);
  const lists: Record<(typeof EQUAL)[number], readonly string[]> = {
    numbers: words.flatMap((word) => (/\p{N}/u.test(word) ? [digits(word)] : (NUMBERS.get(word) ?? []))),
    dates: words.filter((word) => DATES.has(word)),
    negations: words.filter((word) => NEGATIONS.has(word) || word.endsWith("n't")).map(() => 'not'),
    units: [...unitsIn(plain, words)].sort(),
    currencies: currenciesIn(plain),
    names: [...namesIn(plain, words), ...tokensOf(text)],
    ways: waysOf(words),
  };
  return {
    facts: EQUAL.map((kind) => (lists[kind].length === 0 ? 0 : hashOf(lists[kind].join(' ')))),
    sides: OPPOSITES.map(([one, other]) =>
      String(Number(words.some((word) => one.has(word))) + 2 * Number(words.some((word) => other.has(word)))),
    ).join(''),
    roots: rootsOf(words),
  };
}

/** What an answer to one of them cannot be given to the other for; undefined where nothing is found. */
export function difference(one: Judged, other: Judged): Difference | undefined {
  const unlike = EQUAL.find((_, at) => one.facts[at] !== other.facts[at]);
  if (unlike) return unlike;
  for (let at = 0; at < OPPOSITES.length; at += 1) {
    const [a, b] = [one.sides[at] ?? '0', other.sides[at] ?? '0'];
    if (a !== b && a !== '0' && b !== '0') return 'directions';
  }
  return differenceOfWords(one.roots, other.roots);
}

/** The same words in another order, or the same but for one: a form with another value in it. */
function differenceOfWords(one: Uint32Array, other: Uint32Array): Difference | undefined {
  const [a, b] = [new Set(one), new Set(other)];
  const more = one.filter((word) => !b.has(word));
  const less = other.filter((word) => !a.has(word));
  if (more.length === 0 && less.length === 0)
    return one.join() === other.join() || a.size < 3 ? undefined : 'order';
  const shared = a.size - new Set(more).size;
  return shared >= LEAST_SHARED && new Set(more).size === 1 && new Set(less).size === 1
    ? 'one word'
    : undefined;
}

const LEAST_SHARED = 1;

/** `1,250.00` and `1250.00` are one number. */
function digits(word: string): string {
  return word.replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, '');
}

function unitsIn(text: string, words: readonly string[]): Set<string> {
  const glued = words.flatMap((word) => word.match(/^[\d.,]+(\p{L}+)$/u)?.[1] ?? []);
  const found = [...words, ...glued].flatMap((word) => UNITS.get(word) ?? []);
  return new Set([...found, ...(text.includes('%') ? ['%'] : [])]);
}

function currenciesIn(text: string): string[] {
  return [...plainly(text).matchAll(/[€$£¥₹]|\p{L}+/gu)].flatMap(([one]) => CURRENCIES.get(one) ?? []);
}

const CAPITAL = /(?<=[\p{L}\p{N},;:]["'’(]?\s{1,3}["'’(]?)\p{Lu}[\p{L}\p{M}\p{N}'’-]*/gu;
/** `PIN` is written as `pin` as well, and is no name: if it stands for one, it is one word that differs. */
const SHORT = /^\p{Lu}{2,5}$/u;
/** What is no word of a language: addresses, codes, handles. */
const CODE = /(?<!\S)\S*(?:[@/\\_#]|\p{L}\d|\d\p{L}|\p{Ll}\p{Lu})\S*/gu;
const QUOTED = /["“”«»„]([^"“”«»„]{1,80})["“”«»„]/gu;
const I = /^i(?:'(?:m|ve|d|ll))?$/;

/** Words that name somebody or something: capitals inside a sentence, known given names, codes, what stands in quotes. */
function namesIn(text: string, words: readonly string[]): string[] {
  const loud = text === text.toUpperCase();
  const capitals = loud ? [] : (text.match(CAPITAL) ?? []).filter((one) => !SHORT.test(one));
  const people = recognise(text).map(({ start, end }) => text.slice(start, end));
  const named = [...capitals, ...people, ...(text.match(CODE) ?? [])].flatMap((one) => wordsOf(one));
  const quoted = [...text.matchAll(QUOTED)].flatMap(([, inside = '']) => wordsOf(inside));
  const known = new Set([...named, ...quoted].map((word) => word.replace(/'s?$/, '')));
  // In the order of the text, whatever found them.
  return words
    .map((word) => word.replace(/'s?$/, ''))
    .filter((word) => (known.has(word) && !I.test(word)) || isGivenName(word))
    .filter((word) => !DATES.has(word));
}

/** Where something goes from and to: both said the other way round are the same words. */
function waysOf(words: readonly string[]): string[] {
  if (!words.includes('from') || !words.some((word) => word === 'to' || word === 'into')) return [];
  const found = words.flatMap((word, at) => {
    if (!['from', 'to', 'into'].includes(word)) return [];
    const next = words
      .slice(at + 1)
      .find((one) => !['my', 'the', 'a', 'an', 'our', 'your', 'his', 'her'].includes(one));
    return next === undefined ? [] : [`${word === 'into' ? 'to' : word} ${next}`];
  });
  return found.sort();
}
