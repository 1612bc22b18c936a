import type { Box } from '../../contract/document.ts';
import type { Ocr } from '../ocr/tesseract.ts';
import type { Placed } from '../order.ts';
import type { Bitmap } from './render.ts';

/*
 * Whether a page's figures are those that it shows. A font may show one and tell another: a person would approve what is seen, and a
 * machine would pay what is told. The words with figures are cut out of the page and read by OCR: amounts, days, accounts.
 */

const LEAST_FIGURES = 3;
const MOST_WORDS = 80;
const SURE = 0.85;
/** In pixels. */
const WIDTH = 1600;
const MARGIN = 24;

/** The page as it is shown, `scale` pixels to a point. It is drawn, and OCR asked for, only where there are figures to compare. */
export interface Shown {
  ocr: () => Promise<Ocr>;
  draw: () => Bitmap;
  scale: number;
}

export async function contradicts(told: readonly Placed[], { ocr, draw, scale }: Shown): Promise<boolean> {
  const words = told.filter(({ text }) => figuresOf(text) >= LEAST_FIGURES).slice(0, MOST_WORDS);
  if (words.length === 0) return false;
  const { sheet, places } = cutOut(words, draw(), scale);
  const seen = (await ocr())
    .read(sheet, Math.round(scale * 72), 'lines')
    .filter(({ confidence }) => confidence >= SURE);
  return words.some(({ text }, at) => {
    const place = places[at] as Box;
    const parts = seen.filter(({ box }) => isWithin(box, place)).sort((a, b) => a.box.x - b.box.x);
    return differ(plain(text), plain(parts.map((part) => part.text).join('')));
  });
}

const figuresOf = (text: string): number => text.match(/\d/g)?.length ?? 0;

/** One after the other on a sheet, those of one height in one line. */
function cutOut(words: readonly Placed[], whole: Bitmap, scale: number): { sheet: Bitmap; places: Box[] } {
  const cuts = words.map(({ box }, index) => ({
    index,
    x: Math.max(0, Math.floor(box.x * scale) - 2),
    y: Math.max(0, Math.floor(box.y * scale) - 2),
    width: Math.min(WIDTH - 2 * MARGIN, Math.ceil(box.width * scale) + 4),
    height: Math.ceil(box.height * scale) + 4,
  }));
  const places: Box[] = [];
  let [left, top, high] = [MARGIN, MARGIN, 0];
  for (const { index, width, height } of cuts.toSorted((a, b) => a.height - b.height)) {
    if (left + width + MARGIN > WIDTH) [left, top, high] = [MARGIN, top + high + MARGIN, 0];
    places[index] = { x: left, y: top, width, height };
    left += width + MARGIN;
    high = Math.max(high, height);
  }
  const height = top + high + MARGIN;
  const data = new Uint8Array(WIDTH * height).fill(255);
  for (const { index, x, y, ...cut } of cuts) {
    const place = places[index] as Box;
    for (let row = 0; row < Math.min(cut.height, whole.height - y); row += 1) {
      const from = (y + row) * whole.width + x;
      const length = Math.min(cut.width, whole.width - x);
      data.set(whole.data.subarray(from, from + length), (place.y + row) * WIDTH + place.x);
    }
  }
  return { sheet: { width: WIDTH, height, channels: 1, data }, places };
}

function isWithin(box: Box, place: Box): boolean {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  return (
    x > place.x &&
    x < place.x + place.width &&
    y > place.y - MARGIN / 3 &&
    y < place.y + place.height + MARGIN / 3
  );
}

/** Signs that look alike are alike. */
const ALIKE: Readonly<Record<string, string>> = {
  l: '1',
  i: '1',
  o: '0',
  s: '5',
  b: '8',
  z: '2',
  g: '9',
  q: '9',
};

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replaceAll(/[liosbzgq]/g, (letter) => ALIKE[letter] ?? letter);

/** Another figure in the place of one: signs that are lost or added are mistakes of reading. */
const differ = (told: string, seen: string): boolean =>
  told.length === seen.length &&
  [...told].some((sign, at) => sign !== seen[at] && /\d/.test(sign) && /\d/.test(seen[at] ?? ''));
