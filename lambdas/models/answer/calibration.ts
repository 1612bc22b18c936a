import type { Calibration } from '../../tables/control/calibrations.ts';

/** Fewer answers than this prove nothing. */
const FEWEST = 20;

/**
 * Bins of rising confidence whose share of right answers never falls (pool adjacent violators): a higher raw confidence never
 * gets a lower value. Undefined if there are too few answers.
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
  // A few answers at the top prove little: they join the bin below.
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

/** Equal confidences are one pool: their order means nothing, and an agreement has only three values. */
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

/** One-sided 95 %: of a hundred bins, five are worth less than stated. */
const Z = 1.645;

/**
 * Lower bound on the bin's true share (Wilson). The bins were chosen where right answers gather, so a good one is partly luck:
 * their raw shares let one calibration in five pass a gate of 0.95 although 90 % are right.
 */
function worthAtLeast({ share, count }: Calibration['bins'][number]): number {
  const z2 = Z * Z;
  const spread = Z * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count));
  return Math.max(0, (share + z2 / (2 * count) - spread) / (1 + z2 / count));
}

/** Lower bound on the share of right answers at this confidence; null with too few such answers. */
export function calibrated(calibration: Calibration | undefined, raw: number | undefined): number | null {
  if (!calibration || raw === undefined) return null;
  const reached = calibration.bins.filter(({ above }) => above <= raw);
  if ((reached.at(-1)?.count ?? 0) < FEWEST) return null;
  // Never below the value of a lower raw confidence, which may only have more answers.
  return Math.max(...reached.filter(({ count }) => count >= FEWEST).map(worthAtLeast));
}
