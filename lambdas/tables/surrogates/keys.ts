import { ownRow } from '../keys.ts';

/* Keys of surrogates: an automation's own, in the control table and the idempotency table. */

/** How the surrogate of a step stands. */
export function surrogateKey(automation: string, step: string): string {
  return ownRow(automation, 'surrogate', step);
}

/** What an item taught the surrogate of a step. */
export function exampleKey(automation: string, step: string, itemId: string): string {
  return ownRow(automation, 'surrogate', step, itemId);
}
