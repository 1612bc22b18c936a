import type { Evidence } from './item/proposal.ts';
import type { Risk } from './item/status.ts';

/** What the approvals table holds of one question to people. `amend` is its only writer once it is there. */
export interface ApprovalRow {
  /** Item id and the generation that asked: one question per run. */
  id: string;
  itemId: string;
  generation: number;
  automation: string;
  status: 'pending' | 'decided' | 'expired' | 'withdrawn';
  /** Rises with every change; a change made from an older reading is refused. */
  version: number;
  /** How often a decision was taken back: pages and messages of an earlier round decide nothing. @default 0 */
  round?: number;
  /** SHA-256 of the proposal document as the gate passed it. */
  askedDigest: string;
  askedKey: string;
  /** SHA-256 of the document that is decided about: the same, or that with an approver's edits. */
  digest: string;
  proposalKey: string;
  facts: AskedFacts;
  createdAt: string;
  /** Index of the desk: `open`, `carrying`, or `closed#<month>`; within it the time of the next thing to happen, or of the end. */
  phase: string;
  phaseAt: string;
  times: ApprovalTimes;
  quorum: number;
  group: string;
  escalateTo: string;
  remindedAt?: string;
  escalatedAt?: string;
  /** By e-mail: who is asked, why, and whether the message is out. */
  asked: Record<string, Asked>;
  claim?: { by: string; until: string };
  /** By e-mail or group: who is passing the question on to them, since when, and with what words, which do not travel through queues. */
  passing?: Record<string, { by: string; at: string; note?: string }>;
  /** By e-mail: approvals so far, of the document with `digest`. */
  votes: Record<string, Vote>;
  /** What the approved document changes in the asked one. */
  edits?: Edit[];
  decision?: Decision;
  decidedBy?: string;
  decidedAt?: string;
  comment?: string;
  activeSeconds?: number;
  /** Until then the decision may be taken back by who made it (ISO 8601). */
  undoUntil?: string;
  /** Of an approval: the sign of the function that took it, see `gate/seal.ts`. */
  seal?: string;
  /** From then on the decision stands and is carried to the run. */
  carriedAt?: string;
  /** A proposal that is known to be bad, put before people to see whether they read: nothing comes of it. */
  attentionCheck?: { why: string };
  trail: TrailEntry[];
  expiresAt: number;
}

/** What the desk's lists and the audit say of a question without opening its document. No content: see ADR 0005. */
export interface AskedFacts {
  action: string;
  label: string;
  risk: Risk;
  reversible: boolean;
  /** The action in words; e-mail addresses in it are masked. */
  summary: string;
  reasons: readonly string[];
  confidence: number | null;
  /** Where the evidence comes from, not what it says. */
  sources: readonly Evidence['source'][];
  promptVersions: readonly string[];
  models: readonly string[];
  policyVersion: string;
  /** SHA-256 of the e-mail address, in lower case and without its `+tag`, of who asked for the work, where the automation knows it. */
  requester?: string;
}

/** ISO 8601, in working time where the policy has a calendar. */
export interface ApprovalTimes {
  remindAt: string;
  /** The first group's promise; later the desk is behind. */
  promiseAt: string;
  escalateAt: string;
  /** From then on no decision is taken. */
  closesAt: string;
}

export interface Asked {
  group: string;
  /** Why this person, where they are no member of the group: a delegate, or handed over by somebody. */
  via: string;
  /** An edit has made their approval void: they are asked once more. */
  voided?: boolean;
  /** What whoever handed it over had to say. */
  note?: string;
  /** A worker is sending to this person until then: another one does not. */
  sendingUntil?: string;
  mailedAt?: string;
  remindedAt?: string;
  slack?: { channel: string; ts: string };
}

export interface Vote {
  at: string;
  digest: string;
}

export interface Edit {
  field: string;
  from: unknown;
  to: unknown;
}

/** How a person came to the desk, kept with everything they do there. */
export interface Presence {
  by: string;
  channel: 'mail' | 'console' | 'slack';
  authenticatedBy: 'mailed link' | 'session by mailed link' | 'session by oidc' | 'slack signature';
  /** When the page was made on which this was done (ISO 8601). */
  openedAt?: string;
  activeSeconds?: number;
}

export const TRAIL_EVENTS = [
  'asked',
  'reminded',
  'escalated',
  'handed_over',
  'claimed',
  'released',
  'approved',
  'rejected',
  'sent_back',
  'decided',
  'undone',
  'expired',
  'withdrawn',
] as const;

/** One entry of the append-only record of a question; the audit table gets a copy of each. */
export interface TrailEntry extends Partial<Presence> {
  at: string;
  event: (typeof TRAIL_EVENTS)[number];
  /** Whom it went to: a group, or a person. */
  to?: string;
  comment?: string;
  edits?: Edit[];
  digest?: string;
  decision?: Decision;
  /** What was said or changed has left the row: the audit has it. */
  inAudit?: true;
}

export function roundOf({ round = 0 }: Pick<ApprovalRow, 'round'>): number {
  return round;
}

export const OPEN_PHASE = 'open';
/** Decided, and may still be taken back: the clock sees to it that it is carried. */
export const CARRYING_PHASE = 'carrying';

export function closedPhase(at: string): string {
  return `closed#${at.slice(0, 7)}`;
}
/** What people can say. `again` sends the item back to be thought about anew, with the comment as feedback. */
export const DECISIONS = ['approve', 'reject', 'again'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What a run is told: a decision, or that none came in time. */
export type RunDecision = 'none' | Decision | 'expired';
