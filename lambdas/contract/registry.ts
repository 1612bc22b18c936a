import type { AuditPolicy } from './audits/sample.ts';
import type { Promised, SuspendAt } from './intake/promised.ts';

/** What is told of an automation on a page of many, made at synth: its declaration need not be read. */
export interface Outline {
  name: string;
  /** In whose time zone its approvers read times. @default in UTC */
  calendar?: string;
  /** Whether it takes documents. */
  documents: boolean;
  /** The group that looks at a sample of what ended alone. @default nobody does */
  auditors?: string;
  /** Whether the timekeeper must know more of it than its name: promises by label, or attention checks. */
  timed: boolean;
}

/** What the API shows of an automation: its declaration as data, made at synth. */
export interface RegistryEntry {
  name: string;
  owner: string;
  purpose: string;
  triggers: readonly string[];
  data: readonly string[];
  failureModes: readonly string[];
  lastReviewed: string;
  reviewEveryDays: number;
  labels: readonly string[];
  actions: readonly {
    name: string;
    destination: string;
    /** How it gets there. Absent in what earlier versions made. */
    connector?: string;
    risk: string;
    reversible: boolean;
    /** The action that takes it back. */
    compensate?: string;
  }[];
  /** By action: how much of it may happen without a person. */
  limits: Readonly<Record<string, object>>;
  prompts: Readonly<Record<string, string>>;
  /** Every version of a prompt that is deployed: `route.v2`. */
  versions: readonly string[];
  budget: { perDayUsd: number; perItemUsd: number; perDayTokens?: number };
  /** Only of one that takes documents: what the contract calls by these names. */
  documents?: {
    types: readonly string[];
    /** What may be announced. */
    contentTypes: readonly string[];
    mostBytes: number;
    mostPages: number;
    most: number;
    languages: readonly string[];
  };
  /** A body that does not fit is repaired, or quarantined with the reason; by code alone, or by a model too. @default it is refused */
  repair?: { model: boolean };
  /** What it asks of which source while it thinks. Only if anything. */
  collections?: readonly { name: string; from: string; description: string; outward: boolean }[];
  lookups?: readonly { name: string; source: string; description: string; required: boolean }[];
  /** Steps in which a model looks up by itself, what it may ask there, and in how many turns. Only if any. */
  agents?: readonly {
    name: string;
    lookups: readonly string[];
    searches: readonly string[];
    mostTurns: number;
  }[];
  /** By which work comes in: `api`, `upload`, `event:orders` … */
  doors: readonly string[];
  /** Only where urgent items have a queue of their own. */
  lanes?: 'separate';
  /** Names of the facts that callers may hear early. */
  early?: readonly string[];
  /** Only where something is promised. */
  /** Only where low-priority items of a step wait for batches. */
  batches?: true;
  promise?: Promised;
  /** Only where it suspends itself. */
  suspendAt?: SuspendAt;
  /** Only where what ends alone is audited. */
  audit?: AuditPolicy;
  schema: object;
  /** The field of the body whose value finds its items. */
  reference?: string;
  examples: readonly object[];
}
