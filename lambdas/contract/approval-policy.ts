import type { Proposal } from './item/proposal.ts';

/** A parameter that an approver may change. */
export type EditField = { label: string } & (
  | { type: 'money'; least: string; most: string }
  | { type: 'number'; least: number; most: number }
  | { type: 'text'; maxLength: number }
  | { type: 'choice'; options: readonly string[] }
);

/** Who is asked, how many of them must agree, and how long they have. */
export interface ApprovalTerms {
  /** Approver groups of `signalbox.config.ts`. */
  group: string;
  escalateTo: string;
  /** Different people who must approve; one rejection is enough to reject. @default 1 */
  quorum?: number;
  /** Time until the second group is asked, and from then until the item expires. An expiry never approves. */
  timeoutMinutes: number;
  escalationMinutes: number;
  /** Time until whoever was asked is reminded. @default half of `timeoutMinutes` */
  remindMinutes?: number;
  /** Time within which the group promises an answer; later the desk is behind. @default `timeoutMinutes` */
  promiseMinutes?: number;
  /** Calendar of `signalbox.config.ts`: only its working time counts. @default every minute counts */
  calendar?: string;
}

export interface ApprovalPolicy extends ApprovalTerms {
  /** Other terms from an amount on; of several, the one with the highest `from` that is reached. */
  byAmount?: readonly (Partial<ApprovalTerms> & { from: string })[];
  /** What happens to low-priority work while the desk is behind its promise: kept for later, or turned away. @default 'defer' */
  whenBehind?: 'defer' | 'shed';
  /** Known-bad proposals put before people now and then, to see whether they read. @default none */
  attentionChecks?: { oneIn: number; proposals: readonly AttentionCheckProposal[] };
}

/** A proposal that nobody should approve, and the reason they are told afterwards. */
export interface AttentionCheckProposal extends Proposal {
  label: string;
  reasons: readonly string[];
  why: string;
}
