import { cutText } from '../../kit/text.ts';

/*
 * What a text is to the classifier: hashed n-grams of its words and of the characters of each word. The same text gives the same signs
 * wherever it is read, and a sign is 32 bits: no word can be read back out of a model, although one can be tried.
 */

/** Beyond that a text adds no signs: what sorts a message stands at its beginning, and a long text must not cost time. */
export const MOST_CHARACTERS = 2000;
const MOST_WORDS = 300;
/** Characters of a word in one sign. */
const LENGTHS = [3, 4, 5] as const;

/** Kinds of signs: their hashes begin apart. Words come first. */
const [WORD, PAIR, PART, GAP] = [0x811c9dc5, 0x1b873593, 0x27d4eb2f, 0x165667b1];

/** Which way of hashing this is: signs of another cannot be compared with these. */
export const SIGNS_FORMAT = 1;

export interface Signs {
  /** Of single words, each once. */
  words: readonly number[];
  /** Of two words beside each other or with one between, and of characters: each once. */
  parts: readonly number[];
}

export function signsOf(text: string): Signs {
  const found = wordsOf(text);
  const words = new Set<number>();
  const parts = new Set<number>();
  found.forEach((word, at) => {
    words.add(hashOf(word, WORD));
    parts.add(hashOf(`${found[at - 1] ?? '^'} ${word}`, PAIR));
    if (at > 1) parts.add(hashOf(`${found[at - 2]} ${word}`, GAP));
    const framed = ` ${word} `;
    for (const length of LENGTHS)
      for (let from = 0; from + length <= framed.length; from += 1)
        parts.add(hashOf(framed.slice(from, from + length), PART));
  });
  return { words: [...words], parts: [...parts] };
}

/** Words and numbers in small letters. Digits are alike: which number it is sorts nothing. */
function wordsOf(text: string): string[] {
  const small = cutText(text, MOST_CHARACTERS).normalize('NFKC').toLowerCase().replaceAll(/\d/g, '0');
  return (small.match(/[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}\s]/gu) ?? [])
    .slice(0, MOST_WORDS)
    .map((word) => word.slice(0, 40));
}

/** FNV-1a over UTF-16 units, mixed once more so that all its bits differ. */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The text that a step is asked about, where that is one whole text. */
export function textOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { text, part } = input as { text?: unknown; part?: unknown };
  return typeof text === 'string' && text.trim() !== '' && part === undefined ? text : undefined;
}
