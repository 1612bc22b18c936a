import { subjectWords } from '../../../local/sandbox/words.ts';
import { BANKING, overlap, weigh } from './words.ts';

export interface Passage {
  id: string;
  text: string;
}
export interface Picked extends Record<string, unknown> {
  answers: boolean;
  passages: string[];
}

/** Below these a passage speaks of something else that shares a word or two with the message. */
const SCORE_AT_LEAST = 1.7;
const COVERAGE_AT_LEAST = 0.45;
/** A short message may share little, if that is nearly all it says. */
const SHORT_SCORE_AT_LEAST = 1.3;
const SHORT_COVERAGE_AT_LEAST = 0.9;
/** A second passage is quoted only when it covers the message nearly as well as the best. */
const RUNNER_UP = 0.95;
/** Passages are asked about by the opening of a long letter: its first words say what it is about. */
const OPENING = 600;

export function pickPassages(text: string, passages: readonly Passage[]): Picked {
  const known = passages.map((passage) => ({
    passage,
    words: subjectWords(passage.text, BANKING),
    topic: subjectWords(passage.id.replace(/^[^/]*\/|\.md/g, ''), BANKING),
  }));
  const message = weigh(
    subjectWords(text.slice(0, OPENING), BANKING),
    known.flatMap(({ words, topic }) => [words, topic]),
  );
  const ranked = known
    .map(({ passage, words, topic }) => ({ passage, ...overlap(message, words, topic) }))
    .sort((a, b) => b.score - a.score);
  const [best, second] = ranked;
  if (best === undefined || !answers(best)) {
    return { answers: false, passages: [] };
  }
  const used = second !== undefined && second.score >= best.score * RUNNER_UP ? [best, second] : [best];
  return { answers: true, passages: used.map(({ passage }) => passage.id) };
}

function answers({ score, coverage }: { score: number; coverage: number }): boolean {
  const covers = score >= SCORE_AT_LEAST && coverage >= COVERAGE_AT_LEAST;
  return covers || (score >= SHORT_SCORE_AT_LEAST && coverage >= SHORT_COVERAGE_AT_LEAST);
}
