import { DAY_SECONDS } from '../../kit/clock.ts';

/* The days of a comparison, as `2026-11-28` (UTC). */

export interface Days {
  from: string;
  /** Not in it. */
  to: string;
}

const DAY_MS = DAY_SECONDS * 1000;
export const WEEK_DAYS = 7;
export const REFERENCE_WEEKS = 4;
/** The reference and the week beside it. */
export const SPAN_DAYS = (REFERENCE_WEEKS + 1) * WEEK_DAYS;

/** The weeks of a reference that begins on this day. */
export function referenceFrom(from: string): Days {
  return { from, to: minus(from, -REFERENCE_WEEKS * WEEK_DAYS) };
}

export function minus(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
}
