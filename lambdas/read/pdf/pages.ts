import type { Page } from '../../contract/document.ts';
import { encodePng } from '../image/png.ts';
import { type Draw, recognise, scaleOf } from '../ocr/recognise.ts';
import type { Ocr } from '../ocr/tesseract.ts';
import { inOrder, type Placed } from '../order.ts';
import { contradicts } from './agree.ts';
import type { Pdf } from './document.ts';
import { memory, type Pdfium, withMemory } from './pdfium.ts';
import { type Bitmap, render, sizeOf, type View } from './render.ts';
import { objectsOf, overlaid, seenOf, withoutText, wordsOf } from './seen.ts';
import { type Piece, piecesOf } from './words.ts';

/* A page of a PDF, read: what is written as text, and what is written in pictures by OCR. */

export interface ReadPage {
  page: Page;
  view: View;
  suspicions: readonly string[];
}

/** Fewer words of its own than these: a page that is a picture, or drawn letter by letter. */
const FEW_WORDS = 5;
/** Of the page: a picture of that size may hold what matters. A logo is smaller. */
const LARGE_PICTURE = 0.12;
/** A run off the page, a form's mark: a sentence is longer. */
const FEW_HIDDEN = 12;

/** `ocr` is asked for when the first page needs it. */
export async function readPage(pdf: Pdf, index: number, ocr: () => Promise<Ocr>): Promise<ReadPage> {
  return pdf.withPage(index, async (page, size) => {
    const { engine } = pdf;
    const upright: View = { page: size, turn: 0, skew: 0 };
    const { visible, hidden, bare } = seenOf(engine, page, upright, piecesOf(engine, page, size));
    const own = wordsOf(visible);
    const draw: Draw = (view, scale) => render(engine, page, { view, scale, grey: true });
    const alone = own.length >= FEW_WORDS && !isGarbled(own);
    const lies =
      alone &&
      index < MOST_COMPARED &&
      (await contradicts(own, { ocr, draw: () => draw(upright, scaleOf(size)), scale: scaleOf(size) }));
    if (lies || !alone) {
      if (own.length === 0 && !hasInk(bare)) return written([], upright, suspicionsOf(visible, hidden, []));
      const scan = recognise(await ocr(), size, draw);
      const suspicions = suspicionsOf(visible, hidden, scan.words);
      return scanned(scan.words, scan.view, lies ? [...suspicions, TEXT_DIFFERS] : suspicions);
    }
    const suspicions = suspicionsOf(visible, hidden, []);
    if (!hasInk(bare) || picturesOf(engine, page, size) < LARGE_PICTURE)
      return written(own, upright, suspicions);
    const { view, words } = recognise(await ocr(), size, (it, scale) =>
      withoutText(engine, page, () => draw(it, scale)),
    );
    // Words in a picture that lies crooked or upside down on a page of text have no place in it.
    const fits = view.turn === 0 && Math.abs(view.skew) < 1;
    return written(
      [...own, ...(fits ? words.filter(isSure) : [])],
      upright,
      suspicionsOf(visible, hidden, words),
    );
  });
}

/** The text layer says other things than the letters look like. */
const TEXT_DIFFERS = 'text-differs';
/** Pages of a document whose text is compared with how it looks: each costs a second. */
const MOST_COMPARED = 5;

const isSure = ({ confidence }: Placed): boolean => confidence >= 0.5;

/** Most of its signs are of no alphabet: its fonts do not tell what they show. */
function isGarbled(words: readonly Placed[]): boolean {
  const text = words.map((word) => word.text).join('');
  return (text.match(/[\p{Co}\p{Cn}\p{Cc}\ufffd]/gu)?.length ?? 0) > text.length * 0.2;
}

function written(words: readonly Placed[], view: View, suspicions: readonly string[]): ReadPage {
  const ordered = inOrder(words);
  return { page: { ...shown(ordered, view), source: 'text' }, view, suspicions };
}

function scanned(words: readonly Placed[], view: View, suspicions: readonly string[]): ReadPage {
  const ordered = inOrder(words);
  const weights = ordered.words.map(({ text }) => text.length);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const mean =
    ordered.words.reduce((total, word, at) => total + word.confidence * (weights[at] ?? 0), 0) / sum;
  const confidence = sum === 0 ? 0 : Math.round(mean * 1000) / 1000;
  return { page: { ...shown(ordered, view), source: 'ocr', confidence }, view, suspicions };
}

const round = (value: number): number => Math.round(value * 100) / 100;

function shown(
  { words, text }: ReturnType<typeof inOrder>,
  view: View,
): Pick<Page, 'text' | 'words' | 'width' | 'height'> {
  const { width, height } = sizeOf(view);
  return {
    text,
    words: words.map(({ text, box, confidence }) => ({
      text,
      box: { x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height) },
      confidence: round(confidence),
    })),
    width: round(width),
    height: round(height),
  };
}

/** The text layer below a scan says what the scan says; other hidden text is a reason to look. */
function suspicionsOf(
  visible: readonly Piece[],
  hidden: readonly Piece[],
  scanned: readonly Placed[],
): string[] {
  const seen = new Set(scanned.map(({ text }) => plain(text)));
  const unseen = hidden.filter(({ text }) => plain(text) && !seen.has(plain(text)));
  const [lost, all] = [unseen, hidden].map((pieces) =>
    pieces.reduce((sum, { text }) => sum + text.length, 0),
  );
  const isLayer = scanned.length > 0 && (lost ?? 0) < (all ?? 0) * 0.25;
  return ((lost ?? 0) >= FEW_HIDDEN && !isLayer) || overlaid(visible) ? ['hidden-text'] : [];
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

function hasInk({ data }: Bitmap): boolean {
  let dark = 0;
  for (const value of data) if (value < 160) dark += 1;
  return dark > data.length * 0.0005;
}

const IMAGE = 3;

/** The share of the page that its pictures cover, at most 1. */
function picturesOf(engine: Pdfium, page: number, { width, height }: View['page']): number {
  return withMemory(engine, 16, (at) => {
    let area = 0;
    for (const object of objectsOf(engine, page)) {
      if (engine.FPDFPageObj_GetType(object) !== IMAGE) continue;
      engine.FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12);
      const [left = 0, low = 0, right = 0, high = 0] = new Float32Array(memory(engine).buffer, at, 4);
      area += Math.max(0, right - left) * Math.max(0, high - low);
    }
    return Math.min(1, area / (width * height));
  });
}

/** In pixels to a point: 110 to an inch, legible on any screen. */
const PICTURE_SCALE = 110 / 72;
const MOST_PICTURE_PIXELS = 3_000_000;
const MOST_PICTURE_BYTES = 900_000;

/** The page as its approver sees it, as PNG of at most 900 kB: grey, then smaller if colours take more. */
export async function pictureOf(pdf: Pdf, index: number, view: View): Promise<Uint8Array> {
  return pdf.withPage(index, async (page, { width, height }) => {
    let scale = Math.min(PICTURE_SCALE, Math.sqrt(MOST_PICTURE_PIXELS / (width * height)));
    for (let grey = false; ; grey = true) {
      const png = encodePng(render(pdf.engine, page, { view, scale, grey }));
      if (png.length <= MOST_PICTURE_BYTES || scale < 0.3) return png;
      if (grey) scale *= 0.75;
    }
  });
}
