/** What a raw confidence was worth, by how often answers that looked so were right. Control row `calibration#…`. */
export interface Calibration {
  id: string;
  madeAt: string;
  /** Rising: from `above` on, this share of `count` answers was right. */
  bins: readonly { above: number; share: number; count: number }[];
}

/** A calibration is for one prompt and one model: another of either looks sure in another way. */
export function calibrationKey(
  automation: string,
  step: string,
  promptVersion: string,
  model: string,
): string {
  return `calibration#${automation}#${step}#${promptVersion}#${model}`;
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
  const sorted = [...answers].sort((a, b) => a.raw - b.raw);
  const pools: { above: number; right: number; count: number }[] = [];
  for (const { raw, right } of sorted) {
    const last = pools.at(-1);
    // Equal confidences are one pool: their order means nothing.
    if (last && last.above === raw)
      Object.assign(last, { right: last.right + Number(right), count: last.count + 1 });
    else pools.push({ above: raw, right: Number(right), count: 1 });
    while (pools.length > 1) {
      const [before, after] = [pools.at(-2), pools.at(-1)];
      if (!before || !after || before.right / before.count < after.right / after.count) break;
      pools.splice(-2, 2, {
        above: before.above,
        right: before.right + after.right,
        count: before.count + after.count,
      });
    }
  }
  const bins = pools.map(({ above, right, count }) => ({ above, share: right / count, count }));
  return { id, madeAt, bins };
}

/** The calibrated share, or null where nothing like it was ever seen, or too little of it. */
export function calibrated(calibration: Calibration | undefined, raw: number | undefined): number | null {
  if (!calibration || raw === undefined) return null;
  const bin = calibration.bins.filter(({ above }) => above <= raw).at(-1);
  if (!bin || bin.count < FEWEST) return null;
  // Never surer than the number of answers allows: a run of right ones is no proof (rule of succession).
  return (bin.share * bin.count + 1) / (bin.count + 2);
}
