import { inflateRawSync } from 'node:zlib';
import { MOST_PARTS, MOST_RATIO, MOST_UNPACKED } from '../bounds.ts';
import { Refused } from '../refusal.ts';

/* A zip archive as office files are: read by its directory, each entry unpacked only when asked for, never beyond its bound. */

export interface Zip {
  readonly names: readonly string[];
  /** Undefined if there is no such entry. Throws `Refused` for what is damaged or unpacks to too much. */
  entry(name: string): Uint8Array | undefined;
}

interface Entry {
  method: number;
  packed: number;
  at: number;
}

const DIRECTORY = 0x02014b50;
const END = 0x06054b50;
const LOCAL = 0x04034b50;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
const END_SIZE = 22;
const LONGEST_COMMENT = 65_535;

export function openZip(bytes: Uint8Array): Zip {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = directory(view);
  let left = Math.min(MOST_UNPACKED, Math.max(20 * 1024 * 1024, bytes.length * MOST_RATIO));
  return {
    names: [...entries.keys()],
    entry(name) {
      const entry = entries.get(name);
      if (!entry) return undefined;
      const content = unpacked(view, entry, left);
      left -= content.length;
      return content;
    },
  };
}

function directory(view: Buffer): Map<string, Entry> {
  const end = endOf(view);
  const count = view.readUInt16LE(end + 10);
  let at = view.readUInt32LE(end + 16);
  if (count > MOST_PARTS * 4) throw new Refused('decompression-bomb');
  const entries = new Map<string, Entry>();
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > view.length || view.readUInt32LE(at) !== DIRECTORY) throw new Refused('damaged');
    if (view.readUInt16LE(at + 8) & ENCRYPTED) throw new Refused('encrypted');
    const length = view.readUInt16LE(at + 28);
    const name = view.toString('utf8', at + 46, at + 46 + length);
    entries.set(name.replaceAll('\\', '/').replace(/^\//, ''), {
      method: view.readUInt16LE(at + 10),
      packed: view.readUInt32LE(at + 20),
      at: view.readUInt32LE(at + 42),
    });
    at += 46 + length + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32);
  }
  return entries;
}

/** The directory's end is the last thing in the file, but for a comment. */
function endOf(view: Buffer): number {
  for (let at = view.length - END_SIZE; at >= Math.max(0, view.length - END_SIZE - LONGEST_COMMENT); at -= 1)
    if (view.readUInt32LE(at) === END) return at;
  throw new Refused('damaged');
}

function unpacked(view: Buffer, { at, method, packed }: Entry, most: number): Uint8Array {
  if (at + 30 > view.length || view.readUInt32LE(at) !== LOCAL) throw new Refused('damaged');
  const from = at + 30 + view.readUInt16LE(at + 26) + view.readUInt16LE(at + 28);
  const content = view.subarray(from, from + packed);
  if (content.length < packed) throw new Refused('damaged');
  if (method === STORED) return content;
  if (method !== DEFLATED) throw new Refused('damaged');
  return inflated(() => inflateRawSync(content, { maxOutputLength: Math.max(1, most) }));
}

/** What unpacking says of a bomb and of broken data, in our names. */
export function inflated(unpack: () => Buffer): Buffer {
  try {
    return unpack();
  } catch (error) {
    const tooMuch = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new Refused(tooMuch ? 'decompression-bomb' : 'damaged');
  }
}
