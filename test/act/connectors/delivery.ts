import { actOn } from '../../../lambdas/act/act.ts';
import type { Action, Automation } from '../../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import type { Destination } from '../../../lambdas/contract/outside/destination.ts';
import { automation, ENV, gated, ID, proposal, sqsRecord, stored } from '../../support/fixtures.ts';

/* One action of the demo at one destination, whatever its connector: what was allowed, and one delivery of its message. */

export const PARAMETERS = { to: 'mara@example.com', text: 'It is on its way.', order: 'A-1' };

/** An item whose action `tell` is allowed. */
export function allowed(row: Partial<ItemRow> = {}, parameters: Record<string, unknown> = PARAMETERS): void {
  gated(
    row,
    proposal({ action: 'tell', parameters, destination: 'there', risk: 'routine', summary: 'Tell' }),
  );
}

export function declaring(rules: Partial<Action>): Automation {
  const tell: Action = {
    ...{ destination: 'there', risk: 'routine', reversible: true, describe: () => 'Tell' },
    ...rules,
  };
  return { ...automation, actions: { tell } } as Automation;
}

/** Delivers the message of the action. */
export function deliver(destination: Destination, rules: Partial<Action>, generation = 1): Promise<void> {
  const DESTINATIONS = JSON.stringify({ there: destination });
  return actOn(sqsRecord({ itemId: ID, generation }), { ...ENV, DESTINATIONS }, declaring(rules));
}

/** How the item stands after deliveries, however they ended. */
export async function standsAfter(
  destination: Destination,
  rules: Partial<Action>,
  deliveries = 1,
): Promise<{ status: string; error?: string; cause?: string; reference?: string }> {
  for (let n = 0; n < deliveries; n += 1) await deliver(destination, rules).catch(() => {});
  const { status, error, action } = stored();
  const reference = action?.result?.reference;
  return {
    ...{ status, ...(error ? { error: error.class, cause: error.message } : {}) },
    ...(reference ? { reference } : {}),
  };
}
