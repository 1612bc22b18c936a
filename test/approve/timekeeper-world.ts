import { timekeeper } from '../../lambdas/approve/timekeeper.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { row } from '../support/desk.ts';
import { automation, ENV, SETTINGS } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

/* The clock of the desk, which looks when a test says so. */

export const DEMO = automation as Automation;

export const look = (automations: readonly Automation[] = [DEMO]) =>
  timekeeper({ env: ENV, settings: SETTINGS }, automations);

export const at = (clock: string) => {
  time.at = Date.parse(`2026-12-01T${clock}Z`);
};

/** A question beside the first one. */
export const beside = (id: string, fields: Partial<ApprovalRow> = {}) =>
  world.tables.put('approvals', { ...row(), id, itemId: id.replace(/-g1$/, ''), ...fields });
