import type { Proposal } from './item/proposal.ts';

export type EditField = { label: string } & (
  | { type: 'money'; least: string; most: string }
  | { type: 'number'; least: number; most: number }
  | { type: 'text'; maxLength: number }
  | { type: 'choice'; options: readonly string[] }
);

/** Who is asked, how many must agree, and how long they have. */
export interface ApprovalTerms {
  group: string;
  escalateTo: string;
  /** Different people who must approve; one rejection rejects. @default 1 */
  quorum?: number;
  /**
   * Time until the second group is asked, and from then until the approval expires. An expiry never approves.
   */
  timeoutMinutes: number;
  escalationMinutes: number;
  /** Time until the reminder. @default half of `timeoutMinutes` */
  remindMinutes?: number;
  /** Time within which the group promises to decide. @default `timeoutMinutes` */
  promiseMinutes?: number;
  /** Calendar of `signalbox.config.ts`: only its working time counts. @default every minute counts */
  calendar?: string;
}

export interface UrgentTimes
  extends Pick<ApprovalTerms, 'timeoutMinutes' | 'escalationMinutes' | 'remindMinutes' | 'promiseMinutes'> {
  /** Of one of the actions. */
  when(parameters: Readonly<Record<string, unknown>>): boolean;
}

export interface ApprovalPolicy extends ApprovalTerms {
  /** Other terms from an amount on; the highest `from` that is reached wins. */
  byAmount?: readonly (Partial<ApprovalTerms> & { from: string })[];
  /**
   * Shorter times where an action's parameters say that it is urgent; every minute counts then. Group and quorum stay: whoever claims to
   * be urgent is asked about sooner, and of nobody else. @default none
   */
  urgent?: UrgentTimes;
  /** Low-priority work while approvals are overdue: deferred, or turned away. @default 'defer' */
  whenBehind?: 'defer' | 'shed';
  /**
   * What the subjects of mails may tell: the item's label, and the class of its amount by these limits in rising order. Lock
   * screens and relays show subjects. @default nothing of the item
   */
  subject?: { label?: boolean; amountFrom?: readonly string[] };
  /** Known-bad proposals shown now and then, to check that approvers read. @default none */
  attentionChecks?: { oneIn: number; proposals: readonly AttentionCheckProposal[] };
}

/** A proposal that nobody should approve, and the reason shown afterwards. */
export interface AttentionCheckProposal extends Proposal {
  label: string;
  reasons: readonly string[];
  /** The item's own words, as pages show them. @default the quotes of the evidence */
  text?: string;
  why: string;
}
