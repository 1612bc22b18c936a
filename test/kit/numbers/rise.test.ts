import { describe, expect, it } from 'vitest';
import { type Histogram, merged, withValue } from '../../../lambdas/kit/numbers/histogram.ts';
import { riseOf } from '../../../lambdas/kit/numbers/rise.ts';

/** So many values, spread evenly around a middle from half of it to twice as much by their logarithm. */
function spread(middle: number, items: number): Histogram {
  let histogram: Histogram = {};
  for (let at = 0; at < items; at += 1)
    histogram = withValue(histogram, middle * 2 ** ((2 * (at + 0.5)) / items - 1));
  return histogram;
}

const weeks = (middle: number, items = 1000) => Array.from({ length: 4 }, () => spread(middle, items));
const median = { percent: 50, least: 100 };

describe('a rise', () => {
  it('is told where half take a fifth longer, with what it was and is to 5 %', () => {
    const rise = riseOf(weeks(3000), spread(3600, 1000), median);
    expect(rise).toMatchObject({ risen: true, items: { before: 4000, now: 1000 } });
    expect(Math.abs((rise?.before ?? 0) / 3000 - 1)).toBeLessThan(0.05);
    expect(Math.abs((rise?.now ?? 0) / 3600 - 1)).toBeLessThan(0.05);
  });

  it('is none of a tenth, of what is shorter, and of so few that chance may make it', () => {
    expect(riseOf(weeks(3000), spread(3300, 1000), median)?.risen).toBe(false);
    expect(riseOf(weeks(3000), spread(2000, 1000), median)?.risen).toBe(false);
    expect(riseOf(weeks(3000, 100), spread(3600, 60), median)?.risen).toBe(false);
  });

  it('is none of what is nearly nothing, however often', () => {
    expect(riseOf(weeks(40), spread(120, 1000), median)?.risen).toBe(false);
    expect(riseOf(weeks(0), spread(0, 1000), median)?.risen).toBe(false);
    expect(riseOf(weeks(0), spread(500, 1000), median)?.risen).toBe(true);
  });

  it('is none where weeks always differed as much', () => {
    const restless = [3000, 4500, 2500, 5000].map((middle) => spread(middle, 1000));
    expect(riseOf(restless, spread(5000, 1000), median)?.risen).toBe(false);
  });

  it('of the slowest is told though half are as before', () => {
    const slow = merged(spread(3000, 900), spread(9000, 100));
    const given = { percent: 95, least: 100 };
    expect(riseOf(weeks(3000), slow, given)?.risen).toBe(true);
    expect(riseOf(weeks(3000), slow, median)?.risen).toBe(false);
  });

  it('is nothing that few values can say: of the slowest one in twenty, ten of those', () => {
    expect(riseOf(weeks(3000), spread(9000, 49), median)).toBeUndefined();
    expect(riseOf(weeks(3000).slice(2), spread(9000, 1000), median)).toBeUndefined();
    expect(riseOf(weeks(3000), spread(9000, 199), { percent: 95, least: 100 })).toBeUndefined();
    expect(riseOf(weeks(3000), spread(9000, 200), { percent: 95, least: 100 })).toBeDefined();
  });
});
