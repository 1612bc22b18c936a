import type * as z from 'zod/v4/core';
import type { PersonalKind } from '../item/privacy.ts';
import type { Evidence } from '../item/proposal.ts';
import type { SourceRequest } from '../outside/source.ts';

/** A question to a source. It reads: no request of it changes anything there. */
export interface Lookup<Input = unknown, Answer = unknown> {
  /** Unique in the automation: its key in `lookups`. Lower-case words joined by `-`. */
  name: string;
  /** A source of `signalbox.config.ts`. */
  source: string;
  /** One sentence: what it finds. Agents, approvers and the registry read it. */
  description: string;
  /** What is asked for; an object. An agent's tool takes the same. */
  input: z.$ZodType<Input>;
  /** What to ask the source. Encode what goes into the path: it must not leave the source's URL. */
  request(input: Input): SourceRequest;
  /** What of the answer is kept: JSON. Name the fields that are needed, and no others. */
  answer: z.$ZodType<Answer>;
  /** Whether the answer is about what was asked for. @default it is believed */
  matches?(answer: Answer, input: Input): boolean;
  /** The age up to which an answer counts for other items; at most a day. @default 0: each item asks */
  cacheMinutes?: number;
  /** False: an item goes on without the answer, and is `degraded`. @default true */
  required?: boolean;
  /** Under `privacy`: personal data that the source is given, where the input holds it. @default none */
  given?: readonly PersonalKind[] | 'all';
}

/** What the item went on without. */
export interface Degraded {
  /** The lookup. */
  step: string;
  /** In fixed words of code. */
  reason: string;
}

/** What a source was asked for an item. */
export interface LookedUp {
  lookup: string;
  source: string;
  /** When the source gave the answer (ISO 8601). */
  at: string;
  /** False: the source has no such thing. */
  found: boolean;
}

/** All that was asked for an item so far. */
export interface Asked {
  looked: readonly LookedUp[];
  degraded: readonly Degraded[];
  /** Sources that could not answer, and may answer later. */
  missing: readonly string[];
  answers: Answers;
  /** Whether a source's answer says this, line by line as `evidenceOf` writes it. */
  says(lookup: string, quote: string): boolean;
}

/** What sources said, by lookup, in the order in which they were asked; `null`: there is no such thing. */
export type Answers = Readonly<Record<string, readonly unknown[]>>;

/**
 * What a lookup was answered for this item, for a policy. Where an agent may ask it too, choose by what stands in the answer: the agent
 * may have asked about something else.
 */
export function answersOf<Answer>(
  { answers = {} }: { answers?: Answers },
  { name }: Pick<Lookup<never, Answer>, 'name' | 'answer'>,
): readonly (Answer | null)[] {
  return (Object.hasOwn(answers, name) ? (answers[name] ?? []) : []) as readonly (Answer | null)[];
}

/** Keeps the types of a lookup, and whether it is required. */
export function defineLookup<Input, Answer, Required extends boolean = true>(
  lookup: Lookup<Input, Answer> & { required?: Required },
): Lookup<Input, Answer> & { required?: Required } {
  return lookup;
}

/** Fields of an answer, by their paths (`total`, `customer.tier`), as evidence that is checked against the answer. */
export function evidenceOf(
  { name }: Pick<Lookup, 'name'>,
  answer: unknown,
  fields: readonly string[],
): Evidence {
  const lines = new Map(linesOf(answer));
  const quote = fields.flatMap((field) => {
    const value = lines.get(field);
    return value === undefined ? [] : [lineOf(field, value)];
  });
  return { source: name, quote: quote.join(BETWEEN) };
}

export const BETWEEN = '\n';

/** One field of an answer in words. A break in it would begin another line. */
export function lineOf(field: string, value: string): string {
  return `${field}: ${value.replaceAll(/\s+/g, ' ')}`;
}

/** Every single value of an answer, with its path. */
export function linesOf(answer: unknown, path = ''): (readonly [path: string, value: string])[] {
  if (answer === null || answer === undefined) return [];
  if (typeof answer !== 'object') return [[path, String(answer)]];
  return Object.entries(answer).flatMap(([name, one]) => linesOf(one, path ? `${path}.${name}` : name));
}
