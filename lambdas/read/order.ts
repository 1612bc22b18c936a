import type { Box, Word } from '../contract/document.ts';

/*
 * The order in which people read a page. Words make lines, lines are cut into blocks by white space that runs through: first
 * across, then down. A cut down the page parts columns only if there is running text on both sides of it; a table is cut
 * into rows, never into columns.
 */

export interface Placed extends Word {
  /** The height of the line it stands in; that of its ink if it is not known. */
  size?: number;
}

interface Line {
  words: Placed[];
  top: number;
  bottom: number;
}

/** The words in reading order, and the text they make: a tab between cells, an empty line between blocks. */
export function inOrder(words: readonly Placed[]): { words: Placed[]; text: string } {
  const blocks = cut(
    words.filter(({ text }) => text.trim()),
    0,
  ).filter((block) => block.length > 0);
  const lines = blocks.map(linesOf);
  return {
    words: lines.flat().flatMap((line) => line.words),
    text: lines.map((block) => block.map(textOf).join('\n')).join('\n\n'),
  };
}

const right = ({ x, width }: Box): number => x + width;
const bottom = ({ y, height }: Box): number => y + height;
const middle = ({ y, height }: Box): number => y + height / 2;
const MOST_CUTS = 12;
/** Gaps in heights of a line: between cells, between columns, between blocks. */
const CELL = 1.1;
const COLUMN = 1.2;
const BLOCK = 0.9;

function sizeOf(words: readonly Placed[]): number {
  const sizes = words.map(({ box, size }) => size ?? box.height).sort((a, b) => a - b);
  return Math.max(1, sizes[Math.floor(sizes.length / 2)] ?? 1);
}

function cut(words: readonly Placed[], depth: number): Placed[][] {
  if (words.length < 2 || depth > MOST_CUTS) return [[...words]];
  const size = sizeOf(words);
  const columns = columnsOf(words, size);
  if (columns) return columns.flatMap((part) => cut(part, depth + 1));
  const parts = split(words, 'y', size * BLOCK);
  return parts.length < 2 ? [[...words]] : parts.flatMap((part) => cut(part, depth + 1));
}

/** Parts with a gap of white space between them, along one axis. */
function split(words: readonly Placed[], axis: 'x' | 'y', gap: number): Placed[][] {
  const from = ({ box }: Placed) => (axis === 'x' ? box.x : box.y);
  const to = ({ box }: Placed) => (axis === 'x' ? right(box) : bottom(box));
  const parts: Placed[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const word of words.toSorted((a, b) => from(a) - from(b))) {
    const last = parts.at(-1);
    if (!last || from(word) - end > gap) parts.push([word]);
    else last.push(word);
    end = Math.max(end, to(word));
  }
  return parts;
}

/** Two parts side by side, if both are running text or if lines of one do not go on in the other. */
function columnsOf(words: readonly Placed[], size: number): Placed[][] | undefined {
  const parts = split(words, 'x', size * COLUMN);
  for (let at = 1; at < parts.length; at += 1) {
    const sides = [parts.slice(0, at).flat(), parts.slice(at).flat()];
    const lines = sides.map(linesOf);
    if (lines.every(isRunning) || isApart(lines[0] ?? [], lines[1] ?? [])) return sides;
  }
  return undefined;
}

/** Text that fills its lines: cells are shorter, and end where they end. */
function isRunning(lines: readonly Line[]): boolean {
  if (lines.length < 3) return false;
  const left = Math.min(...lines.map(({ words }) => words[0]?.box.x ?? 0));
  const width = Math.max(...lines.map(endOf)) - left;
  const full = lines.filter((line) => endOf(line) - left > width * 0.7 && line.words.length >= 3);
  const gaps = lines.some(({ words }) =>
    words.some((word, at) => at > 0 && gapBefore(words, at) > wide(word) * 2),
  );
  return full.length >= lines.length * 0.5 && !gaps;
}

const endOf = ({ words }: Line): number => Math.max(...words.map(({ box }) => right(box)));
const wide = (word: Placed): number => word.size ?? word.box.height;
const gapBefore = (words: readonly Placed[], at: number): number => {
  const [last, next] = [words[at - 1], words[at]];
  return last && next ? next.box.x - right(last.box) : 0;
};

/** Blocks of several lines that share hardly a line: an address beside another thing. */
function isApart(left: readonly Line[], rightLines: readonly Line[]): boolean {
  if (left.length < 3 || rightLines.length < 3) return false;
  const shared = left.filter((line) =>
    rightLines.some((other) => {
      const height = Math.min(line.bottom - line.top, other.bottom - other.top);
      return Math.abs((line.top + line.bottom) / 2 - (other.top + other.bottom) / 2) < height * 0.25;
    }),
  );
  return shared.length <= Math.min(left.length, rightLines.length) * 0.34;
}

/** Words on one level, from left to right; the lines from top to bottom. */
function linesOf(words: readonly Placed[]): Line[] {
  const lines: Line[] = [];
  const size = sizeOf(words);
  // Tall words first would swallow two lines: from top to bottom by their middle.
  for (const word of words.toSorted((a, b) => middle(a.box) - middle(b.box))) {
    const centre = middle(word.box);
    const line = lines.findLast((it) => {
      const reach = Math.max(Math.min(it.bottom - it.top, size) * 0.5, Math.min(word.box.height, size) * 0.5);
      return Math.abs((it.top + it.bottom) / 2 - centre) <= reach && !overlaps(it, word);
    });
    if (!line) lines.push({ words: [word], top: word.box.y, bottom: bottom(word.box) });
    else {
      line.words.push(word);
      // Small signs do not move the line they stand in.
      if (word.box.height > (line.bottom - line.top) * 0.6) {
        line.top = Math.min(line.top, word.box.y);
        line.bottom = Math.max(line.bottom, bottom(word.box));
      }
    }
  }
  for (const line of lines) line.words.sort((a, b) => a.box.x - b.box.x);
  return lines.sort((a, b) => a.top + a.bottom - (b.top + b.bottom));
}

/** Two words cannot stand in one place of one line. */
const overlaps = (line: Line, { box }: Placed): boolean =>
  line.words.some(
    (it) =>
      Math.min(right(it.box), right(box)) - Math.max(it.box.x, box.x) >
      Math.min(it.box.width, box.width) * 0.5,
  );

function textOf({ words }: Line): string {
  return words
    .map(({ text, ...word }, at) => {
      if (at === 0) return text;
      const size = Math.max(wide({ text, ...word }), wide(words[at - 1] as Placed));
      return `${gapBefore(words, at) > size * CELL ? '\t' : ' '}${text}`;
    })
    .join('');
}
