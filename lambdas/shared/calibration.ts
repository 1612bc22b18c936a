/** What a raw confidence was worth, by how often answers that looked so were right. Control row `calibration#…`. */
export interface Calibration {
  id: string;
  madeAt: string;
  /** Rising: from `above` on, this share of `count` answers was right. */
  bins: readonly { above: number; share: number; count: number }[];
}

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

/** The calibrated share, or null where nothing like it was ever seen, or too little of it. */
export function calibrated(calibration: Calibration | undefined, raw: number | undefined): number | null {
  if (!calibration || raw === undefined) return null;
  const reached = calibration.bins.filter(({ above }) => above <= raw);
  if ((reached.at(-1)?.count ?? 0) < FEWEST) return null;
  // Never surer than the number of answers allows: a run of right ones is no proof (rule of succession). Nor less sure than what
  // looked less sure, which may only have been seen more often.
  const shares = reached.map(({ share, count }) => (share * count + 1) / (count + 2));
  return Math.max(...shares.filter((_, index) => (reached[index]?.count ?? 0) >= FEWEST));
}
