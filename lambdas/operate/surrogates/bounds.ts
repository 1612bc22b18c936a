import { wilson } from '../../kit/numbers/shares.ts';
import type { Least } from '../../models/surrogate/trust.ts';

/*
 * From which score on a label is answered: the lowest one above which the share of right guesses is at least what the automation wants,
 * by the lower bound of Wilson's interval, of one side, 95 %.
 */

/** A guess of which the answer is known. */
export interface Seen {
  label: string;
  score: number;
  right: boolean;
  weight: number;
}

const ONE_SIDED = 1.645;
/** A label with so many guesses of its own is judged by them alone; what is missing is lent by all labels, at their share. */
const ENOUGH_OF_OWN = 1000;
/** Fewer of its own than this open no label, however good the others are. */
const LEAST_OF_OWN = 12;

/** What is counted above a score. Weights that differ say less than as many alike: Kish. */
class Counted {
  right = 0;
  all = 0;
  squares = 0;
  n = 0;

  add({ right, weight }: Seen): void {
    this.right += right ? weight : 0;
    this.all += weight;
    this.squares += weight ** 2;
    this.n += 1;
  }

  get share(): number {
    return this.all === 0 ? 0 : this.right / this.all;
  }

  get effective(): number {
    return this.all === 0 ? 0 : this.all ** 2 / this.squares;
  }
}

export function lowest(share: number, n: number): number {
  return n === 0 ? 0 : wilson(share, n, ONE_SIDED)[0];
}

export function leastOf(seen: readonly Seen[], agreement: number): Record<string, number> {
  const all = new Counted();
  const own = new Map<string, Counted>();
  const least: Record<string, number> = {};
  const down = [...seen].sort((a, b) => b.score - a.score);
  down.forEach((one, at) => {
    all.add(one);
    const mine = own.get(one.label) ?? new Counted();
    own.set(one.label, mine);
    mine.add(one);
    // Between two of the same score nothing can be told apart.
    if (down[at + 1]?.score === one.score) return;
    for (const [label, counted] of own)
      if (counted.n >= LEAST_OF_OWN && bound(counted, all) >= agreement) least[label] = one.score;
  });
  return least;
}

function bound(own: Counted, all: Counted): number {
  const lent = Math.max(0, Math.min(ENOUGH_OF_OWN - own.effective, all.effective - own.effective));
  const n = own.effective + lent;
  return lowest((own.share * own.effective + all.share * lent) / n, n);
}

/** Of the guesses that stand by these scores: how many, how many are right, and the bound of that. */
export function heldBy(
  seen: readonly Seen[],
  least: Least,
): { share: number; agreement: number; low: number; n: number } {
  const counted = new Counted();
  const all = new Counted();
  for (const one of seen) {
    all.add(one);
    if (one.score >= (least[one.label] ?? Number.POSITIVE_INFINITY)) counted.add(one);
  }
  const share = all.all === 0 ? 0 : counted.all / all.all;
  return { share, agreement: counted.share, low: lowest(counted.share, counted.effective), n: counted.n };
}
