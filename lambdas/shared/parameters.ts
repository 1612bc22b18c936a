import type * as z from 'zod/v4/core';

/** What a parameter may hold to go out without a person. Words that a model or a stranger wrote are none of these. */
export type ParameterKind =
  | { kind: 'one of'; values: readonly (string | number | boolean)[] }
  | { kind: 'label' }
  | { kind: 'field'; field: string }
  | { kind: 'passage' }
  | { kind: 'matching'; schema: z.$ZodType }
  | { kind: 'composed'; template: string }
  | { kind: 'list'; of: ParameterKind; most: number }
  | { kind: 'words' };

/** A value that the declaration names. */
export const oneOf = (...values: readonly (string | number | boolean)[]): ParameterKind => ({
  kind: 'one of',
  values,
});

/** The item's label. */
export const label = (): ParameterKind => ({ kind: 'label' });

/**
 * What stands in this field of the body, or null where the body lacks it. The schema must bound the field to a form (an address,
 * a pattern, an enum): free text, and whatever `content` reads, never counts.
 */
export const field = (name: string): ParameterKind => ({ kind: 'field', field: name });

/** The id of a passage of the automation's knowledge. */
export const passage = (): ParameterKind => ({ kind: 'passage' });

/** A value that a schema bounds to a form: a number, an amount, a date. A schema that lets a sentence pass does not count. */
export const matching = (schema: z.$ZodType): ParameterKind => ({ kind: 'matching', schema });

/** A text that code composed from this template of the automation, with passages and slots. */
export const composed = (template: string): ParameterKind => ({ kind: 'composed', template });

/** At most so many values, each of the kind. */
export const listOf = (of: ParameterKind, most = 10): ParameterKind => ({ kind: 'list', of, most });

/** Free words: they always ask. */
export const words = (): ParameterKind => ({ kind: 'words' });
