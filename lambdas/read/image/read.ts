import { MOST_PIXELS, MOST_PIXELS_IN_ALL } from '../bounds.ts';
import type { Context, Draft } from '../draft.ts';
import { openPdf } from '../pdf/document.ts';
import { readPages } from '../pdf/read.ts';
import { Refused } from '../refusal.ts';
import { pngOf, pngSize } from './decode-png.ts';
import { jpegOf } from './jpeg.ts';
import { tiffOf } from './tiff.ts';
import { type Picture, pdfOf } from './wrap.ts';

/* Pictures of pages: photographs, scans, faxes. */

export type Format = 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp';

export async function readImage(bytes: Uint8Array, format: Format, context: Context): Promise<Draft> {
  return readPictures([await pictureIn(bytes, format, context)], 'image', context);
}

export const readTiff = (bytes: Uint8Array, context: Context): Promise<Draft> =>
  readPictures(tiffOf(bytes), 'tiff', context);

async function readPictures(
  pictures: readonly Picture[],
  type: 'image' | 'tiff',
  context: Context,
): Promise<Draft> {
  for (const { width, height } of pictures) bounded(width, height);
  if (pictures.reduce((sum, { width, height }) => sum + width * height, 0) > MOST_PIXELS_IN_ALL)
    throw new Refused('too-many-pixels');
  const pdf = await openPdf(pdfOf(pictures));
  context.onClose(() => pdf.close());
  return { ...(await readPages(pdf, context)), type };
}

/** Before anything is unpacked. */
function bounded(width: number, height: number): void {
  if (width < 1 || height < 1) throw new Refused('damaged');
  if (width * height > MOST_PIXELS) throw new Refused('too-many-pixels');
}

async function pictureIn(bytes: Uint8Array, format: Format, context: Context): Promise<Picture> {
  if (format === 'jpeg') return jpegOf(bytes);
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { width, height } = SIZES[format](view);
  bounded(width, height);
  const direct = format === 'png' ? pngOf(bytes) : undefined;
  if (direct) return direct;
  const converted = (await context.ocr()).toPng(bytes);
  const picture = converted && pngOf(converted);
  if (!picture) throw new Refused('damaged');
  return picture;
}

interface Size {
  width: number;
  height: number;
}

const SIZES: Readonly<Record<Exclude<Format, 'jpeg'>, (view: Buffer) => Size>> = {
  png: pngSize,
  gif: (view) => needs(view, 10) && { width: view.readUInt16LE(6), height: view.readUInt16LE(8) },
  bmp: (view) =>
    needs(view, 26) && { width: Math.abs(view.readInt32LE(18)), height: Math.abs(view.readInt32LE(22)) },
  webp: sizeOfWebp,
};

function needs(view: Buffer, bytes: number): true {
  if (view.length < bytes) throw new Refused('damaged');
  return true;
}

function sizeOfWebp(view: Buffer): Size {
  needs(view, 30);
  const kind = view.toString('latin1', 12, 16);
  if (kind === 'VP8X') return { width: 1 + view.readUIntLE(24, 3), height: 1 + view.readUIntLE(27, 3) };
  if (kind === 'VP8L') {
    const bits = view.readUInt32LE(21);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  }
  return { width: view.readUInt16LE(26) & 0x3fff, height: view.readUInt16LE(28) & 0x3fff };
}
