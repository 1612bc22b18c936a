import { cutText } from '../text.ts';

/** As much as a model is given at once: about 5,000 tokens. */
export const PART_CHARACTERS = 20_000;

/* Where a text may be cut, the best place first: before a page of a document, between paragraphs, lines, sentences, words. */
const PLACES: readonly RegExp[] = [/\n(?=\[document )/g, /\n\n+/g, /\n/g, /[.!?…。]\s+/g, /\s+/g];

/** A place in the first half would make two parts of one. */
const LEAST_SHARE = 0.5;

/** A text in parts that a model is given one by one, cut by its structure. Joined they are the text again: none of it is lost. */
export function partsOf(text: string, most = PART_CHARACTERS): string[] {
  const parts: string[] = [];
  let at = 0;
  while (text.length - at > most) {
    const window = text.slice(at, at + most);
    const end = PLACES.map((place) => lastEnd(window, place)).find((it) => it >= most * LEAST_SHARE);
    // Never nothing: whatever one character is made of, it moves on.
    const length = end ?? (cutText(window + text.slice(at + most, at + most + 64), most).length || most);
    parts.push(text.slice(at, at + length));
    at += length;
  }
  return [...parts, text.slice(at)];
}

/** Where the last of these places ends; 0 if there is none. */
function lastEnd(window: string, place: RegExp): number {
  let end = 0;
  for (const match of window.matchAll(place)) end = match.index + match[0].length;
  return end;
}
