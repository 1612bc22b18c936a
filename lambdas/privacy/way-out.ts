import type { Automation } from '../contract/automation.ts';
import type { Endpoint } from '../contract/endpoint.ts';

/** Whether the endpoint may see personal data of this automation. */
export function isInside(
  { privacy }: Pick<Automation, 'privacy'>,
  { residency }: Pick<Endpoint, 'residency'>,
): boolean {
  return privacy === undefined || (privacy.residency ?? []).includes(residency);
}

/** Replaces in what a step is about to send. */
export type Clears = <T>(step: string, value: T) => T;

/** What an endpoint outside gets. The recogniser is loaded for automations that replace personal data, as `vaultOf` does. */
export async function clearing(automation: Pick<Automation, 'name' | 'privacy'>): Promise<Clears> {
  if (!automation.privacy) return (_, value) => value;
  const { forOutside } = await import('./seldom.ts');
  return (step, value) => forOutside(automation, step, value);
}
