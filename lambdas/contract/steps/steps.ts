import type * as z from 'zod/v4/core';
import type { Found, SearchOptions } from './knowledge.ts';
import type { Lookup } from './lookup.ts';
import type { ModelChoice } from './release.ts';

export interface Prompt {
  /** File name without its ending: `reply.v1`. */
  version: string;
  text: string;
}

export interface ModelRequest<T> {
  prompt: Prompt;
  /** The input of the prompt, as JSON: the item's text is data in it, never part of the prompt. */
  input: unknown;
  schema: z.$ZodType<T>;
  /** What is missing in an answer that fits the schema, as feedback to the model. */
  missing?(answer: T): string | undefined;
  /** Asked before the others that may be asked. Set by a release, never by an automation. @default the smallest that is enough */
  model?: ModelChoice;
}

/** Steps that a model answers. */
export interface ModelSteps {
  /**
   * One paid call: remembered under (item, generation, step, prompt version, input), so that a redelivery pays nothing.
   * The answer fits `schema`, after at most one repair and a stronger model. Steps that are started together run together.
   * @throws ProcessingError when the answer does not fit even then, or no endpoint may be asked; TransientError when the endpoints
   *   are down or busy, or the budget of the day is spent; SystemError when they are misconfigured.
   */
  model<T>(name: string, request: ModelRequest<T>): Promise<T>;
  /** Calibrated share of right answers among similar ones of this step, or null: never invented. */
  confidence(name: string): number | null;
  /** One vector per text, in order; remembered by text and model. @throws as `model` does */
  embed(name: string, texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

/** What the thinking of an automation may do: nothing of it changes the outside world. */
export interface StepRunner extends ModelSteps {
  /**
   * One question to a source, as `lookups` declares it: remembered under (item, generation, lookup, question), so that a redelivery
   * asks nothing again. `null`: the source has no such thing.
   * @throws ProcessingError when input or answer do not fit; TransientError while the source is down or busy; SystemError when it is
   *   misconfigured. Where the lookup is not `required`: `undefined` instead, and the item is `degraded`
   */
  lookup<Input, Answer>(
    lookup: Lookup<Input, Answer> & { required?: true },
    input: Input,
  ): Promise<Answer | null>;
  lookup<Input, Answer>(lookup: Lookup<Input, Answer>, input: Input): Promise<Answer | null | undefined>;
  /**
   * An answer of a model that looks up what it needs, by the lookups and searches that `agents[name]` declares. Each turn is a paid call
   * as `model` makes it. It cannot act.
   * @throws as `model` and `lookup` do
   */
  agent<T>(name: string, request: ModelRequest<T>): Promise<T>;
  /**
   * Passages of a collection that fit a text, the best first: free and deterministic by words; the vectors of a collection that has some
   * are paid as `embed` is, and left out where they cannot be had. Remembered, so that a redelivery sees the same passages.
   * @throws SystemError where the collection is not declared, was never synchronised, or cannot be read; TransientError while the bucket
   *   does not answer
   */
  search(collection: string, query: string, options?: SearchOptions): Promise<readonly Found[]>;
  /**
   * The values that a model copied, by parameter, with those that stand where approvers corrected them before (`hints`): where one
   * changes, a person is asked. Absent where nothing is remembered.
   * @param group an id that a system of record gave, never one that a document or a model names
   */
  hinted?<Values extends Readonly<Record<string, string>>>(group: string, values: Values): Promise<Values>;
}
