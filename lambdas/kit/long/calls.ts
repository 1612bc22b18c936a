import type { Automation } from '../../contract/automation.ts';

/** Parts that no automation may go beyond, and those that one reads which says nothing of it: about 120,000 characters. */
export const MOST_CALLS = 20;
const CALLS = 6;

/** By how many calls a step may read a long text; 1 where it is cut instead. */
export function callsFor({ longText }: Pick<Automation, 'longText'>): number {
  return longText === false ? 1 : (longText?.mostCalls ?? CALLS);
}
