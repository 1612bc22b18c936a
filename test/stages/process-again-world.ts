import { processRecord } from '../../lambdas/process/process.ts';
import type { Implementation } from '../../lambdas/shared/automation.ts';
import type { ItemRow } from '../../lambdas/shared/item.ts';
import {
  automation,
  ENDPOINT,
  ENV,
  gated,
  ID,
  PAY,
  proposal,
  sqsRecord,
  stored,
} from '../support/fixtures.ts';
import { world } from '../support/world.ts';
import { step } from './process-again-step.ts';

/* An item that an approver has sent back, and the worker that thinks about it again. */

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
  world.tables.put('approvals', { id, decision: 'again', taskToken: 'secret', ...(comment && { comment }) });
}

export function run(
  message: object = {},
  receives = 1,
  evaluate: Implementation['evaluate'] = async () => PAY,
) {
  return processRecord(sqsRecord({ itemId: ID, generation: 1, again: true, ...message }, receives), {
    env: ENV,
    endpoints: [ENDPOINT],
    automation: automation as never,
    implementation: { prompts: { route: { version: 'route.v2', text: 'Sort.' } }, evaluate },
  });
}

export const started = () => world.executions.get(`${ID}-g2`)?.input;
export const thoughtAgain = () => stored().timeline.filter(({ event }) => event === 'thinking_again');
