import { clock, DAY_SECONDS } from '../../kit/clock.ts';

/** The stream brings an outcome within two minutes; while it is late, an alarm says so. */
const ON_ITS_WAY_MS = 300_000;

/** For how many days items and their content are kept. */
export interface Days {
  itemDays: number;
  contentDays: number;
}

/** As the function is told: of each automation that keeps them for a shorter time, and of the others under `*`. */
export function daysOf(automation: string, { KEPT_DAYS }: { KEPT_DAYS: string }): Days {
  const all = JSON.parse(KEPT_DAYS) as Record<string, Days>;
  return (
    all[automation] ??
    all['*'] ?? { itemDays: Number.POSITIVE_INFINITY, contentDays: Number.POSITIVE_INFINITY }
  );
}

/** Whether what was kept for so many days from then on may be gone. */
export function isOver(from: string, days: number): boolean {
  return Date.parse(from) + days * DAY_SECONDS * 1000 <= clock.now();
}

/** Whether the receipt of what changed then may still be on its way. */
export function isFresh({ updatedAt }: { updatedAt: string }): boolean {
  return Date.parse(updatedAt) > clock.now() - ON_ITS_WAY_MS;
}
