/** The one spelling of every stage: folder, state, log line, metric and documentation use it. */
export const STAGES = [
  ...(['intake', 'read', 'prepare', 'route', 'evaluate'] as const),
  ...(['gate', 'approve', 'act', 'record'] as const),
] as const;
export type Stage = (typeof STAGES)[number];

export const STATUSES = [
  'received',
  'processing',
  'deferred',
  'waiting_approval',
  'acting',
  'done',
  'rejected',
  'refused',
  'expired',
  'withdrawn',
  'quarantined',
  'parked',
  'suspended',
] as const;
export type ItemStatus = (typeof STATUSES)[number];

/** Nothing leaves these statuses by itself; `done` alone is left by an operator's redrive. */
export const FINAL: readonly ItemStatus[] = ['done', 'rejected', 'refused', 'expired', 'withdrawn'];
/** Nothing happens in these until an operator, a budget or a breaker acts: a caller need not wait. */
export const RESTING: readonly ItemStatus[] = [...FINAL, 'quarantined', 'parked', 'suspended', 'deferred'];

export const PRIORITIES = ['urgent', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const VERDICTS = ['act', 'ask', 'refuse'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const RISKS = ['routine', 'consequential', 'catastrophic'] as const;
export type Risk = (typeof RISKS)[number];

/** What became of one action. `unknown`: only its destination can tell. */
export const ACTION_STATES = ['not_begun', 'acting', 'done', 'failed', 'unknown'] as const;
export type ActionState = (typeof ACTION_STATES)[number];
