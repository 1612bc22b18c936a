import type { ApprovalTerms, EditField } from '../approval-policy.ts';
import type { Proposal } from './proposal.ts';
import type { Removed } from './reading.ts';
import type { Risk, Verdict } from './status.ts';

/** A place in a text that its reader must look at twice; from `start` up to `end`, in UTF-16 units. */
export interface Mark {
  kind: 'link' | 'address' | 'number' | 'mark-up' | 'hidden';
  start: number;
  end: number;
}

/** The document in the bucket that the approver reads and `act` carries out. Its digest binds the two together. */
export interface ProposalDocument extends Proposal {
  itemId: string;
  automation: string;
  generation: number;
  verdict: Verdict;
  label: string;
  destination: string;
  risk: Risk;
  reversible: boolean;
  /** The action in words, made by code from the parameters, never by a model: "Refund EUR 240.00 to order 1182". */
  summary: string;
  /** Texts among the parameters that no code composed, and what to look at twice in each, by its place: `reply`, `lines/0/text`. */
  words?: Readonly<Record<string, readonly Mark[]>>;
  /** Parameters that are what will be done, in the order in which people read them. @default all */
  shows?: readonly string[];
  /** What prepare doubted in the item, by name. Absent where it doubted nothing. */
  suspicions?: readonly string[];
  /** The item's text as it was read, whole, where it was doubted. */
  text?: string;
  reasons: readonly string[];
  /** What prepare took off the message, by kind and length. */
  removed?: readonly Removed[];
  promptVersions: readonly string[];
  models: readonly string[];
  /** Fingerprint of the automation's folder at the deployment that thought this. */
  policyVersion: string;
  /** What an approver is held to. Only where a person is asked. */
  question?: Question;
}

/** The part of a proposal document that is about asking people. It was made by the policy of its time and keeps to it. */
export interface Question {
  terms: Required<Omit<ApprovalTerms, 'calendar'>> & Pick<ApprovalTerms, 'calendar'>;
  /** What an approver types to allow a catastrophic action. */
  confirm: string;
  edits: Readonly<Record<string, EditField>>;
  /** What the gate saw, to be asked again about an approver's edits. Absent for a attention check. */
  evaluated?: { key: string; digest: string };
  /** SHA-256 of the requester's e-mail address in lower case, without its `+tag`. */
  requester?: string;
}
