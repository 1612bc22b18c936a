import type * as z from 'zod/v4/core';

type Plain = string | number | boolean;

/** What a parameter may hold to go out without a person. Words of a model or a stranger are none of these. */
export type ParameterKind =
  | { kind: 'one of'; values: readonly Plain[] }
  | { kind: 'label' }
  | { kind: 'field'; field: string }
  | { kind: 'passage' }
  | { kind: 'matching'; schema: z.$ZodType }
  | { kind: 'looked up'; lookup: string; field: string }
  | { kind: 'composed'; template: string; others?: readonly string[] }
  | { kind: 'list'; of: ParameterKind; most: number }
  | { kind: 'answer of'; action: string; field: 'reference' }
  | { kind: 'of action'; action: string; parameter: string }
  | { kind: 'excerpt' }
  | { kind: 'words' };

/** What a slot of a template may be filled with. */
export type SlotKind =
  | Extract<ParameterKind, { kind: 'one of' | 'label' | 'field' | 'matching' | 'looked up' | 'of action' }>
  | { kind: 'quoted' };

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

/**
 * A value that a source said, at this path of the lookup's answer (`customer.email`): an address on file, a name, a number. Where an
 * agent may ask that lookup too, the policy has to see to it that the answer is the right one.
 */
export function looked(lookup: string, field: string): Extract<ParameterKind, { kind: 'looked up' }> {
  return { kind: 'looked up', lookup, field };
}

/** A text that code composed from this template of the automation, or from one of the others: one per language, say. */
export function composed(template: string, ...others: readonly string[]): ParameterKind {
  return { kind: 'composed', template, ...(others.length > 0 ? { others } : {}) };
}

export function listOf(of: ParameterKind, most = 10): ParameterKind {
  return { kind: 'list', of, most };
}

/**
 * What an earlier action of the same list was answered, such as the reference of the refund that it made. `act` fills it in from its
 * ledger; the proposal has `{ answerOf: <place in the list, from 0>, field: 'reference' }`.
 */
export function answerOf(action: string, field: 'reference'): ParameterKind {
  return { kind: 'answer of', action, field };
}

/**
 * The item's own text as it was read, or a whole part of it, word for word. Only for who reads it as a stranger's words again: another
 * automation (`forward`), or a destination that the configuration calls `internal`.
 */
export function excerpt(): ParameterKind {
  return { kind: 'excerpt' };
}

/** Free words: they always ask. */
export function words(): ParameterKind {
  return { kind: 'words' };
}

/**
 * A parameter of an earlier action of the same list, for a parameter or a slot. It says what is done, also after an approver has changed
 * it: an edit of the earlier action changes it here too.
 */
export function ofAction(action: string, parameter: string): Extract<ParameterKind, { kind: 'of action' }> {
  return { kind: 'of action', action, parameter };
}

/** For a slot: words from one of the chosen passages. */
export function quoted(): SlotKind {
  return { kind: 'quoted' };
}
