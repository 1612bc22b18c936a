import type { Proposal } from './proposal.ts';
import type { Removed } from './reading.ts';
import type { Verdict } from './status.ts';

/* The envelope: one type that only grows. A stage is `(item: Prepared) => Promise<Routed>`; the direction of flow is a type. */

export interface Received<Body = unknown> {
  id: string;
  automation: string;
  generation: number;
  body: Body;
  /** What approvers said when they sent earlier proposals of this item back. */
  feedback: readonly string[];
}

export interface Prepared<Body = unknown> extends Received<Body> {
  /** Plain text: no mark-up, Unicode NFKC, white space collapsed, cut to a length a model can be paid for. */
  text: string;
  /** What was taken off the text, by kind and length; nothing of it was read. Absent in what earlier versions kept. */
  removed?: readonly Removed[];
  /** Names of the patterns that look like instructions to the model. A gate asks a person when there are any. */
  suspicions: readonly string[];
  /** True when a machine wrote the message (out-of-office, bounce): nobody waits for an answer. */
  automatic: boolean;
}
export interface Routed<Body = unknown> extends Prepared<Body> {
  label: string;
  /** Why no model gave a label: the label is `other` then, and people are told. */
  unrouted?: string;
}
export interface Evaluated<Body = unknown> extends Routed<Body> {
  proposal: Proposal;
}
export interface Gated<Body = unknown> extends Evaluated<Body> {
  verdict: Verdict;
  reasons: readonly string[];
  /** Parameters that hold words which no code composed. */
  words?: readonly string[];
}
