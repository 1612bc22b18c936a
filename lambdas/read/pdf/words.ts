import type { Box } from '../../contract/document.ts';
import { memory, type Pdfium, withMemory } from './pdfium.ts';

/* The words that a page's text objects hold, with their places, whether they can be seen or not. */

/** A word, or the part of one that one text object holds: what is drawn together is seen or hidden together. */
export interface Piece {
  text: string;
  /** Of its ink. */
  box: Box;
  /** Height of the line it stands in, in points. */
  size: number;
  /** White space stands behind it. */
  ends: boolean;
}

const MOST_CHARACTERS_OF_A_PAGE = 200_000;
/** PDFium's mark for a hyphen at the end of a line. */
const HYPHENS = new Set([0x02, 0xfffe, 0xad]);

interface Character {
  text: string;
  box: Box;
  size: number;
  object: number;
}

/** In the order of the file. `size` is that of the page as it is shown. */
export function piecesOf(engine: Pdfium, page: number, size: { width: number; height: number }): Piece[] {
  const textPage = engine.FPDFText_LoadPage(page);
  if (!textPage) return [];
  try {
    return withMemory(engine, 64, (at) => {
      const place = placing(engine, page, size, at);
      const count = Math.min(engine.FPDFText_CountChars(textPage), MOST_CHARACTERS_OF_A_PAGE);
      const pieces: Piece[] = [];
      let run: Character[] = [];
      const end = (ends: boolean) => {
        if (run.length > 0) pieces.push(joined(run, ends));
        else if (ends) for (const last of pieces.slice(-1)) last.ends = true;
        run = [];
      };
      for (let index = 0; index < count; index += 1) {
        const character = characterAt(engine, textPage, index, place, at);
        if (character === undefined) end(true);
        else {
          const last = run.at(-1);
          if (last && isApart(last, character)) end(true);
          else if (last && last.object !== character.object) end(false);
          run.push(character);
        }
      }
      end(true);
      return pieces;
    });
  } finally {
    engine.FPDFText_ClosePage(textPage);
  }
}

/** Undefined for white space. */
function characterAt(
  engine: Pdfium,
  textPage: number,
  index: number,
  place: (left: number, top: number, right: number, bottom: number) => Box,
  at: number,
): Character | undefined {
  const code = engine.FPDFText_GetUnicode(textPage, index);
  const text = HYPHENS.has(code)
    ? '-'
    : code > 0xffff
      ? String.fromCodePoint(Math.min(code, 0x10ffff))
      : String.fromCharCode(code);
  if (!/[^\s\p{Cc}\u200b\ufeff]/u.test(text)) return undefined;
  engine.FPDFText_GetCharBox(textPage, index, at, at + 8, at + 16, at + 24);
  const [left = 0, right = 0, bottom = 0, top = 0] = new Float64Array(memory(engine).buffer, at, 4);
  const box = place(left, top, right, bottom);
  engine.FPDFText_GetLooseCharBox(textPage, index, at);
  const [looseLeft = 0, looseTop = 0, looseRight = 0, looseBottom = 0] = new Float32Array(
    memory(engine).buffer,
    at,
    4,
  );
  const line = place(looseLeft, looseTop, looseRight, looseBottom);
  return { text, box, size: line.height, object: engine.FPDFText_GetTextObject(textPage, index) };
}

/** From the page's own space to points from the upper left corner of the page as it is shown. */
function placing(
  engine: Pdfium,
  page: number,
  { width, height }: { width: number; height: number },
  at: number,
): (left: number, top: number, right: number, bottom: number) => Box {
  /* The engine answers in whole pixels: of so many to a point, and asked far apart, that nothing is lost. */
  const fine = 64;
  const far = 4096;
  const point = (x: number, y: number): [number, number] => {
    engine.FPDF_PageToDevice(
      page,
      0,
      0,
      Math.round(width * fine),
      Math.round(height * fine),
      0,
      x,
      y,
      at,
      at + 4,
    );
    const [deviceX = 0, deviceY = 0] = new Int32Array(memory(engine).buffer, at, 2);
    return [deviceX / fine, deviceY / fine];
  };
  const [originX, originY] = point(0, 0);
  const [alongX, alongY] = point(far, 0).map(
    (value, axis) => (value - (axis === 0 ? originX : originY)) / far,
  ) as [number, number];
  const [upX, upY] = point(0, far).map((value, axis) => (value - (axis === 0 ? originX : originY)) / far) as [
    number,
    number,
  ];
  return (left, top, right, bottom) => {
    const xs = [left, right].flatMap((x) => [top, bottom].map((y) => originX + alongX * x + upX * y));
    const ys = [left, right].flatMap((x) => [top, bottom].map((y) => originY + alongY * x + upY * y));
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
  };
}

/** A new line, or a gap that nobody leaves within a word. */
function isApart(last: Character, next: Character): boolean {
  const high = Math.max(last.size, next.size, 1);
  const level = Math.abs(last.box.y + last.box.height / 2 - (next.box.y + next.box.height / 2)) < high * 0.8;
  const gap = next.box.x - (last.box.x + last.box.width);
  return !level || gap > high * 0.6 || gap < -high * 2;
}

function joined(run: readonly Character[], ends: boolean): Piece {
  return {
    text: run
      .map(({ text }) => text)
      .join('')
      .normalize('NFC'),
    box: around(run.map(({ box }) => box)),
    size: Math.max(...run.map(({ size }) => size)),
    ends,
  };
}

/** The smallest box around several. */
export function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}
