import { cutText } from '../../kit/text.ts';
import { sentencesOf } from './chunk.ts';
import type { Index } from './open.ts';
import { termsIn } from './terms.ts';

/** A passage of an index by its position, and how well it fits. */
export interface Hit {
  at: number;
  score: number;
}

/* Robertson and Zaragoza 2009; the weight of a word as Lucene has it, never negative. */
const K1 = 1.2;
const B = 0.75;
export const K1_AND_B = [K1, B] as const;

/** Of a query; what goes beyond is not looked for. */
export const MOST_QUERY = 20_000;
const MOST_SENTENCES = 200;
/** A shorter sentence is looked for with its neighbour: alone a greeting would count as much as a question. */
const LEAST_CHARACTERS = 16;

/**
 * Passages by the words that they share with the query, the best first. Each sentence is looked for by itself, and what a passage gets
 * for each is squared and added up: a long message asks several things, and what fits one of them well is worth more than what
 * fits all a little. Of one sentence the order is that of BM25.
 */
export function byWords(index: Index, query: string, most: number): Hit[] {
  return best(wordScores(index, questionsIn(index, query)), most).map(rooted);
}

const rooted = ({ at, score }: Hit): Hit => ({ at, score: Math.sqrt(score) });

/** A sentence of a query, with its words. */
export interface Question {
  text: string;
  terms: readonly string[];
}

/** Of each passage, the sum of squares over the questions. */
export function wordScores(index: Index, questions: readonly Question[]): Float64Array {
  const total = new Float64Array(index.size);
  const score = new Float64Array(index.size);
  for (const { terms } of questions) {
    const touched: number[] = [];
    for (const term of new Set(terms)) addTerm(index, term, score, touched);
    for (const at of touched) {
      total[at] = (total[at] ?? 0) + (score[at] ?? 0) ** 2;
      score[at] = 0;
    }
  }
  return total;
}

/** The sentences of a query, each once, as far as a query is read. */
export function questionsIn({ header }: Pick<Index, 'header'>, query: string): Question[] {
  const joined: string[] = [];
  for (const sentence of sentencesOf(cutText(query, MOST_QUERY))) {
    const before = joined.at(-1);
    if (before !== undefined && before.length < LEAST_CHARACTERS)
      joined[joined.length - 1] = `${before} ${sentence}`;
    else joined.push(sentence);
  }
  const questions = joined.map((text) => ({ text, terms: termsIn(text, header.language) }));
  const known = new Map(questions.map((question) => [question.terms.join(' '), question]));
  return [...known.values()].filter(({ terms }) => terms.length > 0).slice(0, MOST_SENTENCES);
}

/** How much a word tells: the rarer it is among the passages, the more. */
export function weightOf(index: Index, held: number): number {
  return Math.log(1 + (index.size - held + 0.5) / (held + 0.5));
}

function addTerm(index: Index, term: string, score: Float64Array, touched: number[]): void {
  const found = index.postings(term);
  if (!found) return;
  const { chunks, times } = found;
  const weight = weightOf(index, chunks.length);
  const { meanLength } = index.header;
  for (let each = 0; each < chunks.length; each += 1) {
    const at = chunks[each] ?? 0;
    const count = times[each] ?? 0;
    const norm = count + K1 * (1 - B + (B * (index.lengths[at] ?? 0)) / meanLength);
    if (score[at] === 0) touched.push(at);
    score[at] = (score[at] ?? 0) + (weight * count * (K1 + 1)) / norm;
  }
}

/** The highest above zero; of equals the one that stands first. */
export function best(scores: ArrayLike<number>, most: number): Hit[] {
  const hits: Hit[] = [];
  let least = 0;
  for (let at = 0; at < scores.length; at += 1) {
    const score = scores[at] ?? 0;
    if (score <= least) continue;
    let place = hits.length;
    while (place > 0 && (hits[place - 1]?.score ?? 0) < score) place -= 1;
    hits.splice(place, 0, { at, score });
    if (hits.length > most) hits.pop();
    if (hits.length === most) least = hits.at(-1)?.score ?? 0;
  }
  return hits;
}
