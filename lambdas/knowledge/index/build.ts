import { sha256 } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import type { Piece } from './chunk.ts';
import { ALIGNED, FORMAT, type Header, MAGIC, SECTIONS, type Section } from './format.ts';
import { type Language, languageOf, termsIn } from './terms.ts';

/** A passage of a document, as it is put into an index. */
export interface Chunk extends Piece {
  /** The document's path below the collection's folder. */
  source: string;
  /** What the document is called: its first heading, or its file. */
  title: string;
}

export interface Embeddings {
  /** Endpoint and model: vectors of another one are not compared with these. */
  endpoint: string;
  model: string;
  /** One for each chunk, in order, of one length. */
  vectors: readonly ArrayLike<number>[];
}

/** Passages of one collection. More are more than a function holds beside its work. */
export const MOST_CHUNKS = 60_000;
const MOST_TIMES = 255;

/**
 * The index of a collection as one file: the same chunks give the same bytes.
 * @throws SystemError above `MOST_CHUNKS`, or where vectors do not fit the chunks
 */
export function buildIndex(chunks: readonly Chunk[], embeddings?: Embeddings): Buffer {
  if (chunks.length > MOST_CHUNKS)
    throw new SystemError(
      `a collection has at most ${MOST_CHUNKS} passages, and this one has ${chunks.length}: make several collections of it`,
    );
  const language = languageOf(chunks.map(({ text }) => text));
  const sources = [...new Set(chunks.map(({ source }) => source))];
  const sourceAt = new Map(sources.map((source, at) => [source, at]));
  const words = wordsOf(chunks, language);
  const vectors = embeddings && quantised(embeddings.vectors, chunks.length);
  const sections: Record<Section, Uint8Array> = {
    ...words.sections,
    ...blobs(
      'texts',
      'textEnds',
      chunks.map(({ text }) => text),
    ),
    ...blobs(
      'places',
      'placeEnds',
      chunks.map(({ place }) => place),
    ),
    sourceOf: bytes(Uint32Array.from(chunks, ({ source }) => sourceAt.get(source) ?? 0)),
    vectors: bytes(vectors?.values ?? new Int8Array()),
    scales: bytes(vectors?.scales ?? new Float32Array()),
    signs: bytes(vectors?.signs ?? new Uint32Array()),
  };
  const lengths = Object.fromEntries(SECTIONS.map((name) => [name, sections[name].byteLength]));
  const header: Header = {
    ...{ format: FORMAT, language, sources, chunks: chunks.length, meanLength: words.meanLength },
    version: versionOf(chunks, embeddings),
    ...(vectors && embeddings
      ? { dimensions: vectors.dimensions, endpoint: embeddings.endpoint, model: embeddings.model }
      : {}),
    lengths: lengths as Header['lengths'],
  };
  return file(
    header,
    SECTIONS.map((name) => sections[name]),
  );
}

/** Names what was put in, so that an unchanged collection is not written again. */
export function versionOf(
  chunks: readonly Chunk[],
  embeddings?: Pick<Embeddings, 'endpoint' | 'model'>,
): string {
  const { endpoint = '', model = '' } = embeddings ?? {};
  const all = chunks.map(({ source, title, place, text }) => [source, title, place, text]);
  return sha256(JSON.stringify([FORMAT, endpoint, model, all])).slice(0, 16);
}

function wordsOf(chunks: readonly Chunk[], language: Language) {
  const postings = new Map<string, { chunks: number[]; times: number[] }>();
  const lengths = new Uint32Array(chunks.length);
  for (const [at, { title, place, text }] of chunks.entries()) {
    const terms = termsIn(`${title}\n${place}\n${text}`, language);
    lengths[at] = terms.length;
    const times = new Map<string, number>();
    for (const term of terms) times.set(term, (times.get(term) ?? 0) + 1);
    for (const [term, count] of times) {
      const known = postings.get(term) ?? { chunks: [], times: [] };
      known.chunks.push(at);
      known.times.push(Math.min(MOST_TIMES, count));
      postings.set(term, known);
    }
  }
  const vocabulary = [...postings.keys()].map((term) => Buffer.from(term)).sort(Buffer.compare);
  const size = [...postings.values()].reduce((sum, it) => sum + it.chunks.length, 0);
  const [chunkOf, timesOf] = [new Uint32Array(size), new Uint8Array(size)];
  const ends = new Uint32Array(vocabulary.length);
  let at = 0;
  for (const [index, term] of vocabulary.entries()) {
    const { chunks: held = [], times = [] } = postings.get(term.toString()) ?? {};
    chunkOf.set(held, at);
    timesOf.set(times, at);
    at += held.length;
    ends[index] = at;
  }
  return {
    meanLength: lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, chunks.length),
    sections: {
      ...joined('terms', 'termEnds', vocabulary),
      postingEnds: bytes(ends),
      postingChunks: bytes(chunkOf),
      postingTimes: bytes(timesOf),
      lengths: bytes(lengths),
    },
  };
}

/** A byte for each dimension, and what the largest stands for: a quarter of the memory, and the order hardly changes. */
function quantised(vectors: readonly ArrayLike<number>[], chunks: number) {
  const dimensions = vectors[0]?.length ?? 0;
  if (vectors.length !== chunks || vectors.some(({ length }) => length !== dimensions))
    throw new SystemError('the vectors of an index must be one for each passage, all of one length');
  const values = new Int8Array(chunks * dimensions);
  const scales = new Float32Array(chunks);
  const width = Math.ceil(dimensions / 32);
  const signs = new Uint32Array(chunks * width);
  for (const [at, vector] of vectors.entries()) {
    const { unit, scale } = toBytes(vector);
    values.set(unit, at * dimensions);
    scales[at] = scale;
    signs.set(signsOf(unit), at * width);
  }
  return { dimensions, values, scales, signs };
}

/** A bit for each dimension of a vector: two that are near differ in few. */
export function signsOf(unit: Int8Array): Uint32Array {
  const signs = new Uint32Array(Math.ceil(unit.length / 32));
  for (const [at, value] of unit.entries())
    if (value > 0) signs[at >>> 5] = (signs[at >>> 5] ?? 0) | (1 << (at & 31));
  return signs;
}

/** A vector of length 1 in bytes: times `scale` it is what it was. */
export function toBytes(vector: ArrayLike<number>): { unit: Int8Array; scale: number } {
  const numbers = Array.from(vector);
  const length = Math.hypot(...numbers) || 1;
  const most = numbers.reduce((before, it) => Math.max(before, Math.abs(it)), 0) / length || 1;
  const scale = most / 127;
  return { unit: Int8Array.from(numbers, (it) => Math.round(it / length / scale)), scale };
}

function blobs<T extends string, E extends string>(name: T, ends: E, texts: readonly string[]) {
  return joined(
    name,
    ends,
    texts.map((text) => Buffer.from(text)),
  );
}

function joined<T extends string, E extends string>(name: T, ends: E, parts: readonly Buffer[]) {
  const at = new Uint32Array(parts.length);
  let end = 0;
  for (const [index, part] of parts.entries()) {
    end += part.length;
    at[index] = end;
  }
  return { [name]: Buffer.concat(parts), [ends]: bytes(at) } as Record<T | E, Uint8Array>;
}

function bytes({ buffer, byteOffset, byteLength }: Uint32Array | Uint8Array | Int8Array | Float32Array) {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

function file(header: Header, sections: readonly Uint8Array[]): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(json.length);
  const begin = padded(Buffer.concat([MAGIC, size, json]));
  return Buffer.concat([begin, ...sections.map((section) => padded(section))]);
}

function padded(part: Uint8Array): Uint8Array {
  const over = part.length % ALIGNED;
  return over === 0 ? part : Buffer.concat([part, Buffer.alloc(ALIGNED - over)]);
}
