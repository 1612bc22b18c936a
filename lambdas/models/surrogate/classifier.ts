import type { Signs } from './signs.ts';

/*
 * One yes or no for each label, by weights of signs. The answers are not made to add up to one, so that a text of which nothing is known
 * gets a no from all of them, where a softmax would be sure of the least wrong one.
 */

export interface Classifier {
  labels: readonly string[];
  /** The row of each sign. */
  rows: ReadonlyMap<number, number>;
  /** How much a sign tells: less of what stands in every text. By row. */
  idf: Float32Array;
  /** By row and label, of 127 parts of `scale`. */
  weights: Int8Array;
  scale: Float32Array;
  bias: Float32Array;
}

/** What says how far an answer can be believed; none of it is a word. */
export const FACTS = ['margin', 'top', 'other', 'unseenWords', 'unseenParts'] as const;
export type Facts = readonly number[];

/** The label that always exists, always goes to a person, and is never answered here. */
export const OTHER = 'other';

/** Beside the parts of words, whole words count for more. */
const WORD_WEIGHT = 2;

/** A text as rows with values of length one, and the shares of its signs that were never seen. */
export interface Vector {
  rows: number[];
  values: number[];
  unseenWords: number;
  unseenParts: number;
}

export function vectorOf({ words, parts }: Signs, { rows, idf }: Pick<Classifier, 'rows' | 'idf'>): Vector {
  const vector: Vector = { rows: [], values: [], unseenWords: 0, unseenParts: 0 };
  let square = 0;
  const add = (signs: readonly number[], weight: number): number => {
    let unseen = 0;
    for (const sign of signs) {
      const row = rows.get(sign);
      if (row === undefined) unseen += 1;
      else {
        const value = weight * (idf[row] as number);
        vector.rows.push(row);
        vector.values.push(value);
        square += value * value;
      }
    }
    return unseen / Math.max(1, signs.length);
  };
  vector.unseenWords = add(words, WORD_WEIGHT);
  vector.unseenParts = add(parts, 1);
  const length = Math.sqrt(square) || 1;
  for (let at = 0; at < vector.values.length; at += 1)
    vector.values[at] = (vector.values[at] as number) / length;
  return vector;
}

export interface Guess {
  label: string;
  facts: Facts;
}

/** The label that fits best, and what is known of how well. */
export function guess(classifier: Classifier, signs: Signs): Guess {
  const { labels, weights, scale, bias } = classifier;
  const vector = vectorOf(signs, classifier);
  const sums = new Float64Array(labels.length);
  vector.rows.forEach((row, at) => {
    const value = vector.values[at] as number;
    const from = row * labels.length;
    for (let label = 0; label < labels.length; label += 1)
      sums[label] = (sums[label] as number) + value * (weights[from + label] as number);
  });
  const says = [...sums].map((sum, at) => sum * (scale[at] as number) + (bias[at] as number));
  let [first, second] = [0, -1];
  for (let at = 1; at < says.length; at += 1) if ((says[at] as number) > (says[first] as number)) first = at;
  for (let at = 0; at < says.length; at += 1)
    if (at !== first && (second < 0 || (says[at] as number) > (says[second] as number))) second = at;
  const top = says[first] as number;
  const next = second < 0 ? top : (says[second] as number);
  const other = says[labels.indexOf(OTHER)] ?? next;
  return {
    label: labels[first] as string,
    facts: [top - next, top, other, vector.unseenWords, vector.unseenParts],
  };
}
