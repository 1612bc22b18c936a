import { Refused } from '../refusal.ts';
import type { Picture } from './wrap.ts';

/* What a JPEG says of itself, so that it can be drawn as it is. */

/** Degrees by the values of EXIF's orientation; mirrored ones are as rare as they are unreadable. */
const TURNS: Readonly<Record<number, number>> = { 3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270 };

interface Facts {
  width: number;
  height: number;
  components: number;
  dpi?: readonly [number, number];
  turn: number;
  adobe: boolean;
}

export function jpegOf(bytes: Uint8Array): Picture {
  const { width, height, components, dpi, turn, adobe } = factsOf(Buffer.from(bytes));
  const colours = components === 1 ? '/DeviceGray' : components === 4 ? '/DeviceCMYK' : '/DeviceRGB';
  // Adobe's four colours are written as their opposite.
  const inverted = components === 4 && adobe ? '/Decode[1 0 1 0 1 0 1 0]' : '';
  return {
    width,
    height,
    turn,
    ...(dpi ? { dpi } : {}),
    dictionary: () => `/ColorSpace${colours}/BitsPerComponent 8/Filter/DCTDecode${inverted}`,
    strips: [{ x: 0, y: 0, width, height, data: bytes }],
  };
}

function factsOf(bytes: Buffer): Facts {
  const facts = { turn: 0, adobe: false } as Partial<Facts> & { turn: number; adobe: boolean };
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw new Refused('damaged');
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (isFrame(marker)) {
      if (body.length < 6) throw new Refused('damaged');
      return {
        ...facts,
        height: body.readUInt16BE(1),
        width: body.readUInt16BE(3),
        components: body[5] ?? 3,
      };
    }
    if (marker === 0xe0) Object.assign(facts, densityOf(body));
    else if (marker === 0xe1) facts.turn = turnOf(body);
    else if (marker === 0xee) facts.adobe = body.toString('latin1', 0, 5) === 'Adobe';
    at += 2 + length;
  }
  throw new Refused('damaged');
}

const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function densityOf(body: Buffer): { dpi?: readonly [number, number] } {
  if (body.toString('latin1', 0, 4) !== 'JFIF' || body.length < 12) return {};
  const factor = body[7] === 1 ? 1 : body[7] === 2 ? 2.54 : 0;
  return factor === 0 ? {} : { dpi: [body.readUInt16BE(8) * factor, body.readUInt16BE(10) * factor] };
}

const ORIENTATION = 0x0112;

function turnOf(body: Buffer): number {
  if (body.toString('latin1', 0, 4) !== 'Exif' || body.length < 16) return 0;
  const tiff = body.subarray(6);
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) =>
    at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const start = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  for (let entry = 0; entry < Math.min(short(start), 100); entry += 1) {
    const at = start + 2 + entry * 12;
    if (short(at) === ORIENTATION) return TURNS[short(at + 8)] ?? 0;
  }
  return 0;
}
