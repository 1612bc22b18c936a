/*
 * How values are distributed, in buckets each a tenth wider than the one before. Two of them add up to that of all values together, which
 * percentiles do not: an hour's make the day's.
 */

/** How often a value fell into each bucket, by its number. */
export type Histogram = Readonly<Record<number, number>>;

const RATIO = 1.1;

/** What a percentile differs from the value that was measured, at most: a bucket is told by its middle. */
export const RELATIVE_ERROR = 0.05;

/** With one more value. What is below 1 is in the bucket 0. */
export function withValue(histogram: Histogram, value: number): Histogram {
  const bucket = value < 1 ? 0 : Math.floor(Math.log(value) / Math.log(RATIO)) + 1;
  return { ...histogram, [bucket]: (histogram[bucket] ?? 0) + 1 };
}

export function merged(a: Histogram, b: Histogram): Histogram {
  const sum: Record<number, number> = { ...a };
  for (const [bucket, count] of entriesOf(b)) sum[bucket] = (sum[bucket] ?? 0) + count;
  return sum;
}

/** By nearest rank: so many of a hundred are at or below it. Null where nothing was measured. */
export function percentile(histogram: Histogram, percent: number): number | null {
  const buckets = entriesOf(histogram).sort(([a], [b]) => a - b);
  const all = buckets.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.ceil((percent * all) / 100);
  for (const [bucket, count] of buckets) {
    left -= count;
    if (left <= 0) return middle(bucket);
  }
  return null;
}

/** The share of values below this one, by buckets: the one that it falls into counts whole. Null where nothing was measured. */
export function shareBelow(histogram: Histogram, value: number): number | null {
  const buckets = entriesOf(histogram);
  const all = buckets.reduce((sum, [, count]) => sum + count, 0);
  const below = buckets.reduce((sum, [bucket, count]) => (middle(bucket) < value ? sum + count : sum), 0);
  return all === 0 ? null : below / all;
}

/** How many values it has, their mean and their variance, by the middles of buckets. */
export function momentsOf(histogram: Histogram): { n: number; mean: number; variance: number } {
  const buckets = entriesOf(histogram).map(([bucket, count]) => [middle(bucket), count] as const);
  const n = buckets.reduce((sum, [, count]) => sum + count, 0);
  const mean = buckets.reduce((sum, [value, count]) => sum + value * count, 0) / Math.max(1, n);
  const squares = buckets.reduce((sum, [value, count]) => sum + count * (value - mean) ** 2, 0);
  return { n, mean, variance: squares / Math.max(1, n - 1) };
}

/** How many values it has. */
export function sizeOf(histogram: Histogram): number {
  return Object.values(histogram).reduce((sum, count) => sum + count, 0);
}

/** The value at or below which so many of a hundred are, where values of a bucket lie evenly in it. 0 where there are none. */
export function percentileWithin(histogram: Histogram, percent: number): number {
  const buckets = entriesOf(histogram).sort(([a], [b]) => a - b);
  let left = (percent * sizeOf(histogram)) / 100;
  for (const [bucket, count] of buckets) {
    if (left <= count) return bucket === 0 ? left / count : RATIO ** (bucket - 1 + left / count);
    left -= count;
  }
  return 0;
}

/** The share of values above this one, where values of a bucket lie evenly in it. 0 where there are none. */
export function shareAbove(histogram: Histogram, value: number): number {
  const at = value < 1 ? value : Math.log(value) / Math.log(RATIO) + 1;
  const above = entriesOf(histogram).reduce(
    (sum, [bucket, count]) => sum + count * Math.min(1, Math.max(0, bucket + 1 - at)),
    0,
  );
  return above / Math.max(1, sizeOf(histogram));
}

/** As it is stored: the first bucket that has a value, and how often each from there on has. */
export function listed(histogram: Histogram): number[] {
  const buckets = Object.keys(histogram).map(Number);
  const first = Math.min(...buckets);
  const counts = Array.from(
    { length: Math.max(...buckets) - first + 1 },
    (_, at) => histogram[first + at] ?? 0,
  );
  return [first, ...counts];
}

export function fromList([first = 0, ...counts]: readonly number[]): Histogram {
  const all = counts.map((count, at): [number, number] => [first + at, count]);
  return Object.fromEntries(all.filter(([, count]) => count > 0));
}

function middle(bucket: number): number {
  return bucket === 0 ? 0 : Number((RATIO ** (bucket - 0.5)).toPrecision(4));
}

function entriesOf(histogram: Histogram): [number, number][] {
  return Object.entries(histogram).map(([bucket, count]) => [Number(bucket), count]);
}
