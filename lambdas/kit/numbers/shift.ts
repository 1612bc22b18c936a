/*
 * Whether what comes now is distributed otherwise than what came before. Small samples always differ, and so does one week from another:
 * what is told is more than chance makes of so many, and more than those weeks differed from each other.
 */

/** How often each value came. */
export type Counts = Readonly<Record<string, number>>;

export interface Shift {
  /** Population stability index, less what chance alone makes of it on average. */
  psi: number;
  /** What chance makes of it three times in a hundred thousand. */
  chance: number;
  /** The largest by which one part of the reference differs from its other parts. */
  usual: number;
  shifted: boolean;
  /** Shares before and now, of the value that changed most first. */
  shares: readonly ValueShare[];
  /** How many were counted. */
  items: { before: number; now: number };
}

export interface ValueShare {
  value: string;
  before: number;
  now: number;
}

/** Values that are expected less often than this are counted together. */
const FEWEST = 5;
/** Fewer than this, before or now, say nothing. */
export const FEWEST_ITEMS = 50;
/** So many parts of the reference have to hold as many, or nobody knows what is usual. */
export const FEWEST_PARTS = 3;
/** A shift that anybody would want to hear of: the rule of thumb of those who watch scores. */
const NOTICEABLE = 0.1;
/** Of a share that is small, PSI makes little: one that is half as large again, or half, and by two points, is told too. */
const POINTS = 0.02;
const TIMES = 1.5;
export const TOGETHER = 'the rest';

/** @param parts of the reference, such as its weeks. @returns undefined where there is too little to compare */
export function shiftOf(parts: readonly Counts[], now: Counts, deviations = DEVIATIONS): Shift | undefined {
  const reference = sumOf(parts);
  const [before, after] = [total(reference), total(now)];
  const enough = parts.filter((part) => total(part) >= FEWEST_ITEMS);
  if (enough.length < FEWEST_PARTS || after < FEWEST_ITEMS) return undefined;
  const values = valuesOf(reference, now);
  const [was, is] = [grouped(reference, values), grouped(now, values)];
  const freedom = Math.max(1, values.length - 1);
  const noise = 1 / before + 1 / after;
  const usual = usualOf(enough, values);
  const psi = Math.max(0, psiOf(was, is) - freedom * noise);
  const chance = chiSquare(freedom, deviations) * noise;
  const shares = values
    .map((value) => ({ value, before: share(was, value), now: share(is, value) }))
    .sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
  const large = psi >= NOTICEABLE || shares.some((it) => isMultiplied(it));
  const shifted = large && distanceOf(was, is) > chance + usual && psi > 2 * usual;
  return { psi, chance, usual, shifted, shares, items: { before, now: after } };
}

/** Beyond which chance is ruled out: three of a hundred thousand of the standard normal distribution are, as much is asked each day. */
export const DEVIATIONS = 4;

function isMultiplied({ before, now }: ValueShare): boolean {
  const [less, more] = [Math.min(before, now), Math.max(before, now)];
  return more - less >= POINTS && more >= TIMES * less;
}

/** How far each part is from the others, with what chance makes of it taken away. */
function usualOf(parts: readonly Counts[], values: readonly string[]): number {
  const distances = parts.map((part) => {
    const others = sumOf(parts.filter((it) => it !== part));
    const noise = (values.length - 1) * (1 / total(part) + 1 / total(others));
    return psiOf(grouped(others, values), grouped(part, values)) - noise;
  });
  return Math.max(0, ...distances);
}

/** Those that come often enough in one of both, and one for all that do not. */
function valuesOf(reference: Counts, now: Counts): string[] {
  const [before, after] = [total(reference), total(now)];
  const all = [...new Set([...Object.keys(reference), ...Object.keys(now)])];
  const often = all.filter((value) => {
    const share = ((reference[value] ?? 0) + (now[value] ?? 0)) / (before + after);
    return share * Math.min(before, after) >= FEWEST;
  });
  return often.length < all.length ? [...often, TOGETHER] : often;
}

function grouped(counts: Counts, values: readonly string[]): Counts {
  const sum: Record<string, number> = Object.fromEntries(values.map((value) => [value, 0]));
  for (const [value, count] of Object.entries(counts)) {
    const at = Object.hasOwn(sum, value) ? value : TOGETHER;
    sum[at] = (sum[at] ?? 0) + count;
  }
  return sum;
}

/** Half a count is added to each: what never came has no logarithm. */
function psiOf(was: Counts, is: Counts): number {
  const values = Object.keys(was);
  const part = (counts: Counts, value: string) =>
    ((counts[value] ?? 0) + 0.5) / (total(counts) + values.length / 2);
  return values.reduce((sum, value) => {
    const [p, q] = [part(was, value), part(is, value)];
    return sum + (q - p) * Math.log(q / p);
  }, 0);
}

/** Pearson's chi-square of both together, for one item: where few are expected it is nearer to what it should be than the index. */
function distanceOf(was: Counts, is: Counts): number {
  const [before, after] = [total(was), total(is)];
  return Object.keys(was).reduce((sum, value) => {
    const [a, b] = [was[value] ?? 0, is[value] ?? 0];
    const pooled = (a + b) / (before + after);
    return pooled === 0 ? sum : sum + (b / after - a / before) ** 2 / pooled;
  }, 0);
}

/** The quantile at which the standard normal has `z`, by Wilson and Hilferty. */
function chiSquare(freedom: number, z: number): number {
  const ninth = 2 / (9 * freedom);
  return freedom * (1 - ninth + z * Math.sqrt(ninth)) ** 3;
}

function share(counts: Counts, value: string): number {
  return (counts[value] ?? 0) / total(counts);
}

function sumOf(parts: readonly Counts[]): Counts {
  const sum: Record<string, number> = {};
  for (const part of parts)
    for (const [value, count] of Object.entries(part)) sum[value] = (sum[value] ?? 0) + count;
  return sum;
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
