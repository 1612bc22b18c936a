import type { ApprovalRow } from '../contract/approval.ts';
import type { ItemRow } from '../contract/item/row.ts';

/* What the indexes hold beside their keys (20 attributes at most). Readers are typed by these lists. */

/** `byAutomation` of the items table. */
export const SHOWN_BY_AUTOMATION = [
  'client',
  'status',
  'receivedAt',
  'priority',
  'label',
  'verdict',
  'costUsd',
] as const satisfies readonly (keyof ItemRow)[];

/** `byPhase` of the approvals table. The item stands in the id already. */
export const SHOWN_BY_PHASE = [
  'automation',
  'status',
  'facts',
  'createdAt',
  'times',
  'quorum',
  'group',
  'escalateTo',
  'remindedAt',
  'escalatedAt',
  'claim',
  'votes',
  'asked',
  'decision',
  'decidedBy',
  'decidedAt',
  'activeSeconds',
  'edits',
  'undoUntil',
  'attentionCheck',
] as const satisfies readonly (keyof ApprovalRow)[];

export type ListedApproval = Pick<ApprovalRow, 'id' | 'phase' | 'phaseAt' | (typeof SHOWN_BY_PHASE)[number]>;
