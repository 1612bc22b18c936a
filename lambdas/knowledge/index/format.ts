import type { Language } from './terms.ts';

/*
 * The file of an index, little-endian: 8 bytes that name it, the length of the header, the header as JSON, and the sections, each
 * beginning at a multiple of 8. A function reads it into one buffer and looks into it: nothing is parsed but the header.
 */

/** Another format is another number: a function and an index that do not fit say so. */
export const FORMAT = 1;
export const MAGIC = Buffer.from('SBINDEX\n');
export const ALIGNED = 8;

/** In their order in the file. Of what has no fixed length, `…Ends` says where each one ends. */
export const SECTIONS = [
  'terms',
  'termEnds',
  'postingEnds',
  'postingChunks',
  'postingTimes',
  'lengths',
  'texts',
  'textEnds',
  'places',
  'placeEnds',
  'sourceOf',
  'vectors',
  'scales',
  'signs',
] as const;
export type Section = (typeof SECTIONS)[number];

export interface Header {
  format: number;
  /** Of what is in it, 16 hex digits. */
  version: string;
  language: Language;
  chunks: number;
  /** Words of a passage on average. */
  meanLength: number;
  sources: readonly string[];
  /** Of vectors, where it has some; from which endpoint and model. */
  dimensions?: number;
  endpoint?: string;
  model?: string;
  /** Bytes of each section. */
  lengths: Readonly<Record<Section, number>>;
}
