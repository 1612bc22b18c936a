import { inflateSync } from 'node:zlib';
import { MOST_UNPACKED } from '../bounds.ts';

/*
 * The names in a PDF, its packed objects included: what it can do is told by them, however the file hides it. A look at
 * the bytes, not a parser: it finds too much rather than too little.
 */

/** `/J#61vaScript` is `/JavaScript`. */
const NAME = /\/((?:[A-Za-z0-9._-]|#[0-9A-Fa-f]{2}){2,40})/g;
const STREAM = /\bstream\r?\n/g;
const MOST_STREAMS = 20_000;

/** What a look finds. */
export interface Found {
  /** Those of the wanted names that stand in the file. */
  names: Set<string>;
  /** Files that lie in it, whether a list has them or not. */
  files: Buffer[];
}

/** `wanted` names, and files. What is not looked into to its end counts as if it held a script. */
export function lookInto(bytes: Uint8Array, wanted: ReadonlySet<string>): Found {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = all.toString('latin1');
  const found: Found = { names: new Set(), files: [] };
  look(withoutStreams(text), wanted, found.names);
  let left = MOST_UNPACKED;
  let streams = 0;
  let end = 0;
  for (const { index, 0: mark } of text.matchAll(STREAM)) {
    streams += 1;
    if (streams > MOST_STREAMS || left <= 0) {
      found.names.add(SCRIPT);
      break;
    }
    const before = meant(
      text
        .slice(Math.max(0, index - LONGEST_DICTIONARY), index)
        .split('endstream')
        .at(-1) ?? '',
    );
    const from = index + mark.length;
    // Looked for once where several streams share it, or have none.
    if (end < from) end = endAfter(text, from);
    const packed = all.subarray(from, end);
    const isFile = /\/EmbeddedFile\b/.test(before);
    // What a stream calls itself is a stranger's word: packed objects begin with their numbers and places.
    const isObjects = OBJECTS.test(unpacked(packed.subarray(0, PEEK), PEEK * 1100).toString('latin1', 0, 64));
    if (before.includes('ObjStm') && OTHER_FILTERS.test(before)) found.names.add(SCRIPT);
    if (!isFile && !isObjects) continue;
    const content = unpacked(packed, left);
    left -= content.length;
    if (isFile) found.files.push(content);
    if (isObjects) look(content.toString('latin1'), wanted, found.names);
  }
  return found;
}

function endAfter(text: string, from: number): number {
  const end = text.indexOf('endstream', from);
  return end < 0 ? text.length : end;
}

const OBJECTS = /^\s*\d+\s+\d+\s/;
/** Bytes of a packed stream that are enough to see how it begins; they unpack to a thousand times as many at most. */
const PEEK = 256;
const OTHER_FILTERS = /\/(?:ASCIIHexDecode|AHx|ASCII85Decode|A85|LZWDecode|LZW|RunLengthDecode|RL|Crypt)\b/;
const SCRIPT = 'JavaScript';
const LONGEST_DICTIONARY = 8192;

const meant = (written: string): string =>
  written.replaceAll(/#([0-9A-Fa-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );

function look(text: string, wanted: ReadonlySet<string>, found: Set<string>): void {
  for (const [, written = ''] of text.matchAll(NAME)) {
    const name = meant(written);
    if (wanted.has(name)) found.add(name);
  }
}

/** Pixels and fonts look like anything. */
function withoutStreams(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const { index, 0: mark } of text.matchAll(STREAM)) {
    if (index < from) continue;
    parts.push(text.slice(from, index));
    const end = text.indexOf('endstream', index + mark.length);
    if (end < 0) return parts.join('\n');
    from = end;
  }
  return [...parts, text.slice(from)].join('\n');
}

function unpacked(content: Buffer, most: number): Buffer {
  try {
    return inflateSync(content, { maxOutputLength: Math.max(1, most), finishFlush: 2 });
  } catch {
    return content;
  }
}
