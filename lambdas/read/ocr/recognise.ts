import type { Placed } from '../order.ts';
import type { Bitmap, View } from '../pdf/render.ts';
import { sizeOf } from '../pdf/render.ts';
import { drawnToInk } from './ink.ts';
import { lieOf } from './straight.ts';
import type { Ocr, Recognised } from './tesseract.ts';

/* A page that is a picture, put straight and read. Boxes are those of the page as it stands then. */

/** The resolution that Tesseract was taught with, in pixels to a point. */
const SCALE = 300 / 72;
const MOST_PIXELS = 14_000_000;
/** From here on nobody tries another way up. */
const SURE = 0.7;
/** Tesseract reads some lines that lie on their side, too: the right way up is better by more. */
const CLEARLY = 1.3;

export type Draw = (view: View, scale: number) => Bitmap;

export interface Scan {
  view: View;
  words: Placed[];
  /** Mean of its letters, from 0 to 1. */
  confidence: number;
}

export function recognise(ocr: Ocr, page: View['page'], draw: Draw): Scan {
  const lie = lieOf(draw({ page, turn: 0, skew: 0 }, Math.min(1.4, scaleOf(page))));
  const ways = lie.lying ? [270, 90, 0, 180] : [0, 180, 90, 270];
  let best: Scan | undefined;
  for (const turn of ways) {
    const scan = readAs(ocr, { page, turn, skew: lie.skew }, draw);
    if (!best || worth(scan) > worth(best) * CLEARLY) best = scan;
    if (scan.confidence >= SURE && scan.words.length > 2) break;
    // A page without a word has no other way up.
    if (scan.words.length === 0 && turn === ways[1]) break;
  }
  return best as Scan;
}

/** Pixels to a point that a page is read at. */
export const scaleOf = ({ width, height }: View['page']): number =>
  Math.min(SCALE, Math.sqrt(MOST_PIXELS / (width * height)));

function readAs(ocr: Ocr, view: View, draw: Draw): Scan {
  const scale = scaleOf(view.page);
  const bitmap = smoothed(smoothed(draw(view, scale)));
  return scanOf(drawnToInk(ocr.read(bitmap, Math.round(scale * 72)), bitmap), view, scale);
}

/** Each pixel with its neighbours: the grain of paper and of compression is finer than letters are. */
function smoothed(bitmap: Bitmap): Bitmap {
  const { width, height, data } = bitmap;
  const out = data.slice();
  const at = (index: number) => data[index] ?? 255;
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const own = y * width + x;
      const beside = at(own - 1) + at(own + 1) + at(own - width) + at(own + width);
      const corners = at(own - width - 1) + at(own - width + 1) + at(own + width - 1) + at(own + width + 1);
      out[own] = (4 * at(own) + 2 * beside + corners) >> 4;
    }
  return { ...bitmap, data: out };
}

const letters = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

/** Letters that were read with some certainty. */
const worth = ({ words }: Scan): number =>
  words.reduce((sum, { text, confidence }) => sum + (confidence > 0.5 ? letters(text) * confidence : 0), 0);

function scanOf(found: readonly Recognised[], view: View, scale: number): Scan {
  const size = sizeOf(view);
  const words = found.flatMap(({ text, box, confidence }) => {
    const word = {
      text,
      confidence,
      box: { x: box.x / scale, y: box.y / scale, width: box.width / scale, height: box.height / scale },
    };
    return isSpeck(word, size) ? [] : [word];
  });
  const weights = words.map(({ text }) => Math.max(1, letters(text)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const confidence =
    sum === 0 ? 0 : words.reduce((total, word, at) => total + word.confidence * (weights[at] ?? 0), 0) / sum;
  return { view, words, confidence };
}

/** Rules, frames and dirt that were taken for signs. */
function isSpeck({ text, confidence, box }: Placed, page: { width: number; height: number }): boolean {
  if (box.width > page.width * 0.9 && letters(text) < 10) return true;
  if (box.height > page.height * 0.3) return true;
  return letters(text) === 0 && confidence < 0.5;
}
