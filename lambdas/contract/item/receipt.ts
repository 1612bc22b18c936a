import type { ErrorFacts } from './row.ts';
import type { ItemStatus, Verdict } from './status.ts';

/** Each change of an item to one of these is an outcome, and has a receipt. */
export const OUTCOMES = [
  ...(['done', 'rejected', 'refused', 'expired', 'withdrawn', 'quarantined', 'parked'] as const),
] as const satisfies readonly ItemStatus[];

/** A thing by its name, and its digest: with the item's salt where the thing is content. Without one it was not there any more. */
export interface Digested {
  name: string;
  digest?: string;
}

/** What is recorded of one outcome: facts and digests, no content (ADR 0090). */
export interface Outcome {
  item: string;
  automation: string;
  client: string;
  generation: number;
  status: ItemStatus;
  /** When it came to that (ISO 8601), and when it was received. */
  at: string;
  receivedAt: string;
  label?: string;
  verdict?: Verdict;
  reasons?: readonly string[];
  degraded?: readonly { step: string; reason: string }[];
  error?: ErrorFacts;
  /** The objects of what came: the body, and beside it what was replaced or repaired. */
  input: readonly Digested[];
  documents?: readonly (Digested & { status: string })[];
  /** What the gate passed: `digest` stands in the item's row too. */
  proposal?: { digest: string; policyVersion?: string; promptVersions?: readonly string[] };
  approval?: ApprovalReceipt;
  /** What was carried out, in its order. */
  actions?: readonly ActionReceipt[];
  /** Every model, lookup and search behind it. */
  lineage?: readonly object[];
  costUsd?: number;
  tokens?: { input: number; output: number };
}

/** What people decided; who they were stands in the entries of the audit that are named here. */
export interface ApprovalReceipt {
  id: string;
  status: string;
  group: string;
  quorum: number;
  decision?: string;
  decidedAt?: string;
  /** How many people approved. */
  people: number;
  /** Of the document that was decided about: another than the gate's where people edited it. */
  digest: string;
  /** Entries of the audit by their order, each with the digest of its facts. */
  audit: readonly Digested[];
}

export interface ActionReceipt {
  name: string;
  status: string;
  idempotencyKey: string;
  /** Digests: of the parameters with the item's salt, and of what the destination answered. */
  parameters?: string;
  result?: string;
}

/** An outcome in its place in its automation's chain. Its canonical JSON is what is hashed. */
export interface Receipt extends Outcome {
  version: 1;
  /** Counted from 1. */
  number: number;
  /** Of the receipt before; null of the first. */
  previous: string | null;
  /** When that one's outcome was; absent of the first. */
  previousAt?: string;
}

/** The last receipt of a chain. */
export interface Head {
  number: number;
  digest: string;
  at: string;
}

/** How all chains stood when a day had ended. It is written once, where nothing is written twice. */
export interface Root {
  /** `2026-11-27` */
  day: string;
  at: string;
  /** By automation. */
  chains: Readonly<Record<string, Head>>;
  /** The root before; null of the first. */
  previous: { day: string; digest: string } | null;
}
