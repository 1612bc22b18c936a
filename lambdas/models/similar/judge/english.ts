import { WORDS } from '../../../kit/language/words.ts';
import { isPolite, plainly } from './words.ts';

/*
 * The lists of the judge are English. In any other language, in a mixture, and where nobody can tell, it knows neither a negation nor a
 * number in words: there only the same words in the same order ask the same.
 */

/** Of the words of an English text so many are small ones; neighbours of the language have some of them too. */
const LEAST_SHARE = 0.3;
/** One of these it has as well: few other languages write them. */
const OWN = new Set(
  `the you your this that these those what how why who where when which would should could with please been were does did they them their
  there my is me it can not need want from about just still only very some any all since never yesterday today twice charged ordered money
  refund received arrived delivered broken damaged cancelled paid i'm i've i'd i'll it's don't didn't haven't hasn't can't won't isn't doesn't
  couldn't what's where's how's that's there's dont didnt cant`.split(/\s+/),
);

interface Small {
  english: ReadonlySet<string>;
  foreign: ReadonlySet<string>;
}

let small: Small | undefined;

function smallWords(): Small {
  const of = (words: string) => plainly(words).split(/\s+/);
  const english = new Set([...of(WORDS.en), ...OWN]);
  const others = Object.entries(WORDS).flatMap(([language, words]) => (language === 'en' ? [] : of(words)));
  return { english, foreign: new Set(others.filter((word) => !english.has(word))) };
}

/** Whether the judge can read a text. @param words as `wordsOf` has them */
export function isEnglish(words: readonly string[]): boolean {
  small ??= smallWords();
  const { english, foreign } = small;
  const known = words.filter((word) => english.has(word)).length;
  const strange = words.filter((word) => foreign.has(word)).length;
  return known >= LEAST_SHARE * words.length && known > 2 * strange && words.some((word) => OWN.has(word));
}

/** What two texts that nobody can read have to have in common to the letter. */
export function wordingOf(words: readonly string[]): string {
  return words.filter((word) => !isPolite(word)).join(' ');
}
