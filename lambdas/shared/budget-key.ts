import { isoNow } from './clock.ts';

/** The control table's row of one automation's spending on one day (UTC). Money in it is in whole millionths of a dollar. */
export function budgetKey(automation: string, day = isoNow().slice(0, 10)): string {
  return `budget#${automation}#${day}`;
}
