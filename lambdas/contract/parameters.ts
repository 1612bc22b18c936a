import type * as z from 'zod/v4/core';

type Plain = string | number | boolean;

/** What a parameter may hold to go out without a person. Words of a model or a stranger are none of these. */
export type ParameterKind =
  | { kind: 'one of'; values: readonly Plain[] }
  | { kind: 'label' }
  | { kind: 'field'; field: string }
  | { kind: 'passage' }
  | { kind: 'matching'; schema: z.$ZodType }
  | { kind: 'composed'; template: string }
  | { kind: 'list'; of: ParameterKind; most: number }
  | { kind: 'words' };

/** What a slot of a template may be filled with. */
export type SlotKind = Extract<ParameterKind, { kind: 'one of' | 'label' | 'field' }> | { kind: 'quoted' };

/** A piece of the automation's knowledge, in its own words, that anybody may read. */
export interface Passage {
  /** Its name in model answers, parameters and evidence; unique. */
  id: string;
  text: string;
}

/** Fixed sentences of the automation: `{passages}` stands for the chosen passages, `{name}` for a slot. */
export interface Template {
  text: string;
  /** @default 3 */
  mostPassages?: number;
  slots?: Readonly<Record<string, SlotKind>>;
}

/** How a text was composed: the gate composes it again from the declaration, and compares. */
export interface Recipe {
  template: string;
  /** Ids, in the order of the text. */
  passages: readonly string[];
  slots?: Readonly<Record<string, string>>;
}

/** A value from the declaration. */
export function oneOf(...values: readonly Plain[]): Extract<ParameterKind, { kind: 'one of' }> {
  return { kind: 'one of', values };
}

export function label(): Extract<ParameterKind, { kind: 'label' }> {
  return { kind: 'label' };
}

/**
 * The value of this field of the body, or null if the body lacks it. The schema must bound the field to a
 * form (an address, a pattern, an enum): a field that takes a sentence, or that `content` reads, never
 * counts.
 */
export function field(name: string): Extract<ParameterKind, { kind: 'field' }> {
  return { kind: 'field', field: name };
}

export function passage(): ParameterKind {
  return { kind: 'passage' };
}

/** A value that a schema bounds to a form: a number, an amount, a date; never to a sentence. */
export function matching(schema: z.$ZodType): ParameterKind {
  return { kind: 'matching', schema };
}

/** A text that code composed from this template of the automation. */
export function composed(template: string): ParameterKind {
  return { kind: 'composed', template };
}

export function listOf(of: ParameterKind, most = 10): ParameterKind {
  return { kind: 'list', of, most };
}

/** Free words: they always ask. */
export function words(): ParameterKind {
  return { kind: 'words' };
}

/** For a slot: words from one of the chosen passages. */
export function quoted(): SlotKind {
  return { kind: 'quoted' };
}
