import type { Recipe } from '../parameters.ts';

/** How many actions one proposal may hold. */
export const MOST_ACTIONS = 10;

/** One thing to do: an action of the automation, and its parameters. */
export interface ProposedAction {
  action: string;
  /** One of them may stand for the answer of an earlier action: see `AnswerOf`. */
  parameters: Readonly<Record<string, unknown>>;
  /** How each composed parameter was composed. */
  composed?: Readonly<Record<string, Recipe>>;
}

/** What belongs to a proposal as a whole. `confidence` is measured and calibrated, or null; never invented. */
interface Reasoned {
  confidence: number | null;
  /** One or two sentences for the approver: why this and not something else. */
  brief: string;
  /**
   * Whose words `brief` is: `'code'` if no model had a part in it. The gate does not believe that of a brief
   * that repeats a model.
   * @default code's where it says `reason` again, else the model's
   */
  briefBy?: 'code';
  evidence: readonly Evidence[];
  /** Code of `evaluate` has read all of a long text (`item.whole`), so that no model need have. @default false */
  readWhole?: true;
  /** The gate's: the fallback text of a mail stands in place of a draft that nobody composed. @default false */
  fallback?: true;
  /** Why it goes to a person, in fixed words of code: no word of the item, none of a model. */
  reason?: string;
}

/** What evaluate proposes: an action, and what is to follow it. */
export interface Proposal extends ProposedAction, Reasoned {
  /** Actions after the first, in their order. Absent for a proposal of one action. */
  further?: readonly ProposedAction[];
}

/** The same as authors may write it: one action, or a list of 1 to 10 that are done in this order. */
export type Proposed = Proposal | (Reasoned & { actions: readonly ProposedAction[] });

/** All actions of a proposal, in their order. */
export function actionsOf(
  proposal: ProposedAction & Pick<Proposal, 'further'>,
): readonly [ProposedAction, ...ProposedAction[]] {
  return [proposal, ...(proposal.further ?? [])];
}

/** In a parameter of a later action: what an earlier one, counted from 0, was answered. `act` fills it in, nobody else. */
export interface AnswerOf {
  answerOf: number;
  field: 'reference';
}

/** Whether a value has the shape of an `AnswerOf`, and nothing beside it. */
export function isAnswerOf(value: unknown): value is AnswerOf {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  const { answerOf, field } = value as Partial<AnswerOf>;
  return Number.isInteger(answerOf) && field === 'reference';
}

/** A supporting snippet, and its source: an article, a policy rule, or the item itself. */
export interface Evidence {
  source: string;
  quote: string;
  /** The same for people to compare, row by row; made by code. @default the quote alone is shown */
  table?: Comparison;
}

/** Rows of values beside each other: an invoice's lines and those of its order. The first cell names the row. */
export interface Comparison {
  head: readonly string[];
  rows: readonly { cells: readonly string[]; differs: boolean }[];
}
