import { signsOf, toBytes } from './build.ts';
import type { Index } from './open.ts';
import { best, type Hit, type Question, weightOf, wordScores } from './search.ts';

/* By meaning, beside the words: passages whose vectors are near those of the query's sentences. */

/** Sentences of a query that vectors are asked for: each is compared with every passage. */
export const MOST_VECTORS = 8;
/** Below it two texts have nothing in common but being texts. */
const LEAST_COSINE = 0.3;
/** Of the best passage by vectors, beside the best by words (docs/knowledge.md has what was measured). */
const WEIGHT = 0.3;

/** The sentences that tell most, by the words that are rare here, in the order of the query. */
export function telling(index: Index, questions: readonly Question[]): Question[] {
  const worth = ({ terms }: Question) =>
    [...new Set(terms)].reduce(
      (sum, term) => sum + weightOf(index, index.postings(term)?.chunks.length ?? 0),
      0,
    );
  const chosen = questions
    .map((question) => ({ question, worth: worth(question) }))
    .sort((one, other) => other.worth - one.worth)
    .slice(0, MOST_VECTORS)
    .map(({ question }) => question);
  return questions.filter((question) => chosen.includes(question));
}

/** Passages by words and by meaning together, the best first. @param vectors of some of the questions */
export function byBoth(
  index: Index,
  questions: readonly Question[],
  vectors: readonly ArrayLike<number>[],
  most: number,
): Hit[] {
  const words = shared(wordScores(index, questions));
  const near = shared(meaningScores(index, vectors));
  return best(
    words.map((score, at) => score + WEIGHT * (near[at] ?? 0)),
    most,
  );
}

function meaningScores(index: Index, vectors: readonly ArrayLike<number>[]): Float64Array {
  const total = new Float64Array(index.size);
  const { dimensions = 0 } = index.header;
  const { vectors: all, scales } = index;
  for (const vector of vectors) {
    if (vector.length !== dimensions || dimensions === 0) continue;
    const { unit, scale } = toBytes(vector);
    for (const at of nearest(index, unit)) {
      const over = product(all, at * dimensions, unit) * scale * (scales[at] ?? 0) - LEAST_COSINE;
      if (over > 0) total[at] = (total[at] ?? 0) + over ** 2;
    }
  }
  return total;
}

/** Passages that are compared exactly, for each sentence: of 50,000 one in fifty. */
const MOST_NEAR = 1_000;

/* By the signs of their dimensions, which take a thirtieth of the time. */
function nearest(index: Index, unit: Int8Array): number[] {
  const { size, signs } = index;
  if (size <= MOST_NEAR) return [...Array(size).keys()];
  const wanted = signsOf(unit);
  const width = wanted.length;
  const distances = new Uint16Array(size);
  const counts = new Uint32Array(width * 32 + 1);
  for (let at = 0, from = 0; at < size; at += 1, from += width) {
    let distance = 0;
    for (let each = 0; each < width; each += 1)
      distance += ones((signs[from + each] as number) ^ (wanted[each] as number));
    distances[at] = distance;
    counts[distance] = (counts[distance] as number) + 1;
  }
  let [most, found] = [-1, 0];
  while (found < MOST_NEAR && most < width * 32) {
    most += 1;
    found += counts[most] as number;
  }
  const near: number[] = [];
  for (let at = 0; at < size; at += 1) if ((distances[at] as number) <= most) near.push(at);
  return near;
}

/** How many bits of a number are set. */
function ones(bits: number): number {
  let left = bits - ((bits >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/* In whole numbers of 32 bits, which are what the machine multiplies fastest. */
function product(all: Int8Array, from: number, unit: Int8Array): number {
  let sum = 0;
  for (let each = 0; each < unit.length; each += 1)
    sum = (sum + Math.imul(all[from + each] as number, unit[each] as number)) | 0;
  return sum;
}

/** As shares of the highest. */
function shared(scores: Float64Array): Float64Array {
  const most = scores.reduce((before, score) => Math.max(before, score), 0);
  return most === 0 ? scores : scores.map((score) => score / most);
}
