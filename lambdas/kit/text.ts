import { lazy } from './lazy.ts';

/* Text that people read: cut between characters, and shown without characters that nobody sees. */

/** Made when it is first needed: that takes longer than all else of a function's import. */
let characters: Intl.Segmenter | undefined;

/** A visible character is rarely longer: a family of emoji has 11 units, a marked letter fewer. */
const LOOK_BACK = 64;

/** The beginning of a text, at most `most` UTF-16 units, never cutting a visible character in two. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const from = Math.max(0, most - LOOK_BACK);
  characters ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  const begins = characters.segment(text.slice(from, most + LOOK_BACK)).containing(most - from)?.index ?? 0;
  const end = begins > 0 ? from + begins : most;
  return text.slice(0, end).replace(/[\uD800-\uDBFF]$/, '');
}

/** What has no shape of its own: controls, directions, joiners, fillers, lone halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** True for a text in which a reader sees nothing. */
export function isBlank(text: string | undefined): boolean {
  return (text ?? '').replaceAll(UNSEEN, '').trim() === '';
}

/* Joiners and variation selectors stay: Persian, Indian scripts and emoji need them. */
const STEERING =
  /[\p{Cc}\p{Cs}\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

/** A text for a page or a message: without control and direction characters, with its line ends and tabs. */
export function shownText(text: string): string {
  return text
    .replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replaceAll(STEERING, (character) => (character === '\n' || character === '\t' ? character : ''));
}

/** Marks that one letter may carry. Vietnamese has two, Hebrew with all its points five. */
const MOST_MARKS = 8;

/* Marks in falling order of class make normalisation quadratic. The last two become marks by it. */
const TOO_MANY_MARKS = new RegExp(`([\\p{M}\\uFF9E\\uFF9F]{${MOST_MARKS}})[\\p{M}\\uFF9E\\uFF9F]+`, 'gu');

/** A text that normalises in linear time: of a heap of marks on one letter the first are left. */
export function withFewMarks(text: string): string {
  return text.replaceAll(TOO_MANY_MARKS, '$1');
}
/** An item's words on one line: they can neither add lines nor change the direction of what follows. */
export function oneLine(text: string): string {
  return text
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** What a text is tried on. */
export interface Pattern {
  test(text: string): boolean;
}

/**
 * Finds the pattern between characters that are neither letters nor digits: `\b` knows no letter beyond ASCII. V8 takes a tenth of a
 * millisecond for such an expression, so it is made when a text is first tried on it.
 */
export function wholeWords(pattern: string): Pattern {
  const made = lazy(() => new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'u'));
  return { test: (text) => made().test(text) };
}
