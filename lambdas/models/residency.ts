import type { Automation } from '../contract/automation.ts';

/**
 * Where the data of an item may go. Undefined means anywhere, and only if the automation declares no rule: a rule without an
 * answer for an item, such as an unknown country, means nowhere.
 */
export function placesFor(
  { residency }: Pick<Automation, 'residency'>,
  body: unknown,
): readonly string[] | undefined {
  return residency && (residency(body) ?? []);
}
