import type { Verdict } from '../item/status.ts';

/* What another prompt would have made of items that came before: thought about again where nothing acts. */

/** What would be another of an item; what is the same is absent. Pairs: as it came, and with the candidate. */
export interface Change {
  id: string;
  label?: [string, string] | undefined;
  verdict?: [Verdict, Verdict] | undefined;
  /** The names of its actions. */
  actions?: [string, string] | undefined;
  /** The money at stake, such as `EUR 24.90`; empty where the actions name none. */
  amount?: [string, string] | undefined;
  /** Names of parameters of the same actions that have another value: texts among them. */
  parameters?: string[] | undefined;
  /** What people said of it, if they were asked. */
  decision?: string | undefined;
  /** Whether that is what the candidate would do alone; absent where people were not asked, or would be again. */
  right?: boolean | undefined;
}

export type VerdictCounts = Record<Verdict, number>;

/** What the candidate made of the items. */
export interface Rehearsal {
  model: string;
  /** It does not read prompts, as the sandbox's does not: what a prompt would change cannot be told. */
  blind?: boolean | undefined;
  /** Items that the candidate came to something about. */
  rehearsed: number;
  /** Of these: their verdicts as they came, and with the candidate. */
  verdicts: { kept: VerdictCounts; candidate: VerdictCounts };
  changed: Change[];
  /** Items that could not be thought about again, by why. */
  leftOut: Record<string, number>;
  /** Of the rehearsed items: what they cost when they came, and with the candidate. */
  costUsd: { kept: number; candidate: number };
  /** Of the candidate; half of the items took no longer. Null where there are none. */
  medianMs: number | null;
  mostUsd: number | null;
}

/** As an operator had it kept. */
export interface KeptRehearsal extends Rehearsal {
  id: string;
  /** Items that would change beside those that are listed. */
  more?: number | undefined;
  /** Prompts by step: `{ route: 'route.v2' }`. */
  candidate: Readonly<Record<string, string>>;
  /** Items received from then on (ISO 8601). */
  since: string;
  by: string;
  at: string;
}
