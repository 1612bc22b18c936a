import { clock, DAY_SECONDS } from '../../kit/clock.ts';

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
