import type { Automation, Thresholds } from '../../contract/automation.ts';

/** The values that a policy compares with. @param others in place of those that are declared */
export function thresholdsOf(
  { thresholds = {} }: Pick<Automation, 'thresholds'>,
  others: Thresholds = {},
): Thresholds {
  const declared = Object.entries(thresholds).map(([name, { value }]) => [name, value]);
  return { ...Object.fromEntries(declared), ...others };
}
