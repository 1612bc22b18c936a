import type { Automation } from '../contract/automation.ts';

/**
 * Where the data of an item may go; undefined is anywhere. That is so only where an automation declares nothing: a rule that has no
 * answer for an item, such as a country it does not know, lets it go nowhere.
 */
export function placesFor(
  { residency }: Pick<Automation, 'residency'>,
  body: unknown,
): readonly string[] | undefined {
  return residency && (residency(body) ?? []);
}
