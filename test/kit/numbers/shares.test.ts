import { describe, expect, it } from 'vitest';
import { kappaOf, shareOf, wilson } from '../../../lambdas/kit/numbers/shares.ts';

const seen = (hits: number, misses: number, weight = 1) => [
  ...Array.from({ length: hits }, () => ({ hit: true, weight })),
  ...Array.from({ length: misses }, () => ({ hit: false, weight })),
];

describe('a share of what was looked at', () => {
  it('has the bounds of Wilson', () => {
    expect(wilson(0.8, 10).map((it) => it.toFixed(3))).toEqual(['0.490', '0.943']);
    expect(shareOf(seen(8, 2))).toEqual({ value: 0.8, low: 0.4902, high: 0.9433, n: 10 });
  });

  it('does not change with a weight that all have', () => {
    expect(shareOf(seen(8, 2, 20))).toEqual(shareOf(seen(8, 2)));
  });

  it('counts each as often as it stands for', () => {
    // 90 that stand for ten each, and 40 of the rare kind that were all looked at.
    const share = shareOf([...seen(90, 0, 10), ...seen(0, 40, 1)]);
    expect(share.value).toBe(Number((900 / 940).toFixed(4)));
    const alike = shareOf([...seen(90, 0), ...seen(0, 40)]);
    expect((share.high ?? 0) - (share.value ?? 0)).toBeGreaterThan(0);
    expect(alike.value).toBeLessThan(share.value ?? 0);
  });

  it('is not known where nothing was looked at', () => {
    expect(shareOf([])).toEqual({ value: null, low: null, high: null, n: 0 });
  });

  it('has bounds that hold it, nineteen times of twenty', () => {
    let state = 7;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    // A tenth of the items is chosen four times as often, and wrong four times as often.
    const trials = 400;
    let held = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const looked = Array.from({ length: 4000 }, () => {
        const marked = random() < 0.1;
        const probability = marked ? 0.2 : 0.05;
        return {
          chosen: random() < probability,
          hit: random() >= (marked ? 0.2 : 0.05),
          weight: 1 / probability,
        };
      }).filter(({ chosen }) => chosen);
      const { low, high } = shareOf(looked);
      const truth = 0.9 * 0.95 + 0.1 * 0.8;
      held += Number(low !== null && high !== null && low <= truth && truth <= high);
    }
    expect(held / trials).toBeGreaterThan(0.92);
  });
});

describe('kappa', () => {
  it('is 1 for people who always agree, 0 for those who agree as guessed', () => {
    expect(
      kappaOf([
        ['a', 'a'],
        ['b', 'b'],
      ]),
    ).toBe(1);
    expect(
      kappaOf([
        ['a', 'a'],
        ['a', 'b'],
        ['b', 'a'],
        ['b', 'b'],
      ]),
    ).toBe(0);
  });

  it('is not known where one answer was given throughout', () => {
    expect(
      kappaOf([
        ['a', 'a'],
        ['a', 'a'],
      ]),
    ).toBeNull();
    expect(kappaOf([])).toBeNull();
  });
});
