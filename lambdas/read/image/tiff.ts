import { Refused } from '../refusal.ts';
import type { Picture, Strip } from './wrap.ts';

/* The pages of a TIFF: faxes and scans. Strips and tiles stay as they are packed; the PDF engine unpacks them. */

const MOST_PAGES = 1000;
const MOST_TAGS = 500;
const MOST_VALUES = 100_000;
const SIZES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 5: 8 };

type Tags = ReadonlyMap<number, readonly number[]>;

/** Throws `Refused` for what is damaged, or packed in a way that nobody reads. */
export function tiffOf(bytes: Uint8Array): Picture[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const file = reader(view);
  const pictures: Picture[] = [];
  const seen = new Set<number>();
  for (let at = file.long(4); at !== 0; ) {
    if (seen.has(at) || seen.size >= MOST_PAGES) throw new Refused('damaged');
    seen.add(at);
    const { tags, next } = directoryAt(file, at);
    // A small picture of the next page is no page.
    if (((tags.get(254)?.[0] ?? 0) & 1) === 0) pictures.push(pictureOf(view, tags));
    at = next;
  }
  if (pictures.length === 0) throw new Refused('damaged');
  return pictures;
}

interface Reader {
  short(at: number): number;
  long(at: number): number;
  byte(at: number): number;
}

function reader(view: Buffer): Reader {
  const little = view[0] === 0x49;
  const within = (at: number, size: number) => {
    if (at < 0 || at + size > view.length) throw new Refused('damaged');
    return view;
  };
  return {
    byte: (at) => within(at, 1)[at] ?? 0,
    short: (at) => (little ? within(at, 2).readUInt16LE(at) : within(at, 2).readUInt16BE(at)),
    long: (at) => (little ? within(at, 4).readUInt32LE(at) : within(at, 4).readUInt32BE(at)),
  };
}

function directoryAt(file: Reader, at: number): { tags: Tags; next: number } {
  const count = file.short(at);
  if (count > MOST_TAGS) throw new Refused('damaged');
  const tags = new Map<number, readonly number[]>();
  for (let entry = 0; entry < count; entry += 1) {
    const from = at + 2 + entry * 12;
    tags.set(file.short(from), valuesOf(file, file.short(from + 2), file.long(from + 4), from + 8));
  }
  return { tags, next: file.long(at + 2 + count * 12) };
}

function valuesOf(file: Reader, type: number, count: number, at: number): number[] {
  const size = SIZES[type === 7 ? 1 : type];
  if (!size) return [];
  if (count > MOST_VALUES) throw new Refused('damaged');
  const from = size * count <= 4 ? at : file.long(at);
  return Array.from({ length: count }, (_, index) => {
    const place = from + index * size;
    if (size === 1) return file.byte(place);
    if (size === 2) return file.short(place);
    return size === 4 ? file.long(place) : file.long(place) / Math.max(1, file.long(place + 4));
  });
}

function pictureOf(view: Buffer, tags: Tags): Picture {
  const one = (tag: number, otherwise: number) => tags.get(tag)?.[0] ?? otherwise;
  const [width, height] = [one(256, 0), one(257, 0)];
  const tiled = tags.has(324);
  const offsets = tags.get(tiled ? 324 : 273) ?? [];
  const lengths = tags.get(tiled ? 325 : 279) ?? [];
  const [partWidth, partHeight] = tiled
    ? [one(322, width), one(323, height)]
    : [width, Math.min(height, one(278, height))];
  const across = Math.max(1, Math.ceil(width / Math.max(1, partWidth)));
  if (width === 0 || height === 0 || partHeight === 0 || offsets.length === 0) throw new Refused('damaged');
  const samples = one(277, 1);
  if (samples > 1 && one(284, 1) === 2) throw new Refused('unknown-type');
  const strips = offsets.map((offset, index): Strip => {
    const y = Math.floor(index / across) * partHeight;
    const data = view.subarray(offset, offset + (lengths[index] ?? 0));
    if (data.length === 0 || y >= height) throw new Refused('damaged');
    return {
      x: (index % across) * partWidth,
      y,
      width: partWidth,
      height: tiled ? partHeight : Math.min(partHeight, height - y),
      data: packedAs(one(259, 1), one(266, 1) === 2 ? reversed(data) : data, tags),
    };
  });
  const unit = one(296, 2) === 3 ? 2.54 : 1;
  return {
    width,
    height,
    dpi: [one(282, 0) * unit, one(283, one(282, 0)) * unit],
    turn: ({ 3: 180, 6: 90, 8: 270 } as Record<number, number>)[one(274, 1)] ?? 0,
    dictionary: (strip) => dictionaryOf(strip, tags),
    strips,
  };
}

const JPEG = 7;

/** The tables that all strips of a JPEG share stand in a tag of their own. */
function packedAs(compression: number, data: Uint8Array, tags: Tags): Uint8Array {
  const tables = tags.get(347);
  if (compression !== JPEG || !tables || tables.length < 5) return data;
  return Buffer.concat([Buffer.from(tables.slice(0, -2)), data.subarray(2)]);
}

function reversed(data: Uint8Array): Uint8Array {
  return data.map((byte) => {
    let out = 0;
    for (let bit = 0; bit < 8; bit += 1) if (byte & (1 << bit)) out |= 0x80 >> bit;
    return out;
  });
}

function dictionaryOf({ width, height }: Strip, tags: Tags): string {
  const one = (tag: number, otherwise: number) => tags.get(tag)?.[0] ?? otherwise;
  const [compression, bits, samples, meaning] = [one(259, 1), one(258, 1), one(277, 1), one(262, 1)];
  const filter = filterOf(compression, one(292, 0), width, height);
  const WHITE_IS_ZERO = 0;
  const fax = compression >= 2 && compression <= 4;
  // A fax decodes to black on white by itself, whichever of the two is called zero.
  const inverted = (meaning === WHITE_IS_ZERO) !== fax && samples === 1 && meaning < 2;
  const predictor =
    one(317, 1) === 2
      ? `/DecodeParms<</Predictor 2/Colors ${samples}/BitsPerComponent ${bits}/Columns ${width}>>`
      : '';
  return `/ColorSpace${colours(meaning, samples, bits, tags)}/BitsPerComponent ${bits}${filter}${predictor}${inverted ? '/Decode[1 0]' : ''}`;
}

function filterOf(compression: number, options: number, width: number, height: number): string {
  const fax = (k: number, more = '') =>
    `/Filter/CCITTFaxDecode/DecodeParms<</K ${k}/Columns ${width}/Rows ${height}${more}>>`;
  switch (compression) {
    case 1:
      return '';
    case 2:
      return fax(0, '/EncodedByteAlign true/EndOfBlock false');
    case 3:
      return fax(options & 1 ? 4 : 0, `${options & 4 ? '/EncodedByteAlign true' : ''}/EndOfBlock false`);
    case 4:
      return fax(-1, '/EndOfBlock false');
    case 5:
      return '/Filter/LZWDecode';
    case JPEG:
      return '/Filter/DCTDecode';
    case 8:
    case 32946:
      return '/Filter/FlateDecode';
    case 32773:
      return '/Filter/RunLengthDecode';
    default:
      throw new Refused('unknown-type');
  }
}

function colours(meaning: number, samples: number, bits: number, tags: Tags): string {
  const PALETTE = 3;
  if (meaning === PALETTE) {
    const map = tags.get(320) ?? [];
    const count = 2 ** bits;
    if (map.length < count * 3) throw new Refused('damaged');
    const hex = Array.from({ length: count }, (_, index) =>
      [0, 1, 2]
        .map((part) => (((map[part * count + index] ?? 0) >> 8) & 0xff).toString(16).padStart(2, '0'))
        .join(''),
    );
    return `[/Indexed/DeviceRGB ${count - 1}<${hex.join('')}>]`;
  }
  if (samples === 1) return '/DeviceGray';
  if (samples === 3) return '/DeviceRGB';
  if (samples === 4 && meaning === 5) return '/DeviceCMYK';
  throw new Refused('unknown-type');
}
