import type { Bitmap } from '../pdf/render.ts';
import type { Recognised } from './tesseract.ts';

/*
 * Tesseract's boxes are some pixels off at the ends of words. They are drawn to the ink: evidence is boxed where a person sees
 * it.
 */

type Box = Recognised['box'];

/** In heights of the word: how far its ink may reach beyond the box, and how wide a gap within a word is. */
const REACH = 0.4;
const GAP = 0.18;

export function drawnToInk(words: readonly Recognised[], bitmap: Bitmap): Recognised[] {
  return words.map((word) => ({ ...word, box: inkIn(word.box, bitmap, limitsOf(word, words)) }));
}

/** Between the words before and behind in its line. */
function limitsOf({ box }: Recognised, words: readonly Recognised[]): { left: number; right: number } {
  let [left, right] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { box: other } of words) {
    if (other === box || other.y > box.y + box.height || other.y + other.height < box.y) continue;
    const end = other.x + other.width;
    if (end <= box.x + box.width / 2 && end < box.x + box.width) left = Math.max(left, end);
    else if (other.x >= box.x + box.width / 2) right = Math.min(right, other.x);
  }
  return { left, right };
}

function inkIn(box: Box, { width, height, data }: Bitmap, limits: { left: number; right: number }): Box {
  const reach = Math.round(box.height * REACH);
  const [top, bottom] = [Math.max(0, box.y), Math.min(height, box.y + box.height)];
  const left = Math.max(0, Math.min(box.x, Math.max(box.x - reach, limits.left + 1)));
  const right = Math.min(
    width,
    Math.max(box.x + box.width, Math.min(box.x + box.width + reach, limits.right - 1)),
  );
  if (right - left < 2 || bottom - top < 2) return box;
  const dark = threshold(data, width, { left, right, top, bottom });
  const isDark = (x: number, y: number) => (data[y * width + x] ?? 255) < dark;
  const columns: boolean[] = [];
  for (let x = left; x < right; x += 1) {
    let ink = false;
    for (let y = top; y < bottom && !ink; y += 1) ink = isDark(x, y);
    columns.push(ink);
  }
  const span = spanOf(
    columns,
    box.x - left,
    box.x + box.width - left,
    Math.max(2, Math.round(box.height * GAP)),
  );
  if (!span) return box;
  const rows: number[] = [];
  for (let y = top; y < bottom; y += 1)
    for (let x = left + span[0]; x <= left + span[1]; x += 1)
      if (isDark(x, y)) {
        rows.push(y);
        break;
      }
  const [first = top, last = bottom - 1] = [rows[0], rows.at(-1)];
  return { x: left + span[0], y: first, width: span[1] - span[0] + 1, height: last - first + 1 };
}

/** Half way between the ink and the paper. */
function threshold(
  data: Uint8Array,
  width: number,
  { left, right, top, bottom }: Record<'left' | 'right' | 'top' | 'bottom', number>,
): number {
  let [least, most] = [255, 0];
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1) {
      const value = data[y * width + x] ?? 255;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  return least + (most - least) * 0.55;
}

/** The first and the last dark column of the word: those of the box, and what goes on beyond it without a gap. */
function spanOf(
  columns: readonly boolean[],
  from: number,
  to: number,
  gap: number,
): [number, number] | undefined {
  let first = columns.indexOf(true, Math.max(0, from));
  let last = columns.lastIndexOf(true, Math.min(columns.length, to) - 1);
  if (first < 0 || last < 0 || first > last) return undefined;
  for (let at = first - 1; at >= 0 && first - at <= gap; at -= 1) if (columns[at]) first = at;
  for (let at = last + 1; at < columns.length && at - last <= gap; at += 1) if (columns[at]) last = at;
  return [first, last];
}
