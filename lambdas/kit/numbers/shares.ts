/* Shares of a whole that was not looked at in all, and how far they can be believed. */

/** One that was looked at, and how many it stands for. */
export interface Weighed {
  hit: boolean;
  /** One divided by the probability with which it was chosen. */
  weight: number;
}

/** A share with its bounds. All null where nothing was looked at. */
export interface Share {
  value: number | null;
  low: number | null;
  high: number | null;
  /** How many were looked at. */
  n: number;
}

/** Of two sides: 95 % of such bounds hold the share. */
const Z = 1.96;

/**
 * The share of hits, each counted as often as it stands for, within the bounds of Wilson's interval. Weights that differ say less than as
 * many alike: the bounds are those of `(Σw)² / Σw²`, Kish's effective number.
 */
export function shareOf(seen: readonly Weighed[]): Share {
  const sum = seen.reduce((all, { weight }) => all + weight, 0);
  if (sum <= 0) return { value: null, low: null, high: null, n: seen.length };
  const hits = seen.reduce((all, { hit, weight }) => (hit ? all + weight : all), 0);
  const squares = seen.reduce((all, { weight }) => all + weight ** 2, 0);
  const value = hits / sum;
  const [low, high] = wilson(value, sum ** 2 / squares);
  return { value: rounded(value), low: rounded(low), high: rounded(high), n: seen.length };
}

/** Bounds of a share of so many. */
export function wilson(share: number, n: number, z = Z): [low: number, high: number] {
  const middle = share + z ** 2 / (2 * n);
  const reach = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  const whole = 1 + z ** 2 / n;
  return [Math.max(0, (middle - reach) / whole), Math.min(1, (middle + reach) / whole)];
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}

/**
 * How far two people agree beyond what two who guess as they do would (Cohen's kappa): 1 is always, 0 as guessed. Null where there is
 * nothing to compare, or both gave one and the same answer throughout.
 */
export function kappaOf(pairs: readonly (readonly [string, string])[]): number | null {
  const all = pairs.length;
  if (all === 0) return null;
  const agreed = pairs.filter(([a, b]) => a === b).length / all;
  const share = (which: 0 | 1, answer: string) => pairs.filter((pair) => pair[which] === answer).length / all;
  const answers = new Set(pairs.flat());
  const guessed = [...answers].reduce((sum, answer) => sum + share(0, answer) * share(1, answer), 0);
  return guessed >= 1 ? null : Math.round(((agreed - guessed) / (1 - guessed)) * 10_000) / 10_000;
}
