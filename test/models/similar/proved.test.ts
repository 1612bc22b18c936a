import { describe, expect, it } from 'vitest';
import { isProved } from '../../../lambdas/models/similar/standing.ts';

describe('what audits prove', () => {
  it('is nothing while no more is wrong than may be', () => {
    expect(isProved([], 10_000, 0.01)).toBe(false);
    expect(isProved([100, 260, 390], 400, 0.01)).toBe(false);
  });

  it('is enough after a few wrong ones in a row, also behind a long good time', () => {
    expect(isProved([1, 2, 3], 3, 0.01)).toBe(true);
    expect(isProved([9000, 9003, 9007], 9010, 0.01)).toBe(true);
  });

  it('counts two that were written at one moment', () => {
    expect(isProved([5000, 5000, 5000], 5000, 0.01)).toBe(true);
  });
});
