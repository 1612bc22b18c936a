import { createHmac } from 'node:crypto';
import { sha256 } from '../digest.ts';

/*
 * How alike two texts are, told from short signatures (MinHash over pieces of five signs). Everything is under a key: a signature says
 * nothing to who has not got it.
 */

const PIECE = 5;
const HASHES = 128;
/** Signs of one band: texts with 0.8 of their pieces in common share one of the sixteen with a chance of 0.95. */
const ROWS = 8;
/** Below that a text has too few pieces to say anything. */
const LEAST_PIECES = 40;

/** 128 numbers for a text; undefined for one that is too short. Time is in proportion to the text. */
export function signatureOf(text: string, key: string): Uint32Array | undefined {
  const plain = plainOf(text);
  const pieces = new Set<string>();
  for (let at = 0; at + PIECE <= plain.length; at += 1) pieces.add(plain.slice(at, at + PIECE));
  if (pieces.size < LEAST_PIECES) return undefined;
  const seeds = seedsOf(key);
  const [first = 0] = seeds;
  const least = new Uint32Array(HASHES).fill(0xffffffff);
  for (const piece of pieces) {
    const hash = hashOf(piece, first);
    for (let at = 0; at < HASHES; at += 1) {
      const mixed = mix(hash ^ (seeds[at + 1] ?? 0));
      if (mixed < (least[at] ?? 0)) least[at] = mixed;
    }
  }
  return least;
}

/** Names under which a signature is found again: two texts that are alike have one in common, most likely. */
export function bandsOf(signature: Uint32Array): string[] {
  return Array.from({ length: HASHES / ROWS }, (_, band) =>
    sha256(`${band}|${signature.subarray(band * ROWS, (band + 1) * ROWS).join()}`).slice(0, 32),
  );
}

/** The estimated share of pieces in common, from 0 to 1: off by 0.035 on average at 0.8. */
export function likeness(one: Uint32Array, other: Uint32Array): number {
  let same = 0;
  for (let at = 0; at < HASHES; at += 1) if (one[at] === other[at]) same += 1;
  return same / HASHES;
}

/** As text for a row, and back. */
export function packed(signature: Uint32Array): string {
  return Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength).toString('base64');
}

export function unpacked(text: string): Uint32Array {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  return new Uint32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
}

/** Letters and digits count, and where words part. */
function plainOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

let known: { key: string; seeds: Uint32Array } | undefined;

function seedsOf(key: string): Uint32Array {
  if (known?.key === key) return known.seeds;
  const seeds = new Uint32Array(HASHES + 1);
  for (let at = 0; at < seeds.length; at += 1)
    seeds[at] = createHmac('sha256', key).update(`likeness|${at}`).digest().readUInt32LE();
  known = { key, seeds };
  return seeds;
}

function hashOf(piece: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < piece.length; at += 1) hash = Math.imul(hash ^ piece.charCodeAt(at), 0x01000193);
  return hash;
}

/** The finish of MurmurHash3: each bit of the input changes half of the output's. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
