import { inflateSync } from 'node:zlib';
import { inflated } from '../office/zip.ts';
import { Refused } from '../refusal.ts';
import type { Picture } from './wrap.ts';

/* A PNG as a picture to draw. Its pixels are unpacked once, to know that they are all there and no more; alpha is laid on white. */

interface Header {
  width: number;
  height: number;
  bits: number;
  colour: number;
  interlaced: boolean;
}

const PALETTE = 3;
const GREY_ALPHA = 4;
const ALPHA = 6;
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Undefined if it is interlaced: then somebody else must unravel it. */
export function pngOf(bytes: Uint8Array): Picture | undefined {
  const chunks = chunksOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const { width, height, bits, colour, interlaced } = pngSize(bytes);
  if (interlaced) return undefined;
  const samples = SAMPLES[colour] ?? 1;
  const row = Math.ceil((width * samples * bits) / 8);
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ body }) => body));
  const raw = inflated(() => inflateSync(packed, { maxOutputLength: (row + 1) * height + 1 }));
  if (raw.length !== (row + 1) * height) throw new Refused('damaged');
  const density = chunks.find(({ type }) => type === 'pHYs')?.body;
  const dpi =
    density?.[8] === 1
      ? ([0, 4].map((at) => density.readUInt32BE(at) * 0.0254) as [number, number])
      : undefined;
  const picture = { width, height, ...(dpi ? { dpi } : {}) };
  const whole = { x: 0, y: 0, width, height };
  if (colour === ALPHA || colour === GREY_ALPHA) {
    const data = onWhite(unfiltered(raw, row, (samples * bits) / 8), samples, bits / 8);
    const colours = colour === ALPHA ? '/DeviceRGB' : '/DeviceGray';
    return {
      ...picture,
      dictionary: () => `/ColorSpace${colours}/BitsPerComponent 8`,
      strips: [{ ...whole, data }],
    };
  }
  const palette = chunks.find(({ type }) => type === 'PLTE')?.body;
  if (colour === PALETTE && !palette) throw new Refused('damaged');
  const colours =
    palette && colour === PALETTE
      ? `[/Indexed/DeviceRGB ${Math.floor(palette.length / 3) - 1}<${palette.toString('hex')}>]`
      : samples === 3
        ? '/DeviceRGB'
        : '/DeviceGray';
  const parameters = `/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors ${samples}/BitsPerComponent ${bits}/Columns ${width}>>`;
  return {
    ...picture,
    dictionary: () => `/ColorSpace${colours}/BitsPerComponent ${bits}${parameters}`,
    strips: [{ ...whole, data: packed }],
  };
}

export function pngSize(bytes: Uint8Array): Header {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 33 || view.toString('latin1', 12, 16) !== 'IHDR') throw new Refused('damaged');
  return {
    width: view.readUInt32BE(16),
    height: view.readUInt32BE(20),
    bits: view[24] ?? 8,
    colour: view[25] ?? 0,
    interlaced: view[28] === 1,
  };
}

function chunksOf(view: Buffer): { type: string; body: Buffer }[] {
  const chunks: { type: string; body: Buffer }[] = [];
  for (let at = 8; at + 12 <= view.length; ) {
    const length = view.readUInt32BE(at);
    const type = view.toString('latin1', at + 4, at + 8);
    if (at + 12 + length > view.length) throw new Refused('damaged');
    chunks.push({ type, body: view.subarray(at + 8, at + 8 + length) });
    if (type === 'IEND') return chunks;
    at += 12 + length;
  }
  throw new Refused('damaged');
}

/** Undoes what each row says of the one above and of the pixel before. */
function unfiltered(raw: Buffer, row: number, pixel: number): Uint8Array {
  const rows = raw.length / (row + 1);
  const out = new Uint8Array(row * rows);
  for (let y = 0; y < rows; y += 1) {
    const kind = raw[y * (row + 1)] ?? 0;
    for (let x = 0; x < row; x += 1) {
      const at = y * row + x;
      const left = x >= pixel ? (out[at - pixel] ?? 0) : 0;
      const up = y > 0 ? (out[at - row] ?? 0) : 0;
      const corner = x >= pixel && y > 0 ? (out[at - row - pixel] ?? 0) : 0;
      out[at] = (raw[y * (row + 1) + 1 + x] ?? 0) + guess(kind, left, up, corner);
    }
  }
  return out;
}

function guess(kind: number, left: number, up: number, corner: number): number {
  if (kind === 1) return left;
  if (kind === 2) return up;
  if (kind === 3) return (left + up) >> 1;
  if (kind !== 4) return 0;
  const estimate = left + up - corner;
  const [toLeft, toUp, toCorner] = [
    Math.abs(estimate - left),
    Math.abs(estimate - up),
    Math.abs(estimate - corner),
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** The last sample of each pixel says how much of it covers the paper. `bytes` is that of a sample. */
function onWhite(pixels: Uint8Array, samples: number, bytes: number): Uint8Array {
  const colours = samples - 1;
  const count = Math.floor(pixels.length / (samples * bytes));
  const out = new Uint8Array(count * colours);
  for (let index = 0; index < count; index += 1) {
    const from = index * samples * bytes;
    const alpha = (pixels[from + colours * bytes] ?? 255) / 255;
    for (let sample = 0; sample < colours; sample += 1)
      out[index * colours + sample] = Math.round(
        (pixels[from + sample * bytes] ?? 0) * alpha + 255 * (1 - alpha),
      );
  }
  return out;
}
