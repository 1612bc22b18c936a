import { crc32 } from 'node:zlib';
import { encodePng } from '../../lambdas/read/image/png.ts';
import { openPdf } from '../../lambdas/read/pdf/document.ts';
import { type Bitmap, render } from '../../lambdas/read/pdf/render.ts';
import { wordsOf } from '../../lambdas/read/pdf/seen.ts';
import { piecesOf } from '../../lambdas/read/pdf/words.ts';
import { line, pdfFile } from './pdf.ts';

/*
 * Invoices that nobody wrote, as scanners and telephones give them: the same ones each time, with what stands on them and where.
 */

export interface TrueWord {
  text: string;
  /** Of its ink, in points from the upper left corner. */
  x: number;
  y: number;
}

export interface Scan {
  /** A PNG. */
  picture: Uint8Array;
  words: readonly TrueWord[];
}

export const KINDS = ['clean', 'grey', 'rotated', 'jpeg', 'columns'] as const;
export type Kind = (typeof KINDS)[number];

const DPI: Readonly<Record<Kind, number>> = { clean: 300, grey: 150, rotated: 150, jpeg: 150, columns: 150 };
const SKEW = 2;

function random(seed: number): () => number {
  let state = seed * 2_654_435_761 + 12_345;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const COMPANIES = [
  'Northgate Paper',
  'Harbour Lights',
  'Bluefield Tools',
  'Summit Catering',
  'Oakwood Print',
  'Riverside Cleaning',
];
const STREETS = ['Mill Lane', 'Station Road', 'Church Street', 'Market Square', 'Queens Avenue'];
const GOODS = [
  'Copy paper',
  'Desk lamp',
  'Office chair',
  'Printer ink',
  'Window cleaning',
  'Sandwich tray',
  'Steel shelf',
  'Safety gloves',
  'Parking sign',
  'Envelope box',
];
const TERMS = [
  'Payment is due within thirty days of the date',
  'of this invoice without any deduction. Late',
  'payment is charged with eight percent a year',
  'above the base rate. The goods stay ours until',
  'they are paid for in full. Complaints about',
  'visible faults are to be made within ten days',
  'of delivery and in writing. Returns need our',
  'consent. Place of performance is our seat. The',
  'law of the country of the seller applies here.',
];

/** The page of invoice number `seed`: lines of text with their places. */
function invoice(seed: number, columns: boolean): string {
  const next = random(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T;
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(next() * 10)).join('');
  const money = (most: number) => (next() * most + 1).toFixed(2);
  const content = [
    line(`${pick(COMPANIES)} Ltd`, 60, 780, 16),
    line(`${1 + Math.floor(next() * 200)} ${pick(STREETS)}, Springfield`, 60, 762, 10),
    line(`Invoice number: ${digits(2)}-${digits(6)}`, 340, 780, 11),
    line(`Invoice date: 2026-0${1 + Math.floor(next() * 9)}-1${digits(1)}`, 340, 764, 11),
    line(`Customer: ${digits(7)}`, 340, 748, 11),
    line('Description', 60, 690, 10),
    line('Quantity', 300, 690, 10),
    line('Price', 400, 690, 10),
    line('Amount', 490, 690, 10),
    '0.5 w 60 684 m 540 684 l S',
  ];
  const count = 6 + Math.floor(next() * 8);
  for (let row = 0; row < count; row += 1) {
    const y = 668 - row * 18;
    content.push(line(pick(GOODS), 60, y, 10), line(String(1 + Math.floor(next() * 40)), 300, y, 10));
    content.push(line(money(200), 400, y, 10), line(money(2000), 490, y, 10));
  }
  const y = 640 - count * 18;
  content.push(line('Total amount due', 340, y, 12), line(`${money(9000)} EUR`, 470, y, 12));
  content.push(
    line(
      `Please pay to IBAN DE${digits(2)} ${digits(4)} ${digits(4)} ${digits(4)} ${digits(4)} ${digits(2)}`,
      60,
      y - 40,
      10,
    ),
  );
  const terms = columns ? TERMS : TERMS.slice(0, 4);
  for (const [at, text] of terms.entries()) content.push(line(text, 60, y - 80 - at * 13, 9));
  if (columns)
    for (const [at, text] of TERMS.toReversed().entries()) content.push(line(text, 320, y - 80 - at * 13, 9));
  return content.join('\n');
}

/** Invoice `seed` as a picture of that kind, with its true words: those of the paper before it was scanned. */
export async function scanOf(seed: number, kind: Kind): Promise<Scan> {
  const { bitmap, words } = await bitmapOf(seed, kind);
  return { picture: withDpi(encodePng(bitmap), DPI[kind]), words };
}

/** The same before it is a file. `skew` is by how much it lies askew. */
export async function bitmapOf(
  seed: number,
  kind: Kind,
  skew = kind === 'rotated' ? SKEW : 0,
): Promise<{ bitmap: Bitmap; words: TrueWord[] }> {
  const pdf = await openPdf(pdfFile({ pages: [invoice(seed, kind === 'columns')] }));
  try {
    return await pdf.withPage(0, async (page, size) => {
      const words = wordsOf(piecesOf(pdf.engine, page, size)).map(({ text, box }) => ({
        text,
        x: box.x + box.width / 2,
        y: box.y + box.height / 2,
      }));
      const view = { page: size, turn: 0, skew };
      const drawn = render(pdf.engine, page, { view, scale: DPI[kind] / 72, grey: true });
      const bitmap =
        kind === 'clean' || kind === 'columns'
          ? drawn
          : kind === 'jpeg'
            ? asJpeg(drawn)
            : grained(drawn, seed);
      return { bitmap, words };
    });
  } finally {
    pdf.close();
  }
}

/** A page with these lines of text, at 110 dots to an inch, as approvers see pages. */
export async function bitmapWith(lines: readonly string[]): Promise<Bitmap> {
  const pdf = await openPdf(
    pdfFile({ pages: [lines.map((text, at) => line(text, 72, 720 - 30 * at, 14)).join('\n')] }),
  );
  try {
    return await pdf.withPage(0, async (page, size) =>
      render(pdf.engine, page, { view: { page: size, turn: 0, skew: 0 }, scale: 110 / 72, grey: true }),
    );
  } finally {
    pdf.close();
  }
}

/** A PNG of a few lines that no machine reads for certain: pale, and full of grain. */
export async function hardToRead(lines: readonly string[]): Promise<Uint8Array> {
  const { width, data } = await bitmapWith(lines);
  const next = random(7);
  const [from, height] = [120, 300];
  const pale = data.slice(from * width, (from + height) * width);
  const grainy = pale.map((value) =>
    Math.max(0, Math.min(255, 128 + (value - 128) * 0.4 + (next() - 0.5) * 140)),
  );
  return encodePng({ width, height, channels: 1, data: grainy });
}

/** Paper that is not white, ink that is not black, and grain. */
function grained(bitmap: Bitmap, seed: number): Bitmap {
  const next = random(seed + 1000);
  return {
    ...bitmap,
    data: bitmap.data.map((value) => Math.max(0, Math.min(255, 25 + value * 0.85 + (next() - 0.5) * 40))),
  };
}

/** What strong compression leaves: the frequencies of each block of 8 by 8, coarsely rounded. */
function asJpeg(bitmap: Bitmap): Bitmap {
  const { width, height, data } = bitmap;
  const out = data.slice();
  const block = new Float64Array(64);
  for (let top = 0; top + 8 <= height; top += 8)
    for (let left = 0; left + 8 <= width; left += 8) {
      for (let at = 0; at < 64; at += 1)
        block[at] = (data[(top + (at >> 3)) * width + left + (at & 7)] ?? 0) - 128;
      const seen = transformed(rounded(transformed(block, false)), true);
      for (let at = 0; at < 64; at += 1)
        out[(top + (at >> 3)) * width + left + (at & 7)] = Math.max(
          0,
          Math.min(255, Math.round((seen[at] ?? 0) + 128)),
        );
    }
  return { ...bitmap, data: out };
}

const COSINES = Array.from({ length: 64 }, (_, at) => {
  const scale = at >> 3 === 0 ? Math.SQRT1_2 / 2 : 0.5;
  return scale * Math.cos((((at & 7) * 2 + 1) * (at >> 3) * Math.PI) / 16);
});

function transformed(block: Float64Array, back: boolean): Float64Array {
  const cosine = (a: number, b: number) => COSINES[back ? b * 8 + a : a * 8 + b] ?? 0;
  const half = new Float64Array(64);
  const out = new Float64Array(64);
  for (let row = 0; row < 8; row += 1)
    for (let to = 0; to < 8; to += 1)
      for (let from = 0; from < 8; from += 1)
        half[row * 8 + to] = (half[row * 8 + to] ?? 0) + cosine(to, from) * (block[row * 8 + from] ?? 0);
  for (let column = 0; column < 8; column += 1)
    for (let to = 0; to < 8; to += 1)
      for (let from = 0; from < 8; from += 1)
        out[to * 8 + column] =
          (out[to * 8 + column] ?? 0) + cosine(to, from) * (half[from * 8 + column] ?? 0);
  return out;
}

/** About quality 40: the higher the frequency, the coarser. */
const rounded = (block: Float64Array): Float64Array =>
  block.map((value, at) => {
    const step = 16 + 7 * ((at >> 3) + (at & 7));
    return Math.round(value / step) * step;
  });

/** A PNG that says how many pixels it has to an inch: behind its header. */
function withDpi(png: Uint8Array, dpi: number): Uint8Array {
  const body = Buffer.alloc(13);
  body.write('pHYs', 0, 'latin1');
  const perMetre = Math.round(dpi / 0.0254);
  body.writeUInt32BE(perMetre, 4);
  body.writeUInt32BE(perMetre, 8);
  body[12] = 1;
  const length = Buffer.from([0, 0, 0, 9]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), length, body, check, png.subarray(33)]);
}
