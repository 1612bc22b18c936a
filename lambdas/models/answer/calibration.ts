import type { Calibration } from '../../tables/control/calibrations.ts';

/** Fewer answers than this say nothing. */
const FEWEST = 20;

/**
 * Bins of rising confidence whose share of right answers never falls (pool adjacent violators): what looks surer is never said
 * to be less sure. Undefined where there are too few answers.
 */
export function calibrate(
  id: string,
  madeAt: string,
  answers: readonly { raw: number; right: boolean }[],
): Calibration | undefined {
  if (answers.length < FEWEST) return undefined;
  const pools: Pool[] = [];
  for (const pool of byConfidence(answers)) {
    pools.push(pool);
    for (let [before, after] = pools.slice(-2); before && after && !rises(before, after); ) {
      pools.splice(-2, 2, together(before, after));
      [before, after] = pools.slice(-2);
    }
  }
  // A few answers at the top say little of how sure they should look: they count with those below them.
  for (let at = pools.length - 1; at > 0; at -= 1) {
    const [before, after] = [pools[at - 1], pools[at]];
    if (before && after && after.count < FEWEST) pools.splice(at - 1, 2, together(before, after));
  }
  const bins = pools.map(({ above, right, count }) => ({ above, share: right / count, count }));
  return { id, madeAt, bins };
}

interface Pool {
  above: number;
  right: number;
  count: number;
}

/** Equal confidences are one pool: their order means nothing, and there are only three of an agreement. */
function byConfidence(answers: readonly { raw: number; right: boolean }[]): Pool[] {
  const pools = new Map<number, Pool>();
  for (const { raw, right } of answers) {
    const pool = pools.get(raw) ?? { above: raw, right: 0, count: 0 };
    pools.set(raw, { above: raw, right: pool.right + Number(right), count: pool.count + 1 });
  }
  return [...pools.values()].sort((a, b) => a.above - b.above);
}

function rises(before: Pool, after: Pool): boolean {
  return before.right / before.count < after.right / after.count;
}

function together(before: Pool, after: Pool): Pool {
  return { above: before.above, right: before.right + after.right, count: before.count + after.count };
}

/** One-sided 95 %: of a hundred bins drawn once, five are worth less than is said of them. */
const Z = 1.645;

/**
 * What the bin is worth at least (Wilson's lower bound). The bins were made by looking for where right answers gather, so that a
 * good one is partly luck: their shares as they stand let one calibration in five pass a gate of 0.95 where 90 % are right.
 */
function worthAtLeast({ share, count }: Calibration['bins'][number]): number {
  const z2 = Z * Z;
  const spread = Z * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count));
  return Math.max(0, (share + z2 / (2 * count) - spread) / (1 + z2 / count));
}

/** What was right at least, of answers that looked so, or null where nothing like it was ever seen, or too little of it. */
export function calibrated(calibration: Calibration | undefined, raw: number | undefined): number | null {
  if (!calibration || raw === undefined) return null;
  const reached = calibration.bins.filter(({ above }) => above <= raw);
  if ((reached.at(-1)?.count ?? 0) < FEWEST) return null;
  // Never less sure than what looked less sure, which may only have been seen more often.
  return Math.max(...reached.filter(({ count }) => count >= FEWEST).map(worthAtLeast));
}
