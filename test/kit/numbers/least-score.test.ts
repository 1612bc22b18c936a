import { describe, expect, it } from 'vitest';
import { BINS, type Bin, binOf, leastScore } from '../../../lambdas/kit/numbers/least-score.ts';

const bins = (given: Record<number, Partial<Bin>>): Bin[] =>
  Array.from({ length: BINS }, (_, bin) => ({ asked: 0, compared: 0, wrong: 0, ...given[bin] }));

describe('from which score on answers are used', () => {
  it('is closed at the beginning, and with fewer comparisons than could show anything', () => {
    expect(leastScore(bins({}), 0.01)).toBeUndefined();
    expect(leastScore(bins({ 49: { asked: 260, compared: 260 } }), 0.01)).toBeUndefined();
  });

  it('opens when the upper bound holds', () => {
    expect(leastScore(bins({ 49: { asked: 270, compared: 270 } }), 0.01)).toBe(0.98);
    expect(leastScore(bins({ 49: { asked: 270, compared: 270, wrong: 1 } }), 0.01)).toBeUndefined();
    expect(leastScore(bins({ 49: { asked: 270, compared: 270, wrong: 1 } }), 0.05)).toBe(0.98);
  });

  it('goes down as far as it holds and stops at the first score where it does not', () => {
    const found = leastScore(
      bins({
        49: { asked: 1000, compared: 1000 },
        48: { asked: 1000, compared: 1000, wrong: 2 },
        47: { asked: 1000, compared: 1000, wrong: 200 },
        46: { asked: 100_000, compared: 100_000 },
      }),
      0.01,
    );
    expect(found).toBe(48 / BINS);
  });

  it('lets no range count of which nothing was compared', () => {
    expect(
      leastScore(bins({ 49: { asked: 100 }, 48: { asked: 9000, compared: 9000 } }), 0.01),
    ).toBeUndefined();
  });

  it('weighs a sample by what it stands for', () => {
    // Of nine thousand used answers one in ten was audited: thirty wrong are three in a hundred of all.
    const sampled = { 49: { asked: 9000, compared: 900, wrong: 27 }, 48: { asked: 9000, compared: 9000 } };
    expect(leastScore(bins(sampled), 0.01)).toBeUndefined();
    expect(leastScore(bins(sampled), 0.05)).toBe(48 / BINS);
  });

  it('puts every score into a bin', () => {
    expect([0, 0.0199, 0.02, 0.999, 1, 1.5, -1].map(binOf)).toEqual([0, 0, 1, 49, 49, 49, 0]);
  });
});
