import type { Box } from '../../contract/document.ts';
import type { Pdfium } from './pdfium.ts';
import { type Bitmap, render, type View } from './render.ts';
import { around, type Piece } from './words.ts';

/*
 * What of a page's text can be seen. The page is drawn with its text and without it: where that makes no difference, nobody
 * reads anything, whichever way it was hidden (no ink, white ink, behind a picture, a layer that is off, outside the page).
 */

/** Pixels to a point: 8 to a line of 6 points. Of pages that nobody prints, fewer. */
const SCALE = 1.4;
const MOST_PIXELS = 8_000_000;
/** Of 255: light grey on white is 50. */
const LEAST_DIFFERENCE = 28;
/** In points. Print is legible from 4 on. */
const SMALLEST = 2;
const MOST_FORMS = 4;

export interface Seen {
  visible: Piece[];
  hidden: Piece[];
  /** The page without its text, as grey pixels. */
  bare: Bitmap;
}

const TEXT = 1;
const FORM = 5;

/** Calls `use` while the page's text is not drawn. */
export function withoutText<T>(engine: Pdfium, page: number, use: () => T): T {
  const texts = [...objectsOf(engine, page)].filter((object) => engine.FPDFPageObj_GetType(object) === TEXT);
  for (const object of texts) engine.FPDFPageObj_SetIsActive(object, false);
  try {
    return use();
  } finally {
    for (const object of texts) engine.FPDFPageObj_SetIsActive(object, true);
  }
}

export function* objectsOf(engine: Pdfium, page: number): Generator<number> {
  for (let index = 0; index < engine.FPDFPage_CountObjects(page); index += 1)
    yield* inside(engine, engine.FPDFPage_GetObject(page, index), 0);
}

function* inside(engine: Pdfium, object: number, depth: number): Generator<number> {
  yield object;
  if (depth >= MOST_FORMS || engine.FPDFPageObj_GetType(object) !== FORM) return;
  for (let index = 0; index < engine.FPDFFormObj_CountObjects(object); index += 1)
    yield* inside(engine, engine.FPDFFormObj_GetObject(object, index), depth + 1);
}

export function seenOf(engine: Pdfium, page: number, view: View, pieces: readonly Piece[]): Seen {
  const scale = Math.min(SCALE, Math.sqrt(MOST_PIXELS / (view.page.width * view.page.height)));
  const options = { view, scale, grey: true };
  const bare = withoutText(engine, page, () => render(engine, page, options));
  if (pieces.length === 0) return { visible: [], hidden: [], bare };
  const whole = render(engine, page, options);
  const isSeen = ({ box, size }: Piece) => size >= SMALLEST && differs(whole, bare, box, scale);
  const visible = pieces.filter(isSeen);
  return { visible, hidden: pieces.filter((piece) => !visible.includes(piece)), bare };
}

function differs(whole: Bitmap, bare: Bitmap, { x, y, width, height }: Box, scale: number): boolean {
  const [left, right] = [
    Math.max(0, Math.floor(x * scale)),
    Math.min(whole.width, Math.ceil((x + width) * scale)),
  ];
  const [top, bottom] = [
    Math.max(0, Math.floor(y * scale)),
    Math.min(whole.height, Math.ceil((y + height) * scale)),
  ];
  // Half a word beyond the edge is no word.
  if ((right - left) * (bottom - top) < 0.5 * width * height * scale * scale) return false;
  let changed = 0;
  for (let row = top; row < bottom; row += 1)
    for (let column = left; column < right; column += 1) {
      const at = row * whole.width + column;
      if (Math.abs((whole.data[at] ?? 0) - (bare.data[at] ?? 0)) >= LEAST_DIFFERENCE) changed += 1;
    }
  // Letters cover a fifth of their box; a neighbour's edge does not make a word.
  return changed >= Math.max(1, (right - left) * (bottom - top) * 0.03);
}

/** Words of other text in the same place: one of them is behind the other. */
export function overlaid(pieces: readonly Piece[]): boolean {
  const rows = pieces.toSorted((a, b) => a.box.y - b.box.y);
  return rows.some((piece, at) => {
    for (let next = at + 1; next < rows.length; next += 1) {
      const other = rows[next] as Piece;
      if (other.box.y > piece.box.y + piece.box.height) return false;
      if (other.text !== piece.text && covers(piece.box, other.box)) return true;
    }
    return false;
  });
}

function covers(a: Box, b: Box): boolean {
  const whole = around([a, b]);
  const [width, height] = [a.width + b.width - whole.width, a.height + b.height - whole.height];
  const smaller = Math.min(a.width * a.height, b.width * b.height);
  return width > 0 && height > 0 && smaller > 4 && width * height > smaller * 0.6;
}

/** Pieces that nothing parts make one word. */
export function wordsOf(pieces: readonly Piece[]): { text: string; box: Box; size: number; confidence: 1 }[] {
  const words: { text: string; box: Box; size: number; confidence: 1 }[] = [];
  let open = false;
  for (const { text, box, size, ends } of pieces) {
    const last = words.at(-1);
    if (open && last && isNear(last.box, box, size)) {
      last.text += text;
      last.box = around([last.box, box]);
      last.size = Math.max(last.size, size);
    } else words.push({ text, box, size, confidence: 1 });
    open = !ends;
  }
  return words;
}

/** What was hidden between them may have been more than nothing. */
const isNear = (last: Box, next: Box, size: number): boolean =>
  Math.abs(next.x - (last.x + last.width)) < size * 0.3;
