import { DAY_SECONDS } from '../kit/clock.ts';

/* Weeks as ISO 8601 counts them, from Monday to Sunday (UTC): `2026-W48`. */

const DAY_MS = DAY_SECONDS * 1000;
const WEEK_MS = 7 * DAY_MS;

/** The week of a moment. */
export function weekOf(at: number): string {
  const monday = mondayOf(at);
  // A week is of the year in which its Thursday is.
  const year = new Date(monday + 3 * DAY_MS).getUTCFullYear();
  const number = Math.round((monday - firstMonday(year)) / WEEK_MS) + 1;
  return `${year}-W${String(number).padStart(2, '0')}`;
}

/** The week that was over before this moment. */
export function weekBefore(at: number): string {
  return weekOf(at - WEEK_MS);
}

/** Its first moment and that of the next one. @returns undefined for what is no week */
export function boundsOf(week: string): { from: string; to: string } | undefined {
  const [, year = '', number = ''] = /^(\d{4})-W(\d\d)$/.exec(week) ?? [];
  const from = firstMonday(Number(year)) + (Number(number) - 1) * WEEK_MS;
  if (year === '' || weekOf(from) !== week) return undefined;
  return { from: new Date(from).toISOString(), to: new Date(from + WEEK_MS).toISOString() };
}

/** The week as many weeks later, or earlier. */
export function weekBeside(week: string, weeks: number): string {
  return weekOf(Date.parse(boundsOf(week)?.from ?? '') + weeks * WEEK_MS);
}

function mondayOf(at: number): number {
  const day = Math.floor(at / DAY_MS);
  // The first of January 1970 was a Thursday.
  return (day - ((day + 3) % 7)) * DAY_MS;
}

/** The fourth of January is in a year's first week. */
function firstMonday(year: number): number {
  return mondayOf(Date.UTC(year, 0, 4));
}
