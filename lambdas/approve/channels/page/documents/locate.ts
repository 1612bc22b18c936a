import type { Box, Word } from '../../../../contract/document.ts';
import { withFewMarks } from '../../../../kit/text.ts';

/* Where a quote stands on a page: its letters and digits are looked for among those of the page's words, in reading order. */

/** A piece of a longer word is found only if the quote is at least this long: `12` is not in 2012. */
const LEAST_PART = 4;
/** A page of small print has about 2,000 words. */
const MOST_WORDS = 20_000;

/** What of a page's words is compared, made once for all quotes. */
export interface Index {
  words: readonly Word[];
  letters: string;
  /** Which word each letter is of. */
  owners: Uint32Array;
}

export function indexOf(words: readonly Word[]): Index {
  const looked = words.slice(0, MOST_WORDS);
  const parts = looked.map(({ text }) => lettersOf(text));
  const owners = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const [word, part] of parts.entries()) {
    owners.fill(word, at, at + part.length);
    at += part.length;
  }
  return { words: looked, letters: parts.join(''), owners };
}

/** A box for each line of the quote, in points; empty if the page does not have it. */
export function boxesOf(quote: string, index: Index): Box[] {
  const whole = placeOf(lettersOf(quote), index);
  if (whole) return linesOf(index.words.slice(whole.first, whole.last + 1));
  // Lines of a quote may lie apart on the page.
  return quote.split('\n').flatMap((line) => {
    const place = placeOf(lettersOf(line), index);
    return place ? linesOf(index.words.slice(place.first, place.last + 1)) : [];
  });
}

/** From the first to the last word of it: whole words if there are any, else a part of long ones. */
function placeOf(wanted: string, { letters, owners }: Index): { first: number; last: number } | undefined {
  if (wanted === '') return undefined;
  let part: { first: number; last: number } | undefined;
  for (let at = letters.indexOf(wanted); at >= 0; at = letters.indexOf(wanted, at + 1)) {
    const end = at + wanted.length - 1;
    const place = { first: owners[at] ?? 0, last: owners[end] ?? 0 };
    if (owners[at - 1] !== place.first && owners[end + 1] !== place.last) return place;
    part ??= place;
  }
  return wanted.length >= LEAST_PART ? part : undefined;
}

/** Joins neighbours on one line; another line or a step back begins another box. */
function linesOf(words: readonly Word[]): Box[] {
  const boxes: Box[] = [];
  for (const { box } of words) {
    const last = boxes.at(-1);
    if (last && isBeside(last, box)) boxes[boxes.length - 1] = around(last, box);
    else boxes.push(box);
  }
  return boxes;
}

function isBeside(left: Box, right: Box): boolean {
  const shared = Math.min(left.y + left.height, right.y + right.height) - Math.max(left.y, right.y);
  const gap = right.x - (left.x + left.width);
  const height = Math.min(left.height, right.height);
  // Wider than a dozen letters is another column.
  return shared > height / 2 && gap > -height && gap < 12 * Math.max(left.height, right.height);
}

function around(one: Box, other: Box): Box {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(one.x + one.width, other.x + other.width) - x,
    height: Math.max(one.y + one.height, other.y + other.height) - y,
  };
}

function lettersOf(text: string): string {
  return withFewMarks(text)
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');
}
