import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Histogram,
  merged,
  percentile,
  RELATIVE_ERROR,
  withValue,
} from '../../../lambdas/kit/numbers/histogram.ts';

const MONTH_MS = 31 * 86_400_000;
const values = fc.array(fc.oneof(fc.nat(20), fc.nat(5000), fc.nat(MONTH_MS)), {
  minLength: 1,
  maxLength: 200,
});

function of(measured: readonly number[]): Histogram {
  return measured.reduce<Histogram>(withValue, {});
}

function nearestRank(measured: readonly number[], percent: number): number {
  const sorted = measured.toSorted((a, b) => a - b);
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? Number.NaN;
}

it('a percentile differs from the measured one by no more than the stated error', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(1, 50, 95, 99, 100), (measured, percent) => {
      const exact = nearestRank(measured, percent);
      const told = percentile(of(measured), percent) ?? Number.NaN;
      expect(Math.abs(told - exact)).toBeLessThanOrEqual(RELATIVE_ERROR * exact);
    }),
  );
});

it('two add up to that of all their values, in any order', () => {
  fc.assert(
    fc.property(values, values, (one, other) => {
      expect(merged(of(one), of(other))).toEqual(of([...other, ...one]));
    }),
  );
});

it('nothing measured has no percentile', () => {
  expect(percentile({}, 50)).toBeNull();
});
