import { WORDS } from '../../../kit/language/words.ts';
import { withFewMarks } from '../../../kit/text.ts';

/* A text as numbers: what its words are is not kept, only whether two texts have one in common. */

/** Letters with their marks, digits, and what joins them inside a word. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’.,:/@_-][\p{L}\p{N}\p{M}]+)*/gu;

/** Whatever stands on a keyboard for one: `don´t` is `don't`. */
const APOSTROPHES = /[’‘‛´`ʼʹ′＇]/g;

/** As two people may write the same: without marks, in small letters. */
export function plainly(text: string): string {
  const straight = text.replaceAll(APOSTROPHES, "'");
  return withFewMarks(straight).normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

export function wordsOf(text: string): string[] {
  return plainly(text).match(WORD) ?? [];
}

/** A word, and what hyphens and strokes join in it: `check-in`, `opt-out`. */
export function partsOf(word: string): string[] {
  return /[-/_]/.test(word) ? [word, ...word.split(/[-/_]/)] : [word];
}

/** Words that ask for nothing, in whichever language. */
const POLITE = new Set(
  `hello hi hey dear please thanks thank you hallo bitte danke bonjour merci hola gracias ciao grazie hoi ola obrigado obrigada hej`.split(
    /\s+/,
  ),
);

export function isPolite(word: string): boolean {
  return POLITE.has(word);
}

let small: ReadonlySet<string> | undefined;

/** Words that every English text has, whatever it is about. Those of other languages may be what one is about: a van, a door, a son. */
export function isSmall(word: string): boolean {
  small ??= new Set(
    plainly(WORDS.en)
      .split(/\s+/)
      .filter((one) => !TELLING.has(one))
      .concat(MORE.split(' '), ...POLITE),
  );
  return small.has(word);
}

/** Small words of complaints: the list tells languages by them, and here they are what it is about. */
const TELLING = new Set(
  `money back refund received arrived delivered broken damaged cancelled card account order ordered charged twice not no never`.split(
    /\s+/,
  ),
);
const MORE =
  "i'm i've it's i'd there's that's what's how's where's let's get got getting go going make need wanna like know tell help show give see hi hello hey thanks thank also again right there here ok okay us them then than into onto s t m d ll re ve de";

/** The root of a word, as far as an ending is cut that two writers use for one thing. */
export function rootOf(word: string): string {
  if (word.length < 5 || /\d/.test(word)) return word.replace(/'s?$/, '');
  return word.replace(/'s?$/, '').replace(/(?:ments?|ings?|ed|es|s|e|en|er)$/, '');
}

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Its words and each two that follow one another, each once. */
export function signsOf(words: readonly string[]): Uint32Array {
  const signs = new Set<number>();
  for (const [at, word] of words.entries()) {
    signs.add(hashOf(word));
    const next = words[at + 1];
    if (next !== undefined) signs.add(hashOf(`${word} ${next}`));
  }
  return Uint32Array.from(signs);
}

/** The roots of the words that it is about, in their order. */
export function rootsOf(words: readonly string[]): Uint32Array {
  return Uint32Array.from(words.filter((word) => !isSmall(word)).map((word) => hashOf(rootOf(word))));
}
