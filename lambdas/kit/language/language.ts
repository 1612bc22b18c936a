import type { Language } from '../../contract/item/cases.ts';
import { cutText, withFewMarks } from '../text.ts';
import { LETTERS, WORDS } from './words.ts';

/* Which language a text is in, by code alone: by words that no text of some length is without, and by its letters. */

/** A language is known by the beginning of a text. */
const MOST_CHARACTERS = 4000;
/** Below this share of such words a text is in none of these languages. */
const LEAST_SHARE = 0.15;
/** Words that speak for it, and how far it has to be ahead of the next one. */
const LEAST_SIGNS = 2;
const AHEAD = 1.3;
/** A letter says less than a word, and no heap of them says more than this. */
const LETTER = 0.5;
const MOST_LETTERS = 2;

/** How much a word says of each language: made when it is first needed. */
let weights: Map<string, readonly (readonly [Language, number])[]> | undefined;

function weightsOfWords(): NonNullable<typeof weights> {
  const having = new Map<string, Set<Language>>();
  for (const [language, words] of Object.entries(WORDS))
    for (const word of words.split(/\s+/))
      having.set(word, (having.get(word) ?? new Set()).add(language as Language));
  return new Map(
    [...having].map(([word, languages]) => [
      word,
      [...languages].map((language) => [language, 1 / languages.size] as const),
    ]),
  );
}

/** Undefined where no language is clearly ahead of the others: the caller has one that it falls back to. */
export function languageOf(text: string): Language | undefined {
  const plain = withFewMarks(cutText(text, MOST_CHARACTERS))
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('’', "'");
  const words = plain.match(/\p{L}+/gu) ?? [];
  weights ??= weightsOfWords();
  const points = new Map<Language, number>();
  const add = (language: Language, more: number) => points.set(language, (points.get(language) ?? 0) + more);
  for (const word of words) for (const [language, weight] of weights.get(word) ?? []) add(language, weight);
  const spoken = [...points.values()].reduce((sum, one) => sum + one, 0);
  if (spoken < words.length * LEAST_SHARE) return undefined;
  for (const [language, letters] of Object.entries(LETTERS)) {
    const signs = Math.min(MOST_LETTERS, (plain.match(letters)?.length ?? 0) * LETTER);
    if (signs > 0) add(language as Language, signs);
  }
  const [first, second] = [...points].sort(([, one], [, other]) => other - one);
  if (!first || first[1] < LEAST_SIGNS) return undefined;
  return first[1] >= (second?.[1] ?? 0) * AHEAD ? first[0] : undefined;
}
