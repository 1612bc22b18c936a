import { wilson } from '../../kit/numbers/shares.ts';

/*
 * From which score on answers may be used: learnt by comparing what would have been used with what the model said. While nothing is used
 * that is every question, later a sample. Each comparison stands for the questions of its score that were asked, whether or not they
 * were compared.
 */

/** Scores of one bin differ by less than this. */
export const BINS = 50;

/** What is known of a range of scores. */
export interface Bin {
  /** Questions that had such a score. */
  asked: number;
  /** Of them, those that were compared, and those of which the model said something else. */
  compared: number;
  wrong: number;
}

/** One-sided 95 %. Looked at again and again it is right less often: the audit goes on, and switches off what it proves wrong. */
const Z = 1.645;

export function binOf(score: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(score * BINS)));
}

/** With fewer not even a flawless record shows it. */
const fewestFor = (wrongAtMost: number) => (Z * Z * (1 - wrongAtMost)) / wrongAtMost;

/** What one group of senders is of all that counts: whoever sends most must not decide alone. */
const MOST_OF_GROUP = 0.1;

/** Questions of one group that count, of those that were counted, and of the fewest that show anything. */
export function mostOfGroup(bins: readonly Bin[], wrongAtMost: number): number {
  const counted = bins.reduce((sum, { asked }) => sum + asked, 0);
  return Math.ceil(MOST_OF_GROUP * Math.max(counted, fewestFor(wrongAtMost)));
}

/**
 * The lowest score above which the upper bound of wrong answers holds; undefined where none is. It goes down from the top, and no further
 * than more are wrong than may be: of fifty bounds looked at side by side, one would hold by chance.
 */
export function leastScore(bins: readonly Bin[], wrongAtMost: number): number | undefined {
  const fewest = fewestFor(wrongAtMost);
  let [asked, wrong, squares] = [0, 0, 0];
  let least: number | undefined;
  for (let bin = BINS - 1; bin >= 0; bin -= 1) {
    const it = bins[bin];
    if (!it || it.asked === 0) continue;
    // A range of which nothing was compared could hide anything.
    if (it.compared === 0) break;
    asked += it.asked;
    wrong += it.asked * (it.wrong / it.compared);
    squares += it.asked ** 2 / it.compared;
    const known = asked ** 2 / squares;
    if (known < fewest) continue;
    if (wrong / asked > wrongAtMost) break;
    if (wilson(wrong / asked, known, Z)[1] <= wrongAtMost) least = bin / BINS;
  }
  return least;
}
