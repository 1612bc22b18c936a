import { sha256 } from '../../kit/digest.ts';
import type { Classifier } from './classifier.ts';
import type { Least, Trust } from './trust.ts';

/* The file of a surrogate: hashes and weights, no word of any item. Its version is the hash of what it says. */

export const MODEL_FORMAT = 1;

export interface Surrogate {
  format: typeof MODEL_FORMAT;
  classifier: Classifier;
  trust: Trust;
  least: Least;
}

/** As it lies in the bucket. */
export interface SurrogateFile {
  format: number;
  labels: readonly string[];
  signs: string;
  idf: string;
  weights: string;
  scale: string;
  bias: string;
  trust: Trust;
  least: Least;
}

export function fileOf({ format, classifier, trust, least }: Surrogate): SurrogateFile {
  const { labels, rows, idf, weights, scale, bias } = classifier;
  return {
    ...{ format, labels, trust, least },
    ...{ signs: text(Uint32Array.from(rows.keys())), idf: text(idf), weights: text(weights) },
    ...{ scale: text(scale), bias: text(bias) },
  };
}

export function versionOf(file: SurrogateFile): string {
  return sha256(JSON.stringify(file));
}

/** @throws Error where it is of another format */
export function opened(file: SurrogateFile): Surrogate {
  if (file.format !== MODEL_FORMAT) throw new Error(`a surrogate of the format ${file.format}`);
  const { labels, trust, least } = file;
  const signs = new Uint32Array(bytes(file.signs));
  return {
    ...{ format: MODEL_FORMAT, trust, least },
    classifier: {
      ...{ labels, rows: new Map([...signs].map((sign, row) => [sign, row])) },
      ...{ idf: new Float32Array(bytes(file.idf)), weights: new Int8Array(bytes(file.weights)) },
      ...{ scale: new Float32Array(bytes(file.scale)), bias: new Float32Array(bytes(file.bias)) },
    },
  };
}

function text({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');
}

/** With a buffer of its own: numbers of four bytes must begin at the fourth. */
function bytes(base64: string): ArrayBuffer {
  const read = Buffer.from(base64, 'base64');
  return read.buffer.slice(read.byteOffset, read.byteOffset + read.byteLength) as ArrayBuffer;
}
