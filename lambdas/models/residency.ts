import type { Automation } from '../contract/automation.ts';

/**
 * Where an item's data may go. Undefined is anywhere, only without a rule; no answer of a rule is nowhere.
 */
export function placesFor(
  { residency }: Pick<Automation, 'residency'>,
  body: unknown,
): readonly string[] | undefined {
  return residency && (residency(body) ?? []);
}
