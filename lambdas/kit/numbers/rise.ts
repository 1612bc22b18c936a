import { type Histogram, merged, percentileWithin, shareAbove, sizeOf } from './histogram.ts';
import { DEVIATIONS, FEWEST_ITEMS, FEWEST_PARTS } from './shift.ts';

/*
 * Whether what is measured now, such as a time or a price, is more than before. Of many values half, or one in twenty, is above a percentile
 * of before; where so many more are that neither chance nor the usual difference between weeks explains it, and the percentile itself is
 * that much higher, it has risen. Nothing is supposed of how the values are distributed.
 */

export interface Rise {
  /** The percentile before and now. */
  before: number;
  now: number;
  /** How many were measured. */
  items: { before: number; now: number };
  risen: boolean;
}

/** What is to be told from is 20 %; buckets tell values to 5 %. */
const TIMES = 1.15;
/** Values above a percentile that are expected, at least: fewer say nothing. */
const FEWEST_ABOVE = 10;

/**
 * @param parts of the reference, such as its weeks
 * @param least what it has to be more, in its own unit: twice nearly nothing is nearly nothing
 * @returns undefined where there is too little to compare
 */
export function riseOf(
  parts: readonly Histogram[],
  now: Histogram,
  { percent, least }: { percent: number; least: number },
): Rise | undefined {
  const enough = parts.filter((part) => sizeOf(part) >= FEWEST_ITEMS);
  const reference = parts.reduce(merged, {});
  const items = { before: sizeOf(reference), now: sizeOf(now) };
  const rare = 1 - percent / 100;
  if (enough.length < FEWEST_PARTS || items.now < FEWEST_ITEMS || items.now * rare < FEWEST_ABOVE)
    return undefined;
  const [before, is] = [percentileWithin(reference, percent), percentileWithin(now, percent)];
  const noise = (a: number, b: number) => Math.sqrt(rare * (1 - rare) * (1 / a + 1 / b));
  const more = shareAbove(now, before) - rare;
  const usual = enough.map((part) => {
    const others = enough.filter((it) => it !== part).reduce(merged, {});
    const differs = Math.abs(shareAbove(part, percentileWithin(others, percent)) - rare);
    return differs - noise(sizeOf(part), sizeOf(others));
  });
  const large = is >= TIMES * before && is - before >= least;
  const risen =
    large && more > DEVIATIONS * noise(items.before, items.now) && more > 2 * Math.max(0, ...usual);
  return { before: told(before), now: told(is), items, risen };
}

const told = (value: number) => Number(value.toPrecision(3));
