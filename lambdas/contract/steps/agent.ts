import type * as z from 'zod/v4/core';

/** What one agent of an automation may look up, and for how much. It is asked turn by turn; the last turn has no tools. */
export interface AgentPolicy {
  /** Names of the automation's `lookups` that it may make. @default none */
  lookups?: readonly string[];
  /** Names of the automation's `collections` that it may search. @default none */
  searches?: readonly string[];
  /** Requests in all, the one for its answer included: from 2 to 20. */
  mostTurns: number;
  /** Dollars for all its turns. @default what is left of the item's budget */
  mostUsd?: number;
  /** Seconds that its turns may take the models. Then it is asked for its answer. @default no limit */
  mostSeconds?: number;
}

/** Something that an agent may ask. It reads: nothing in here reaches an action or a destination. */
export interface AgentTool {
  kind: 'lookup' | 'search';
  /** Of the lookup or the collection. */
  of: string;
  description: string;
  /** Of what it is asked with. */
  schema: z.$ZodType;
  /** What it is asked with, as `schema` wants it: with values where the model has tokens. @default as the model says it */
  clear?(input: unknown): unknown;
  /**
   * Null: there is no such thing. Undefined: it cannot be asked now.
   * @throws what the step behind it throws
   */
  run(input: unknown): Promise<unknown>;
  /** What was found, as an approver reads it. @default its fields, one to a line */
  shown?(found: unknown): string;
}

/** By the name that the model calls it by. */
export type AgentTools = Readonly<Record<string, AgentTool>>;

/** What became of one call. `refused`: it has no such tool, the arguments did not fit, or it had asked the same before. */
export type Came = 'found' | 'nothing' | 'unavailable' | 'refused';

/** One call of an agent, with words of the item and of what was found. */
export interface Looked {
  turn: number;
  came: Came;
  /** Absent where it has no such tool. */
  kind?: AgentTool['kind'];
  of?: string;
  /** What it asked with. Absent where that did not fit. */
  asked?: unknown;
  /** The beginning of what was found, as an approver reads it. */
  found?: string;
}

/** Why an agent was asked for its answer before it gave one. */
export type AgentEnd = 'turns' | 'money' | 'time' | 'room' | 'loop' | 'unfit';

/** How an agent came to its answer. */
export interface AgentTrace {
  agent: string;
  looked: readonly Looked[];
  /** Turns that were asked. */
  turns: number;
  /** Absent where it answered by itself. */
  ended?: AgentEnd;
}
