import type { Signs } from '../../models/surrogate/signs.ts';

/** A text, and what is right to say of it. */
export interface Example {
  signs: Signs;
  label: string;
  /** Whoever it came from, hashed. */
  from: string;
  /** ISO 8601 */
  at: string;
  /** A person said so, against the model or beside it. */
  byPerson?: boolean | undefined;
  /** It only calibrates: its lot fell so, or it was asked to try an answer. */
  reserved?: boolean | undefined;
  /** It is of another prompt: it teaches, and says nothing of how well this one is met. */
  other?: boolean | undefined;
  /** An answer of that time stood, and the model was asked all the same. */
  tried?: boolean | undefined;
}
