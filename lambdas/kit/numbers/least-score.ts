import { wilson } from './shares.ts';

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

/** What comparisons have shown of the answers from a score on. */
export interface Shown {
  score: number;
  /** So many comparisons of equal weight would say as much. */
  comparisons: number;
  /** The share of wrong ones, and its upper bound. */
  wrong: number;
  high: number;
}

/**
 * The lowest score above which the upper bound of wrong answers holds; undefined where none is. It goes down from the top, and no further
 * than more are wrong than may be: of fifty bounds looked at side by side, one would hold by chance.
 */
export function leastScore(bins: readonly Bin[], wrongAtMost: number): number | undefined {
  return heldBy(compared(bins, wrongAtMost), wrongAtMost)?.score;
}

/** @returns what was shown from the score on that is used, or as far as it was looked at where none is; undefined where nothing was compared */
export function shownBy(bins: readonly Bin[], wrongAtMost: number): Shown | undefined {
  const all = compared(bins, wrongAtMost);
  return heldBy(all, wrongAtMost) ?? all.at(-1);
}

/** As many comparisons without an error show that no more are wrong than may be. */
export function fewestComparisons(wrongAtMost: number): number {
  return Math.ceil(fewestFor(wrongAtMost));
}

/** The lowest of them of which enough is known, and whose bound holds. */
function heldBy(all: readonly Shown[], wrongAtMost: number): Shown | undefined {
  const fewest = fewestFor(wrongAtMost);
  return all.findLast(({ comparisons, high }) => comparisons >= fewest && high <= wrongAtMost);
}

/** From the top down, to where nothing was compared, or enough was to show that more are wrong than may be. */
function compared(bins: readonly Bin[], wrongAtMost: number): Shown[] {
  const fewest = fewestFor(wrongAtMost);
  const found: Shown[] = [];
  let [asked, wrong, squares] = [0, 0, 0];
  for (let bin = BINS - 1; bin >= 0; bin -= 1) {
    const it = bins[bin];
    if (!it || it.asked === 0) continue;
    // A range of which nothing was compared could hide anything.
    if (it.compared === 0) break;
    asked += it.asked;
    wrong += it.asked * (it.wrong / it.compared);
    squares += it.asked ** 2 / it.compared;
    const known = asked ** 2 / squares;
    const share = wrong / asked;
    found.push({ score: bin / BINS, comparisons: known, wrong: share, high: wilson(share, known, Z)[1] });
    if (known >= fewest && share > wrongAtMost) break;
  }
  return found;
}
