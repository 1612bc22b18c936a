import type { DocumentTraits, ReadDocument } from '../document.ts';
import type { MailFacts } from '../intake/mail.ts';
import type { RepairFacts } from '../intake/repair.ts';
import type { Passage } from '../parameters.ts';
import type { Hinted } from '../steps/hints.ts';
import type { Answers, Degraded, LookedUp } from '../steps/lookup.ts';
import type { Duplicate } from './duplicates.ts';
import type { Evidence, Proposal, ProposedAction } from './proposal.ts';
import type { Removed } from './reading.ts';
import type { Verdict } from './status.ts';

/* The envelope: a type that only grows. A stage is `(item: Prepared) => Promise<Routed>`. */

export interface Received<Body = unknown> {
  id: string;
  automation: string;
  generation: number;
  body: Body;
  /** What it came with, read. Absent if nothing. */
  documents?: readonly ReadDocument[];
  /** What is known of the mail that it came as. Absent of other items. */
  mail?: MailFacts;
  /** What was done to the body before it fitted its schema. Absent if nothing. */
  repaired?: RepairFacts;
  /** The item whose action made this one, and its automation. Absent of others. */
  parent?: { item: string; automation: string };
  /** Approvers' comments on earlier proposals of this item. */
  feedback: readonly string[];
}

export interface Prepared<Body = unknown> extends Received<Body> {
  /** Plain text: no mark-up, Unicode NFKC, white space collapsed, cut to an affordable length. */
  text: string;
  /** All of it, where it is longer and may be read in parts: see `kit/long`. */
  whole?: string;
  /**
   * What was cut from the text, by kind and length; nobody read it. Absent in what earlier versions stored.
   */
  removed?: readonly Removed[];
  /**
   * Names of the patterns that look like instructions to the model. If there are any, a gate asks a person.
   */
  suspicions: readonly string[];
  /** An earlier item is about the same: nobody thinks about this one. */
  duplicate?: Duplicate;
  /** True if a machine wrote the message (out-of-office, bounce): nobody waits for an answer. */
  automatic: boolean;
}
export interface Routed<Body = unknown> extends Prepared<Body> {
  label: string;
  /** Why no model gave a label: the label is `other` then, and a person is asked. */
  unrouted?: string;
}
export interface Evaluated<Body = unknown> extends Routed<Body> {
  proposal: Proposal;
  /** What was found in collections: passages that texts are composed of, and names in evidence. Absent if nothing. */
  found?: { passages: readonly Passage[]; names: readonly string[] };
  /** What was read where approvers corrected a model before. Absent if nothing. */
  hinted?: readonly Hinted[];
  /** What sources were asked, and whether they had it. Absent if nothing. */
  looked?: readonly LookedUp[];
  /** What they said, as the lookups keep it. Absent if nothing. */
  answers?: Answers;
  /** What it was evaluated without. Absent if nothing is missing. */
  degraded?: readonly Degraded[];
  /** The sources among them that were down or busy, and may answer later. Absent if there are none. */
  missing?: readonly string[];
}
/** The input of a policy: no words of the item and none of the model, so that no reason can repeat them. */
export type Facts<Body = unknown> = Omit<
  Evaluated<Body>,
  'text' | 'whole' | 'feedback' | 'proposal' | 'documents' | 'found' | 'hinted'
> & {
  /** What the item's documents are like, in their order. Absent if it has none. */
  files?: readonly DocumentTraits[];
  /** An approver edited the parameters and answers for them: no model named them. @default false */
  byPerson?: boolean;
  /** Of several actions: `actionsOf` gives all of them. */
  proposal: Omit<Proposal, 'brief' | 'evidence' | 'composed' | 'further'> & {
    evidence: readonly Pick<Evidence, 'source'>[];
    further?: readonly Omit<ProposedAction, 'composed'>[];
  };
};
/**
 * What a verdict rests on, so that another policy can be asked about the same item: what the policy is given, and what the house says
 * whatever the policy does. Facts hold the body of the item: they are content.
 */
export interface Grounds<Body = unknown> {
  facts: Facts<Body>;
  /** Why the house refuses, and asks no policy. Absent where it does not. */
  refused?: string;
  /** Why a person is asked although the policy acts. Absent where the policy may act. */
  held?: readonly string[];
  /** The same with the fallback text of its mail, where that was judged as well. */
  fallback?: Grounds<Body>;
}

export interface Gated<Body = unknown> extends Evaluated<Body> {
  verdict: Verdict;
  reasons: readonly string[];
  /** Parameters that hold words which no code composed. */
  words?: readonly string[];
  /** The same of each further action, in their order. Absent where none holds such words. */
  furtherWords?: readonly (readonly string[])[];
  /** What the verdict rests on. Absent where no policy was asked. */
  grounds?: Grounds<Body>;
  /** Fingerprint of what counts in the limits of its action. Only if it acts alone. */
  counted?: string;
}
