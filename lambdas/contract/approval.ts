import type { Compensates } from './item/compensation.ts';
import type { Evidence } from './item/proposal.ts';
import type { Amount } from './item/proposal-document.ts';
import type { Risk } from './item/status.ts';

/** What the approvals table holds of one approval. Once the row exists, only `amend` writes it. */
export interface ApprovalRow {
  /** Item id and the generation that asked: one approval per run. */
  id: string;
  itemId: string;
  generation: number;
  automation: string;
  status: 'pending' | 'decided' | 'expired' | 'withdrawn';
  /** Rises with every change; a change based on an older reading is refused. */
  version: number;
  /** How often a decision was undone: pages and messages of an earlier round decide nothing. @default 0 */
  round?: number;
  /** SHA-256 of the proposal document as the gate passed it. */
  askedDigest: string;
  askedKey: string;
  /** SHA-256 of the document to decide about: the original, or the one with an approver's edits. */
  digest: string;
  proposalKey: string;
  facts: AskedFacts;
  createdAt: string;
  /** Index key: `open`, `carrying`, or `closed#<month>`; sorted by the next due time, or the end. */
  phase: string;
  phaseAt: string;
  times: ApprovalTimes;
  quorum: number;
  group: string;
  escalateTo: string;
  remindedAt?: string;
  escalatedAt?: string;
  /** By e-mail: who is asked, why, and whether the message went out. */
  asked: Record<string, Asked>;
  claim?: { by: string; until: string };
  /** By e-mail or group: who is handing it over to them, since when, and with what note. */
  passing?: Record<string, { by: string; at: string; note?: string }>;
  /** By e-mail: approvals so far of the document with `digest`. */
  votes: Record<string, Vote>;
  /** What the approved document changes in the original. */
  edits?: Edit[];
  decision?: Decision;
  decidedBy?: string;
  decidedAt?: string;
  comment?: string;
  activeSeconds?: number;
  /** Until then its maker may undo the decision (ISO 8601). */
  undoUntil?: string;
  /** Of an approval: the signature of the deciding function, see `gate/seal.ts`. */
  seal?: string;
  /** From then on the decision stands and is carried to the run. */
  carriedAt?: string;
  /** A known-bad proposal, to check that approvers read: nothing comes of it. */
  attentionCheck?: { why: string };
  trail: TrailEntry[];
  expiresAt: number;
}

/** What lists and the audit show of an approval without its document. No content: see ADR 0005. */
export interface AskedFacts {
  action: string;
  label: string;
  risk: Risk;
  reversible: boolean;
  /** The action in words; e-mail addresses in it are masked. */
  summary: string;
  reasons: readonly string[];
  confidence: number | null;
  /** The sources of the evidence, not its words. */
  sources: readonly Evidence['source'][];
  promptVersions: readonly string[];
  models: readonly string[];
  policyVersion: string;
  /** SHA-256 of the requester's e-mail address (lower case, no `+tag`), if the automation knows it. */
  requester?: string;
  /** The money at stake as it was proposed, if the action names it. */
  amount?: Amount;
  /** Sources that were down, and whose answers may complete the item. Absent where nothing will. */
  missing?: readonly string[];
  /** How often the house had the item thought about again before. @default 0 */
  completions?: number;
  /** What it takes back. Absent of any other. */
  compensates?: Pick<Compensates, 'item' | 'action'>;
}

/** Who escalates in time, and has thought about again what can be completed. No address of a person. */
export const TIMEKEEPER = 'the timekeeper';
/** Minutes after asking from which the house may do so: the first time, and the second. It does so no third time. */
export const COMPLETES_AFTER_MINUTES = [5, 60] as const;
export const COMPLETES = 'what was missing can be had now';

/** Whether the house closed it, for the item to be thought about again; no person said anything. */
export function isCompletion({ decision, decidedBy }: Pick<ApprovalRow, 'decision' | 'decidedBy'>): boolean {
  return decision === 'again' && decidedBy === TIMEKEEPER;
}

/** ISO 8601; in working time if the policy has a calendar. */
export interface ApprovalTimes {
  remindAt: string;
  /** The first group's promise; later the approval is overdue. */
  promiseAt: string;
  escalateAt: string;
  closesAt: string;
}

export interface Asked {
  group: string;
  /** Why this person, if they are no member of the group: a delegate, or after a hand-over. */
  via: string;
  /** An edit voided their approval: they are asked again. */
  voided?: boolean;
  /** The note of the person who handed it over. */
  note?: string;
  /** A worker is sending to this person until then: others do not. */
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

/** How a person signed in or came, kept with everything they do. */
export interface Presence {
  by: string;
  channel: 'mail' | 'console' | 'slack';
  authenticatedBy: 'mailed link' | 'session by mailed link' | 'session by oidc' | 'slack signature';
  /** When the page of this form was made (ISO 8601). */
  openedAt?: string;
  activeSeconds?: number;
  /** How many decisions were made by one form, if more than this one. */
  together?: number;
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

/** One entry of an approval's append-only trail; the audit table gets a copy of each. */
export interface TrailEntry extends Partial<Presence> {
  at: string;
  event: (typeof TRAIL_EVENTS)[number];
  /** The recipient: a group, or a person. */
  to?: string;
  comment?: string;
  edits?: Edit[];
  digest?: string;
  decision?: Decision;
  /** The words have left the row: the audit has them. */
  inAudit?: true;
}

export function roundOf({ round = 0 }: Pick<ApprovalRow, 'round'>): number {
  return round;
}

/** The number of an approval in mails and on pages: `d2d7f04-g1`. */
export function shortNumber(approvalId: string): string {
  return approvalId.slice(-10);
}

export const OPEN_PHASE = 'open';
/** Decided, and still undoable: the timekeeper makes sure that it is carried. */
export const CARRYING_PHASE = 'carrying';

export function closedPhase(at: string): string {
  return `closed#${at.slice(0, 7)}`;
}
/** A person's decision. `again` sends the item back to be reconsidered, with the comment as feedback. */
export const DECISIONS = ['approve', 'reject', 'again'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What a run learns: a decision, or that none came in time. */
export type RunDecision = 'none' | Decision | 'expired';
