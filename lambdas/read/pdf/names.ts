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

/** Those of `wanted` that stand in the file. */
export function namesIn(bytes: Uint8Array, wanted: ReadonlySet<string>): Set<string> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = all.toString('latin1');
  const found = new Set<string>();
  look(withoutStreams(text), wanted, found);
  let left = MOST_UNPACKED;
  let streams = 0;
  for (const { index, 0: mark } of text.matchAll(STREAM)) {
    streams += 1;
    if (streams > MOST_STREAMS || left <= 0) break;
    const dictionary = dictionaryBefore(text, index);
    // Only streams of objects hold names that count.
    if (dictionary !== undefined && !dictionary.includes('ObjStm')) continue;
    if (OTHER_FILTERS.test(dictionary ?? '')) found.add(SCRIPT);
    const from = index + mark.length;
    const end = text.indexOf('endstream', from);
    const content = unpacked(all.subarray(from, end < 0 ? undefined : end), left);
    left -= content.length;
    look(content, wanted, found);
  }
  return found;
}

/** What packs objects in a way that is not looked into counts as if it held a script. */
const OTHER_FILTERS = /\/(?:ASCIIHexDecode|AHx|ASCII85Decode|A85|LZWDecode|LZW|RunLengthDecode|RL|Crypt)\b/;
const SCRIPT = 'JavaScript';
const LONGEST_DICTIONARY = 8192;

/** With its names as they are meant. Undefined where it begins too far before: then the stream may be anything. */
function dictionaryBefore(text: string, index: number): string | undefined {
  const window = text.slice(Math.max(0, index - LONGEST_DICTIONARY), index);
  const start = window.lastIndexOf(' obj');
  return start < 0 ? undefined : meant(window.slice(start));
}

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

function unpacked(content: Buffer, most: number): string {
  try {
    return inflateSync(content, { maxOutputLength: Math.max(1, most), finishFlush: 2 }).toString('latin1');
  } catch {
    return content.toString('latin1');
  }
}
