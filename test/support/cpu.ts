/*
 * Time in proportion: measured against itself in the same run, so that neither the machine nor its neighbours
 * decide.
 */

/** Below this the clock and the collector of garbage decide, not the text. */
export const LEAST_MS = 2;

/** Milliseconds of this thread's own work, the least of a few runs. */
export function cpuMs(run: () => void, runs = 4): number {
  const times = Array.from({ length: runs }, () => {
    const { user, system } = process.threadCpuUsage();
    run();
    const after = process.threadCpuUsage();
    return (after.user + after.system - user - system) / 1000;
  });
  return Math.min(...times);
}

/** So often a growth is looked at again before it is believed. */
const ROUNDS = 12;
/** What is this near to proportion needs no second look. */
const PLAIN_GROWTH = 6;

/**
 * How many times as long four times the size takes: 4 where time is in proportion, 16 where it is its square. From a quarter and
 * from a sixteenth, whichever grew less: compilers and collectors of garbage bend one of the steps, a square bends both. The
 * least times, measured in turns: a neighbour can only make a run longer.
 */
export function growth(size: number, run: (size: number) => void): number {
  const least = {
    whole: Number.POSITIVE_INFINITY,
    quarter: Number.POSITIVE_INFINITY,
    part: Number.POSITIVE_INFINITY,
  };
  const look = (at: keyof typeof least, of: number, runs: number) => {
    least[at] = Math.min(
      least[at],
      cpuMs(() => run(of), runs),
    );
  };
  const grown = () =>
    Math.min(
      least.whole / Math.max(LEAST_MS, least.quarter),
      Math.sqrt(least.whole / Math.max(LEAST_MS / 4, least.part)),
    );
  for (let round = 0; round < ROUNDS && !(round > 0 && grown() < PLAIN_GROWTH); round += 1) {
    look('part', size / 16, 3);
    look('quarter', size / 4, 2);
    look('whole', size, 1);
  }
  return grown();
}

/** Between proportion and square, with room for what is no part of either. */
export const MOST_GROWTH = 9;
