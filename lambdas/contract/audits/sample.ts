import type { Arm } from '../steps/release.ts';

/* What is looked at afterwards: items that acted or were refused alone, a share of them, blind. */

/** What an automation says of its audits. */
export interface AuditPolicy {
  /** The share of what acted or was refused alone that people look at afterwards: above 0, at most 1. */
  share: number;
  /** Whose members look at it: a group of the configuration. */
  group: string;
  /** The share of a label's items that must be right: from 0.5 to 0.999. */
  target: number;
  /** The share of those that a second person looks at as well, from 0 to 1. @default none */
  twice?: number;
  /** Parameters of the first action that auditors give as well, such as an amount: at most three. @default none */
  fields?: readonly string[];
  /**
   * Actions that may be right without a person, of those that come first in a proposal. What is proposed only to be refused, or to be put
   * before a person, is none: auditors say so by its verdict. @default all
   */
  actions?: readonly string[];
  /** Parameters of the first action by which more is looked at: see `Mark`. @default none */
  counterparty?: string;
  large?: { parameter: string; from: number };
}

/**
 * Why one is looked at more often: its counterparty is new, its amount is large, the model was not sure, it is the first time of a prompt
 * version.
 */
export const MARKS = ['new-counterparty', 'large', 'unsure', 'new-prompt'] as const;
export type Mark = (typeof MARKS)[number];

/** What somebody says who has not seen what was done. */
export interface AuditAnswer {
  /** Who, hashed. */
  by: string;
  at: string;
  /** Empty where somebody who could not tell named none. */
  label: string;
  verdict: AuditVerdict;
  /** Which action is right, the first where it is several. Absent where there is one only, and where it is not right to act. */
  action?: string;
  /** In what they differ from what was done: `action`, or the names of fields with another value. Absent where there is nothing. */
  differs?: readonly string[];
  /** SHA-256 of the proposal that it is about, as the item's row has it. */
  digest?: string;
}

/** What is right: to act alone, to refuse, or to have asked a person, which is wrong of all that ended alone. `unsure` counts for nothing. */
export const AUDIT_VERDICTS = ['act', 'refuse', 'ask', 'unsure'] as const;
export type AuditVerdict = (typeof AUDIT_VERDICTS)[number];

/** One item that was chosen. */
export interface Sample {
  itemId: string;
  generation: number;
  /** When it ended. */
  at: string;
  label: string;
  verdict: 'act' | 'refuse';
  /** An answer that was kept had a part in it. */
  cached?: true;
  marks: readonly Mark[];
  /** The probability with which it was chosen, known before. */
  probability: number;
  /** How many people are to look at it. */
  people: 1 | 2;
  answers: readonly AuditAnswer[];
  /** The release that it was a part of, and its side. Absent where none ran. */
  release?: { id: string; arm: Arm };
}
