import { recognise } from '../../../privacy/names/names.ts';
import { isGivenName } from '../../../privacy/names/people.ts';
import { nearTokens } from '../../../privacy/tokens.ts';
import { isEnglish, wordingOf } from './english.ts';
import { CURRENCIES, DATES, MOST, OPPOSITES, UNITS } from './lists.ts';
import { isMereNegation, isNegation } from './negations.ts';
import { numbersIn } from './numerals.ts';
import { abbreviationsIn, type Roots, rootsIn, rootsUnlike } from './roots.ts';
import { askedFor, timesIn } from './times.ts';
import { hashOf, partsOf, plainly, wordsOf } from './words.ts';

/*
 * The judge. Two texts that a vector finds near may ask for opposite things, or for the same of another order: what tells them apart is
 * compared by code, field by field, and any difference refuses. It keeps hashes, never words.
 */

/** What has to be the same in both, each as the hash of its lists, a list for each field; 0 is empty ones. */
const EQUAL = [
  ...(['wording', 'numbers', 'dates', 'negations', 'units', 'currencies', 'names', 'ways'] as const),
  ...(['amounts'] as const),
] as const;

export interface Judged extends Roots {
  facts: readonly number[];
  /** Of each field a digit for each pair of opposites: 1 and 2 are its sides, 3 and 4 both, in either order; and one for what it asks. */
  sides: string;
}

export type Difference =
  | (typeof EQUAL)[number]
  | ('fields' | 'directions' | 'abbreviations' | 'prefixes' | 'bonds' | 'order' | 'one word');

/** Below so many words a field among several is a value and no sentence: nobody says it in other words. */
const LEAST_WORDS = 4;

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

/** @param texts of an input, one for each of its fields, in an order that is always the same */
export function judged(...texts: readonly string[]): Judged {
  const fields = texts.map((text) => factsOf(text, texts.length > 1));
  const lists = EQUAL.map((kind) => fields.map(({ lists }) => lists[kind].join(' ')));
  return {
    facts: lists.map((each) => (each.every((one) => one === '') ? 0 : hashOf(each.join('\n')))),
    sides: fields.map(({ sides }) => sides).join(''),
    ...rootsIn(fields),
  };
}

function factsOf(text: string, isOneOfMany: boolean) {
  const plain = withoutTokens(text);
  const words = wordsOf(plain);
  const parts = words.flatMap(partsOf);
  const isRead =
    isEnglish(words) && !FOREIGN.test(plainly(plain)) && !(isOneOfMany && words.length < LEAST_WORDS);
  const lists: Record<(typeof EQUAL)[number], readonly string[]> = {
    wording: isRead ? [] : [wordingOf(words)],
    numbers: numbersIn(plain, words),
    dates: [...parts.filter((word) => DATES.has(word)), ...timesIn(plain, parts)],
    negations: negationsIn(parts),
    units: [...unitsIn(plain, parts)].sort(),
    currencies: currenciesIn(plain),
    names: [...namesIn(plain, words), ...tokensOf(text)],
    ways: waysOf(words),
    amounts: parts.flatMap((word) => MOST.get(word) ?? []),
  };
  const sides = OPPOSITES.map(([one, other]) => sideOf(parts, one, other)).join('') + askedFor(words);
  return { lists, sides, words, loud: abbreviationsIn(plain) };
}

/** One is said in many ways; of several it matters which is about which: to not forget, to forget not to. */
function negationsIn(words: readonly string[]): string[] {
  const found = words.filter(isNegation);
  return found.length < 2
    ? found.map(() => 'not')
    : found.map((word) => (isMereNegation(word) ? 'not' : 'never'));
}

/** The judge reads words in Latin letters: in an English text another letter is a disguise, or a word that it does not know. */
const FOREIGN = /(?!\p{Script=Latin})\p{L}/u;

function sideOf(words: readonly string[], one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [a, b] = [words.findIndex((word) => one.has(word)), words.findIndex((word) => other.has(word))];
  if (a >= 0 && b >= 0) return a < b ? 3 : 4;
  return a >= 0 ? 1 : b >= 0 ? 2 : 0;
}

/** What an answer to one of them cannot be given to the other for; undefined where nothing is found. */
export function difference(one: Judged, other: Judged): Difference | undefined {
  const unlike = EQUAL.find((_, at) => one.facts[at] !== other.facts[at]);
  if (unlike) return unlike;
  if (one.sides.length !== other.sides.length) return 'fields';
  for (let at = 0; at < one.sides.length; at += 1) {
    const [a, b] = [one.sides[at] ?? '0', other.sides[at] ?? '0'];
    if (a !== b && a !== '0' && b !== '0') return 'directions';
  }
  return rootsUnlike(one, other);
}

function unitsIn(text: string, words: readonly string[]): Set<string> {
  const glued = words.flatMap((word) => word.match(/^[\d.,]+(\p{L}+)$/u)?.[1] ?? []);
  const found = [...words, ...glued].flatMap((word) => UNITS.get(word) ?? []);
  return new Set([...found, ...(text.includes('%') ? ['%'] : [])]);
}

function currenciesIn(text: string): string[] {
  return [...plainly(text).matchAll(/\p{L}*\p{Sc}|\p{L}+/gu)].flatMap(([one]) => {
    // A sign that no list has is a currency all the same: `₽`, `A$`.
    return CURRENCIES.get(one) ?? (/\p{Sc}/u.test(one) ? one : []);
  });
}

const CAPITAL = /(?<=[\p{L}\p{N},;:]["'’(]?\s{1,3}["'’(]?)\p{Lu}[\p{L}\p{M}\p{N}'’-]*/gu;
/** What is no word of a language: addresses, codes, handles. */
const CODE = /(?<!\S)\S*(?:[@/\\_#]|\p{L}\d|\d\p{L}|\p{Ll}\p{Lu})\S*/gu;
const QUOTED = /["“”«»„]([^"“”«»„]{1,80})["“”«»„]/gu;
/** The name of a plan, a gate or a grade. */
const LETTER = /^[b-hj-z]$/;
const LOUD = /^\p{Lu}{2,}$/u;
const I = /^i(?:'(?:m|ve|d|ll))?$/;

/** Words that name somebody or something: capitals inside a sentence, known given names, codes, what stands in quotes. */
function namesIn(text: string, words: readonly string[]): string[] {
  const loud = text === text.toUpperCase();
  // What is all in capitals may be written otherwise: `roots.ts`.
  const capitals = loud ? [] : (text.match(CAPITAL) ?? []).filter((one) => !LOUD.test(one));
  const people = recognise(text).map(({ start, end }) => text.slice(start, end));
  const named = [...capitals, ...people, ...(text.match(CODE) ?? [])].flatMap((one) => wordsOf(one));
  const quoted = [...text.matchAll(QUOTED)].flatMap(([, inside = '']) => wordsOf(inside));
  const known = new Set([...named, ...quoted].map((word) => word.replace(/'s?$/, '')));
  // In the order of the text, whatever found them.
  return words
    .map((word) => word.replace(/'s?$/, ''))
    .filter((word) => (known.has(word) && !I.test(word)) || isGivenName(word) || LETTER.test(word))
    .filter((word) => !DATES.has(word));
}

/** What stands behind them is another thing than what stands before. */
const COMPARES = new Set('than instead versus vs'.split(' '));

/** What is compared with what: said the other way round, both are the same words. */
function waysOf(words: readonly string[]): string[] {
  const found = words.flatMap((word, at) => {
    if (!COMPARES.has(word)) return [];
    const next = words
      .slice(at + 1)
      .find((one) => !['of', 'my', 'the', 'a', 'an', 'our', 'your', 'his', 'her'].includes(one));
    return next === undefined ? [] : [`${word} ${next}`];
  });
  return found.sort();
}
