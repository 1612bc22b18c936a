import { OWN, ownRow } from '../keys.ts';

/* Keys of surrogates: an automation's own, in the control table, the idempotency table and the content bucket. */

/** How the surrogate of a step stands. */
export function surrogateKey(automation: string, step: string): string {
  return ownRow(automation, 'surrogate', step);
}

/** What an item taught the surrogate of a step. */
export function exampleKey(automation: string, step: string, itemId: string): string {
  return ownRow(automation, 'surrogate', step, itemId);
}

/** Of a surrogate's file: like content it is gone after `retention.contentDays`. */
export function surrogateFileKey(automation: string, step: string, version: string): string {
  return `items/${automation}${OWN}surrogate-${step}/${version}.json`;
}
