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

/**
 * How many times as long a size takes as a quarter of it: 4 where time is in proportion, 16 where it is its
 * square.
 */
export function growth(size: number, run: (size: number) => void): number {
  const quarter = Math.max(
    LEAST_MS,
    cpuMs(() => run(size / 4)),
  );
  return cpuMs(() => run(size), 3) / quarter;
}

/** Between proportion and square, with room for what is no part of either. */
export const MOST_GROWTH = 9;
