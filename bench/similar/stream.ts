import { BINS, type Bin, binOf, leastScore } from '../../lambdas/kit/numbers/least-score.ts';
import { judged } from '../../lambdas/models/similar/judge/facts.ts';
import { signsOf, wordsOf } from '../../lambdas/models/similar/judge/words.ts';
import { type Entry, type Question, quantised, Shelf } from '../../lambdas/models/similar/shelf.ts';
import { FEWEST_WITNESSES } from '../../lambdas/models/similar/witnesses.ts';
import { PLACES } from '../../lambdas/tables/similar/entries.ts';

/* One stream of questions, as a step sees them: nothing is known at the beginning, and only what a model was asked is learnt from. */

export interface Asked {
  text: string;
  label: string;
}

export interface Part {
  questions: number;
  hits: number;
  wrong: number;
  /** Hits that were asked of the model as well. */
  audited: number;
}

export interface Run {
  all: Part;
  /** Of the questions from `from` on. */
  last: Part;
  /** The number of the first question that could be answered, and the score it took at the end. */
  opened: number | undefined;
  least: number | undefined;
  /** Milliseconds of each look, and of those that were hits: judging and guessing, without the vector and the rows of witnesses. */
  looks: number[];
  hits: number[];
}

const AUDITED = 0.1;
const none = (): Part => ({ questions: 0, hits: 0, wrong: 0, audited: 0 });

const of = (name: string) => ({ id: name, item: name, sender: name });

export function questionOf(text: string, vector: readonly number[]): Question {
  return { vector: quantised(vector), signs: signsOf(wordsOf(text)), judged: judged(text) };
}

/** As `models/similar/similar.ts` does it; every question is of another sender. */
export function guarded(
  stream: readonly Asked[],
  vectors: readonly (readonly number[])[],
  { wrongAtMost, from, random }: { wrongAtMost: number; from: number; random: () => number },
): Run {
  const shelf = new Shelf(PLACES);
  const bins: Bin[] = Array.from({ length: BINS }, () => ({ asked: 0, compared: 0, wrong: 0 }));
  const run: Run = { all: none(), last: none(), opened: undefined, least: undefined, looks: [], hits: [] };
  for (const [at, { text, label }] of stream.entries()) {
    const began = performance.now();
    const question = questionOf(text, vectors[at] ?? []);
    const guess = shelf.guess(question, 0);
    run.looks.push(performance.now() - began);
    run.least = leastScore(bins, wrongAtMost);
    const spoken = guess && guess.from.length + guess.by.length >= FEWEST_WITNESSES ? guess : undefined;
    const hit = spoken !== undefined && run.least !== undefined && spoken.score >= run.least;
    const audited = hit && random() < AUDITED;
    const wrong = spoken !== undefined && spoken.answer !== label;
    if (hit) run.opened ??= at;
    if (hit) run.hits.push(run.looks.at(-1) ?? 0);
    for (const part of at >= from ? [run.all, run.last] : [run.all]) {
      part.questions += 1;
      if (hit) part.hits += 1;
      if (hit && wrong) part.wrong += 1;
      if (audited) part.audited += 1;
    }
    const bin = spoken && bins[binOf(spoken.score)];
    if (bin) bin.asked += 1;
    if (hit && !audited) continue;
    if (bin) {
      bin.compared += 1;
      if (wrong) bin.wrong += 1;
    }
    if (audited && wrong) for (const { id } of guess?.from ?? []) shelf.drop(id);
    const entry: Entry = { ...question, ...of(String(at)), nth: at, answer: label, expiresAt: 1 };
    shelf.add(entry);
  }
  return run;
}

/** What most do: the answer of the nearest question above a threshold that somebody chose. */
export function naive(
  stream: readonly Asked[],
  vectors: readonly (readonly number[])[],
  { threshold, from }: { threshold: number; from: number },
): Part {
  const part = none();
  const kept: { vector: Float32Array; label: string }[] = [];
  for (const [at, { label }] of stream.entries()) {
    const vector = Float32Array.from(vectors[at] ?? []);
    const length = Math.hypot(...vector) || 1;
    for (let place = 0; place < vector.length; place += 1) vector[place] = (vector[place] ?? 0) / length;
    let best: { cosine: number; label: string } = { cosine: -1, label: '' };
    for (const other of kept) {
      let cosine = 0;
      for (let place = 0; place < vector.length; place += 1)
        cosine += (vector[place] as number) * (other.vector[place] as number);
      if (cosine > best.cosine) best = { cosine, label: other.label };
    }
    const hit = best.cosine >= threshold;
    if (at >= from) {
      part.questions += 1;
      if (hit) part.hits += 1;
      if (hit && best.label !== label) part.wrong += 1;
    }
    if (!hit) kept.push({ vector, label });
    if (kept.length > PLACES) kept.shift();
  }
  return part;
}
