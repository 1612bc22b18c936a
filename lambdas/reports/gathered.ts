import type { Sample } from '../contract/audits/sample.ts';
import type { RegistryEntry } from '../contract/registry.ts';
import type { AuditEntry, HouseEntry } from '../tables/audit/audit.ts';
import type { Figures } from '../tables/statistics/figures.ts';

/* What a report is made of. */

/** What a declaration tells of an automation. */
export type Known = Pick<
  RegistryEntry,
  'name' | 'owner' | 'purpose' | 'lastReviewed' | 'reviewEveryDays' | 'audit'
> & {
  budget: { perDayUsd: number; perItemUsd: number };
};

/** What was read of one automation. */
export interface Gathered {
  known: Known;
  hours: readonly { hour: string; figures: Figures }[];
  hoursBefore: readonly { hour: string; figures: Figures }[];
  /** What was chosen to be audited, of the week and of the one before. */
  samples: readonly Sample[];
  samplesBefore: readonly Sample[];
  /** What audits found wrong in the week, whenever it ended. */
  foundWrong: number;
  /** Days on which its budget was spent, so that work waited. */
  daysSpent: readonly string[];
  /** What drifted in the week, in words. */
  shifts: readonly { words: string; since: string }[];
  entries: readonly AuditEntry[];
  commands: readonly HouseEntry[];
  /** As it stands now. */
  standing: {
    ownerKnown: boolean;
    reviewDue: string;
    reviewOverdue: boolean;
    state: string;
    /** What asks a person for an operator's sake, if anything. */
    caution: readonly string[];
  };
}

export interface Line {
  words: string;
  /** A path of the console, or an address. */
  link?: string;
}
