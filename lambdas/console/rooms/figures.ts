import { clock, DAY_SECONDS } from '../../kit/clock.ts';
import { type Summary, summaryOf } from '../../reports/summary.ts';
import { type Figures, sumOf } from '../../tables/statistics/figures.ts';
import { hourOf, hoursOf } from '../../tables/statistics/hours.ts';
import type { AttentionRates } from '../../tables/statistics/view.ts';

const DAY_MS = DAY_SECONDS * 1000;
const HOUR_MS = 3_600_000;

/** The last seven days to the hour, the seven before, and each day since. */
export interface Weeks {
  now: Summary;
  before: Summary;
  figures: Figures;
  /** Those of the fourteen days that had something, as `2026-11-28` (UTC). */
  days: { day: string; summary: Summary }[];
  /** Versions of prompts that calls were made with in the last seven days, and not in the seven before. */
  newPrompts: string[];
}

/** At most 360 rows, in four reads, whatever the number of items. */
export async function weeksOf(table: string, automation: string, rates: AttentionRates): Promise<Weeks> {
  const to = Math.ceil(clock.now() / HOUR_MS) * HOUR_MS;
  const [week, older] = [hourOf(iso(to - 7 * DAY_MS)), hourOf(iso(to - 14 * DAY_MS))];
  const begin = iso(Math.floor((to - 14 * DAY_MS) / DAY_MS) * DAY_MS);
  const hours = await hoursOf(table, automation, begin, iso(to));
  const between = (from: string, until: string) =>
    sumOf(hours.flatMap(({ hour, figures }) => (hour >= from && hour < until ? [figures] : [])));
  const [now, before] = [between(week, hourOf(iso(to))), between(older, week)];
  const days = Map.groupBy(hours, ({ hour }) => hour.slice(0, 10));
  return {
    ...{ now: summaryOf(now, rates), before: summaryOf(before, rates), figures: now },
    days: [...days].map(([day, of]) => ({
      day,
      summary: summaryOf(sumOf(of.map(({ figures }) => figures)), rates),
    })),
    newPrompts: Object.keys(now.promptVersion ?? {})
      .filter((version) => !Object.hasOwn(before.promptVersion ?? {}, version))
      .sort(),
  };
}

const iso = (at: number) => new Date(at).toISOString();

/** The fourteen days up to now, in their order. */
export function lastDays(): string[] {
  const today = Math.floor(clock.now() / DAY_MS) * DAY_MS;
  return Array.from({ length: 14 }, (_, at) =>
    new Date(today - (13 - at) * DAY_MS).toISOString().slice(0, 10),
  );
}
