import { isObject } from './brain-schema.ts';

/*
 * Vectors without a model: each word, and each three letters of one, count at a place that their hash tells. Texts that share words or
 * parts of words are near each other; what says the same in other words is not. The same text has the same vector on every machine.
 */

export const EMBEDDINGS_MODEL = 'signalbox-sandbox-embeddings';
const DIMENSIONS = 256;
const MOST_DIMENSIONS = 3072;
/** A word as a whole tells more than three letters of it. */
const WORD = 2;

export interface EmbeddingsRequest {
  model: string;
  texts: string[];
  dimensions: number;
}

/** The request, or what is wrong with it. */
export function embeddingsIn(body: unknown): EmbeddingsRequest | string {
  if (!isObject(body) || typeof body.model !== 'string' || body.model === '')
    return `you must provide 'model'`;
  const texts = [body.input].flat();
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string' && text !== ''))
    return `'input' must be a text, or a list of them`;
  const dimensions = body.dimensions ?? DIMENSIONS;
  if (!Number.isInteger(dimensions) || Number(dimensions) < 1 || Number(dimensions) > MOST_DIMENSIONS)
    return `'dimensions' must be a whole number from 1 to ${MOST_DIMENSIONS}`;
  if (![undefined, 'float'].includes(body.encoding_format as undefined))
    return `the sandbox model gives vectors as 'float'`;
  return { model: body.model, texts: texts as string[], dimensions: Number(dimensions) };
}

/** Of length 1; of a text without a word, the first axis. */
export function vectorOf(text: string, dimensions = DIMENSIONS): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  const count = (part: string, much: number) => {
    const hash = hashOf(part);
    const at = hash % dimensions;
    vector[at] = (vector[at] ?? 0) + (hash & 0x80000000 ? -much : much);
  };
  for (const word of text
    .normalize('NFKD')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []) {
    count(word, WORD);
    for (let at = 0; at + 3 <= word.length; at += 1) count(`~${word.slice(at, at + 3)}`, 1);
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector.with(0, 1) : vector.map((part) => Number((part / length).toFixed(6)));
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
