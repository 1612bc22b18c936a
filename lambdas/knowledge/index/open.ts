import '#start';
import { SystemError } from '../../kit/errors.ts';
import { ALIGNED, FORMAT, type Header, MAGIC, SECTIONS, type Section } from './format.ts';

/** A passage as it stands in an index. */
export interface Held {
  id: string;
  source: string;
  place: string;
  text: string;
}

/** An index in memory: views of the file's bytes. */
export class Index {
  readonly header: Header;
  /** Of each passage, in words. */
  readonly lengths: Uint32Array;
  readonly vectors: Int8Array;
  readonly scales: Float32Array;
  /** Of each vector, a bit for each dimension: whether it is above zero. */
  readonly signs: Uint32Array;
  readonly #terms: Buffer;
  readonly #termEnds: Uint32Array;
  readonly #postingEnds: Uint32Array;
  readonly #postingChunks: Uint32Array;
  readonly #postingTimes: Uint8Array;
  readonly #texts: Buffer;
  readonly #textEnds: Uint32Array;
  readonly #places: Buffer;
  readonly #placeEnds: Uint32Array;
  readonly #sourceOf: Uint32Array;

  private constructor(header: Header, at: Readonly<Record<Section, Buffer>>) {
    this.header = header;
    this.lengths = numbers(at.lengths);
    this.vectors = new Int8Array(at.vectors.buffer, at.vectors.byteOffset, at.vectors.length);
    this.scales = new Float32Array(at.scales.buffer, at.scales.byteOffset, at.scales.length / 4);
    this.signs = numbers(at.signs);
    this.#terms = at.terms;
    this.#termEnds = numbers(at.termEnds);
    this.#postingEnds = numbers(at.postingEnds);
    this.#postingChunks = numbers(at.postingChunks);
    this.#postingTimes = at.postingTimes;
    this.#texts = at.texts;
    this.#textEnds = numbers(at.textEnds);
    this.#places = at.places;
    this.#placeEnds = numbers(at.placeEnds);
    this.#sourceOf = numbers(at.sourceOf);
  }

  /** @throws SystemError if it is none, is cut off, or is of another format */
  static open(given: Uint8Array): Index {
    const file = aligned(given);
    if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw notOurs('it is no index');
    const begin = MAGIC.length + 4;
    if (file.length < begin) throw notOurs('it is cut off');
    const header = headerIn(file.subarray(begin, begin + file.readUInt32LE(MAGIC.length)));
    const sections: Partial<Record<Section, Buffer>> = {};
    let at = upTo(begin + file.readUInt32LE(MAGIC.length));
    for (const name of SECTIONS) {
      const length = header.lengths[name];
      if (at + length > file.length) throw notOurs('it is cut off');
      sections[name] = file.subarray(at, at + length);
      at = upTo(at + length);
    }
    return new Index(header, sections as Record<Section, Buffer>);
  }

  get size(): number {
    return this.header.chunks;
  }

  passage(at: number): Held {
    const source = this.header.sources[this.#sourceOf[at] ?? 0] ?? '';
    // Counted within its document, from 1.
    let number = 1;
    for (let before = at - 1; before >= 0 && this.#sourceOf[before] === this.#sourceOf[at]; before -= 1)
      number += 1;
    return {
      id: `${source}#${number}`,
      source,
      place: textAt(this.#places, this.#placeEnds, at),
      text: textAt(this.#texts, this.#textEnds, at),
    };
  }

  /** Which passages hold a word, and how often; undefined if none does. */
  postings(term: string): { chunks: Uint32Array; times: Uint8Array } | undefined {
    const at = this.#find(Buffer.from(term));
    if (at === undefined) return undefined;
    const from = at === 0 ? 0 : (this.#postingEnds[at - 1] ?? 0);
    const end = this.#postingEnds[at] ?? from;
    return { chunks: this.#postingChunks.subarray(from, end), times: this.#postingTimes.subarray(from, end) };
  }

  /* By halves: a map of all words would take longer to make than most functions live. */
  #find(term: Buffer): number | undefined {
    let [low, high] = [0, this.#termEnds.length - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const from = middle === 0 ? 0 : (this.#termEnds[middle - 1] ?? 0);
      const order = this.#terms.compare(term, 0, term.length, from, this.#termEnds[middle] ?? from);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }
}

function textAt(blob: Buffer, ends: Uint32Array, at: number): string {
  return blob.toString('utf8', at === 0 ? 0 : (ends[at - 1] ?? 0), ends[at] ?? 0);
}

function headerIn(json: Buffer): Header {
  let header: Header;
  try {
    header = JSON.parse(json.toString()) as Header;
  } catch {
    throw notOurs('its header is damaged');
  }
  if (header.format !== FORMAT)
    throw notOurs(`it has format ${header.format}, and this version reads format ${FORMAT}`);
  return header;
}

function notOurs(reason: string): SystemError {
  return new SystemError(`the index of a collection cannot be read: ${reason}; synchronise it again`);
}

/** Views of numbers need bytes that begin at a multiple of their size. */
function aligned(given: Uint8Array): Buffer {
  if (given.byteOffset % ALIGNED === 0) return Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const copy = new ArrayBuffer(given.byteLength);
  new Uint8Array(copy).set(given);
  return Buffer.from(copy);
}

function upTo(at: number): number {
  return Math.ceil(at / ALIGNED) * ALIGNED;
}

function numbers({ buffer, byteOffset, length }: Buffer): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length / 4);
}
