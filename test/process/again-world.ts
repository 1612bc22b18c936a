import type { Implementation } from '../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { gated, ID, PAY, proposal, runName, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { doors, step } from './again-step.ts';
import { thinking, work } from './world.ts';

/* An item that an approver has sent back, and the worker that thinks about it again. */

/** A world of its own for the test that runs. */
export function fresh(): void {
  world.reset();
  time.freeze();
  doors.length = 0;
}

export const OLD = `${ID}-g1`;

/** An item whose first proposal an approver has sent back. */
export function sentBack(fields: Partial<ItemRow> = {}, comment = 'Only half of it.'): void {
  const spent = { lineage: [step('route.v1')], costUsd: 0.0001, tokens: { input: 100, output: 10 } };
  const error = { class: 'SystemError' as const, message: 'of an earlier try' };
  gated({ verdict: 'ask', reasons: ['much'], approvalId: OLD, ...spent, error, ...fields }, proposal());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: 'charged twice' }));
  approved(OLD, comment);
}

export function approved(id: string, comment?: string): void {
  world.tables.put('approvals', { id, decision: 'again', ...(comment && { comment }) });
}

export function run(
  message: object = {},
  receives = 1,
  evaluate: Implementation['evaluate'] = async () => PAY,
) {
  const implementation = thinking(evaluate, 'route.v2');
  return work({ message: { again: true, ...message }, receives, implementation });
}

export const started = () => world.executions.get(runName(2))?.input;
export const thoughtAgain = () => stored().timeline.filter(({ event }) => event === 'thinking_again');
