import { FACTS, type Facts } from '../../models/surrogate/classifier.ts';
import type { Trust } from '../../models/surrogate/trust.ts';

interface Known {
  facts: Facts;
  right: boolean;
  weight: number;
}

const ROUNDS = 300;
/** Keeps weights small that little speaks for. */
const HELD_BACK = 0.003;

/** A logistic regression of whether a guess was right on its facts. Only the margin speaks where nothing was wrong yet. */
export function learnTrust(known: readonly Known[]): Trust {
  const all = known.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const mean = FACTS.map(
    (_, at) => known.reduce((sum, it) => sum + it.weight * (it.facts[at] as number), 0) / all,
  );
  const spread = FACTS.map(
    (_, at) =>
      Math.sqrt(
        known.reduce(
          (sum, it) => sum + it.weight * ((it.facts[at] as number) - (mean[at] as number)) ** 2,
          0,
        ) / all,
      ) || 1,
  );
  const scaled = known.map(({ facts }) =>
    facts.map((fact, at) => (fact - (mean[at] as number)) / (spread[at] as number)),
  );
  // More margin and fewer unseen signs are better, before anything is known.
  const weights: number[] = [1, 0.3, -0.3, -0.3, -0.3];
  let bias = 2;
  for (let round = 0; round < ROUNDS; round += 1) {
    const slopes = weights.map(() => 0);
    let biasSlope = 0;
    known.forEach(({ right, weight }, n) => {
      const values = scaled[n] as number[];
      let sum = bias;
      for (let at = 0; at < values.length; at += 1) sum += (values[at] as number) * (weights[at] as number);
      const off = (1 / (1 + Math.exp(-sum)) - Number(right)) * weight;
      for (let at = 0; at < values.length; at += 1)
        slopes[at] = (slopes[at] as number) + off * (values[at] as number);
      biasSlope += off;
    });
    for (let at = 0; at < weights.length; at += 1)
      weights[at] =
        (weights[at] as number) - ((slopes[at] as number) / all + HELD_BACK * (weights[at] as number));
    bias -= biasSlope / all;
  }
  return { mean, spread, weights, bias, mostUnseen: [unseenIn(known, 3), unseenIn(known, 4)] };
}

/** Of guesses that were right three in a thousand have more that was never seen. */
const USUAL = 0.997;
/** A short text with one new word must not be new. */
const ALWAYS_SEEN = 0.34;

function unseenIn(known: readonly Known[], fact: number): number {
  const shares = known.flatMap(({ right, facts }) => (right ? [facts[fact] as number] : []));
  shares.sort((a, b) => a - b);
  return Math.max(ALWAYS_SEEN, shares[Math.floor(USUAL * shares.length)] ?? 0);
}
