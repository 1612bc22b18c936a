import { type Facts, type Guess, OTHER } from './classifier.ts';

/* How sure a guess is to be what the model would say: one number of all its facts, learned from guesses of which the answer is known. */

export interface Trust {
  mean: readonly number[];
  /** Deviations. */
  spread: readonly number[];
  weights: readonly number[];
  bias: number;
  /** Of words, and of their parts, the largest share that was never seen before: beyond it a text is of another kind. */
  mostUnseen: readonly [words: number, parts: number];
}

/** From 0 to 1; four digits, as the lineage tells it. */
export function scoreOf({ mean, spread, weights, bias, mostUnseen }: Trust, facts: Facts): number {
  const [, , , words = 0, parts = 0] = facts;
  // However sure the rest of it looks: no weight of what is known makes up for what is not.
  if (words > mostUnseen[0] || parts > mostUnseen[1]) return 0;
  const sum = facts.reduce(
    (all, fact, at) =>
      all + ((fact - (mean[at] as number)) / (spread[at] as number)) * (weights[at] as number),
    bias,
  );
  return Math.round(10_000 / (1 + Math.exp(-sum))) / 10_000;
}

/** By label: the score from which on it is answered here. What is not named never is. */
export type Least = Readonly<Record<string, number>>;

/** Whether a guess stands as an answer. */
export function stands({ label }: Pick<Guess, 'label'>, score: number, least: Least): boolean {
  return label !== OTHER && Object.hasOwn(least, label) && score >= (least[label] as number);
}
