import { ask } from '../../../lambdas/approve/ask/ask.ts';
import { decide } from '../../../lambdas/approve/decision/decide.ts';
import type { ApprovalCommand } from '../../../lambdas/contract/item/messages.ts';
import { APPROVAL, person, row } from '../../support/desk.ts';
import { ENV, SETTINGS } from '../../support/fixtures.ts';
import { DECISION_KEY, time, world } from '../../support/world.ts';
import { inSlack } from './commands-slack.ts';

/* The commands of the desk, and the people who answer meanwhile. */

/** A world of its own for the test that runs. */
export function fresh(): void {
  world.reset();
  time.freeze();
  inSlack.length = 0;
}

export const run = (message: object, settings = SETTINGS) =>
  ask({ approvalId: APPROVAL, ...message } as ApprovalCommand, { env: ENV, settings });

export const REMIND = { command: 'remind' };
export const ESCALATE = { command: 'escalate', by: 'the timekeeper' };
export const HAND_OVER = {
  command: 'hand over',
  by: 'ann@example.com',
  to: 'eve@example.com',
};

export const trail = () => row().trail.map(({ event }) => event);

export const say = (name: string, decision: 'approve' | 'reject' = 'approve') =>
  decide(
    'approvals',
    row(),
    { decision, shown: row().digest, round: row().round ?? 0, comment: '' },
    person(name),
    10,
    DECISION_KEY,
  );
