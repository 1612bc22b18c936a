/*
 * Whether more of something is wrong than may be, asked after each that is looked at. The bounds of an interval must not be asked so often:
 * they are right 95 times of a hundred for one question, and sooner or later wrong for a thousand. Evidence here is a bet that cannot win in
 * the long run while no more is wrong than may be. It multiplies with what is seen and never falls below its beginning (CUSUM), so that a
 * long good time does not hide a bad one.
 */

/** How many times what may be wrong the bets expect to be wrong. */
const TIMES = [3, 5] as const;

/** What is enough to say so: simulated, see ADR 0095. */
export const ENOUGH = 20;

export class Evidence {
  readonly #most: number;
  readonly #bets: { stake: number; won: number }[];

  /** @param most the share that may be wrong */
  constructor(most: number) {
    this.#most = Math.max(most, 0.001);
    const expected = TIMES.map((times) => Math.min(times * this.#most, (1 + this.#most) / 2));
    this.#bets = expected.map((share) => ({
      stake: (share - this.#most) / (this.#most * (1 - this.#most)),
      won: 0,
    }));
  }

  /** @param weight how many it stands for, as a part of what the one that stands for most does: above 0, at most 1 */
  see(wrong: boolean, weight = 1): void {
    for (const bet of this.#bets)
      bet.won = Math.max(bet.won, 1) * (1 + bet.stake * weight * (Number(wrong) - this.#most));
  }

  get isEnough(): boolean {
    return this.worth >= ENOUGH;
  }

  /** What the bets have won, on average: 1 at the beginning, and never less. */
  get worth(): number {
    const won = this.#bets.reduce((sum, bet) => sum + bet.won, 0) / this.#bets.length;
    return Math.max(1, won);
  }
}
