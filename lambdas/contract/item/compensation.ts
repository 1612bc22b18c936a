/*
 * What was done is taken back by an item of its own, of the same automation: it has its own question, its own ledger and its own end.
 * See ADR 0075.
 */

/** The action that takes another one back, and the code that says how. An operator asks for it, and a person decides. */
export interface CompensationRules {
  /** Another action of the automation. */
  action: string;
  /** Its parameters. No model has a part in it: what it reads is what was carried out. */
  parameters(done: DoneAction): Readonly<Record<string, unknown>>;
}

/** An action as it was carried out, and what its destination said. */
export interface DoneAction {
  /** With an approver's edits, and with the answers of earlier actions in it. */
  parameters: Readonly<Record<string, unknown>>;
  /** The destination's own, where it gave one. */
  reference?: string;
  /** Of its item. */
  body: unknown;
}

/** In the row of an item: that one of its actions is to be taken back. */
export interface Compensation {
  /** Counted from 1. */
  action: number;
  /** The item that takes it back. */
  item: string;
  /** Which try that is, counted from 1: a new one may follow where people said no. */
  attempt: number;
}

/** In the row of the item that takes an action back: whose, and which. */
export interface Compensates {
  item: string;
  /** Counted from 1. */
  action: number;
  name: string;
  /** The client of the operator who asked for it. */
  by: string;
}

/** What approvers read about it. */
export interface ShownCompensation extends Compensates {
  /** What was done, in words of code. */
  summary: string;
  /** ISO 8601. Absent where its timeline does not say. */
  doneAt?: string;
  /** What the operator said to it. */
  reason: string;
  /** The question about it, if people were asked. */
  approvalId?: string;
}

/** The event of both items that an operator wants an action taken back. */
export const COMPENSATION_ASKED = 'compensation_asked';
