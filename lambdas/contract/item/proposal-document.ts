import type { ApprovalTerms, EditField } from '../approval-policy.ts';
import type { Repair } from '../intake/repair.ts';
import type { AgentTrace } from '../steps/agent.ts';
import type { Hinted } from '../steps/hints.ts';
import type { Degraded, LookedUp } from '../steps/lookup.ts';
import type { ShownCompensation } from './compensation.ts';
import type { Grounds } from './envelope.ts';
import type { TokensOf } from './privacy.ts';
import type { AnswerOf, Proposal, ProposedAction } from './proposal.ts';
import type { Removed } from './reading.ts';
import type { Risk, Verdict } from './status.ts';

/** A place in a text to look at twice; from `start` up to `end`, in UTF-16 units. */
export interface Mark {
  kind: 'link' | 'address' | 'number' | 'mark-up' | 'hidden';
  start: number;
  end: number;
}

/** A file that the item came with, as far as its approver needs it. */
export interface ShownDocument {
  ref: string;
  /** As its sender called it: a stranger's words. */
  name: string;
  /** Of its reading, in the content bucket; its pictures lie beside it. */
  readingKey: string;
  pages: number;
  /** SHA-256 of each page's picture, in their order; empty where a page has none. Absent in what earlier versions stored. */
  pictures?: readonly string[];
  /** Pages, counted from 1, that a model read after OCR, and whether the two readings agree. Absent if none. */
  seen?: readonly { page: number; agrees: boolean }[];
}

/** One action as approvers read it and `act` carries it out. */
export interface DocumentAction extends ProposedAction {
  destination: string;
  risk: Risk;
  reversible: boolean;
  /** The action in words, made by code, never by a model: "Refund EUR 240.00 to order 1182". */
  summary: string;
  /** Texts that no code composed, with the places to look at twice, by path: `reply`, `lines/0/text`. */
  words?: Readonly<Record<string, readonly Mark[]>>;
  /** Parameters that make up the action, in the order in which people read them. @default all */
  shows?: readonly string[];
  /** Parameters that `act` fills with what an earlier action was answered. Absent if none. */
  answers?: Readonly<Record<string, AnswerOf>>;
}

/**
 * The document that the approver reads and `act` carries out. Its digest binds the two together. Where it holds several actions, its
 * own fields are those of the first, but for the whole list's `risk` (the highest), `reversible` (all are) and `summary`.
 */
export interface ProposalDocument extends Omit<Proposal, 'further'>, Omit<DocumentAction, 'answers'> {
  /** Actions after the first, in their order, and what the first is by itself. Both absent for one action. */
  further?: readonly DocumentAction[];
  first?: Pick<DocumentAction, 'risk' | 'reversible' | 'summary'>;
  itemId: string;
  automation: string;
  generation: number;
  /** Of the gate's key: without it the digest tells nothing of what is erased. Absent in what earlier versions stored. */
  salt?: string;
  verdict: Verdict;
  label: string;
  /** What prepare suspected in the item, by name. Absent if nothing. */
  suspicions?: readonly string[];
  /** The item's whole text, if a person is asked or it was suspected. */
  text?: string;
  reasons: readonly string[];
  /** The earlier item that is about the same, and the question about that one, if people were asked. */
  duplicateOf?: { item: string; approvalId?: string };
  /** What an earlier item has done, and this one takes back. Absent of any other. */
  compensates?: ShownCompensation;
  /** What the item came with. Absent if nothing. */
  documents?: readonly ShownDocument[];
  /** What was done to the body before it fitted its schema. Absent if nothing. */
  repairs?: readonly Repair[];
  /** What prepare cut from the message, by kind and length. */
  removed?: readonly Removed[];
  /** What sources were asked, and what was missing. Absent if nothing. */
  looked?: readonly LookedUp[];
  degraded?: readonly Degraded[];
  /** What was read where approvers corrected a model before. Absent if nothing. */
  hinted?: readonly Hinted[];
  /** Sources that were down, and whose answers may complete it. Absent where it is not to be thought about again by itself. */
  missing?: readonly string[];
  /** How often that happened before. Absent if never. */
  completions?: number;
  /** What models looked up by themselves before they answered. Absent if nothing. */
  agents?: readonly AgentTrace[];
  promptVersions: readonly string[];
  models: readonly string[];
  /** Fingerprint of the automation's folder at the deployment that made this. */
  policyVersion: string;
  /** Fingerprint of what counts in the limits of its action. Only if it acts alone. */
  counted?: string;
  /** What the gate was given, for `what-if`. Absent with `privacy`, and where no policy was asked. */
  grounds?: Grounds;
  /** Its texts hold tokens for personal data. Absent if they hold none. */
  tokens?: TokensOf;
  /** The terms of the approval. Only if a person is asked. */
  question?: Question;
}

/**
 * The part of a proposal document about asking people. The policy of its time made it, and it keeps to it.
 */
export interface Question {
  terms: Required<Omit<ApprovalTerms, 'calendar'>> & Pick<ApprovalTerms, 'calendar'>;
  /** What an approver types to allow a catastrophic action. */
  confirm: string;
  edits: Readonly<Record<string, EditField>>;
  /** What the policy allows in the subjects of mails: label, class of the amount. @default nothing */
  subject?: readonly string[];
  /** What the gate saw, to check an approver's edits. Absent for an attention check. */
  evaluated?: { key: string; digest: string };
  /** SHA-256 of the requester's e-mail address in lower case, without its `+tag`. */
  requester?: string;
  /** The money at stake, if the action names it. */
  amount?: Amount;
}

/** `value` is a decimal such as `240.00`, `currency` a code of three letters. */
export interface Amount {
  value: string;
  currency?: string;
}

/** The actions of a document, each with its own risk and words, in the order in which they are done. */
export function stepsOf(document: ProposalDocument): readonly [DocumentAction, ...DocumentAction[]] {
  return [{ ...document, ...document.first }, ...(document.further ?? [])];
}
