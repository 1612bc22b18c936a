import type * as z from 'zod/v4/core';

/** When a question may get the answer of others that ask nearly the same. */
export interface SimilarPolicy {
  /** The age up to which an answer counts. */
  hours: number;
  /** The share of such answers that may be wrong, from 0.001 to 0.05: what it cannot show, it does not use. */
  wrongAtMost: number;
  /** What the step answers; only an answer of this shape is used for others. @default a label, as `route` answers */
  answer?: z.$ZodType;
  /** Fields of `answer` that may carry money, a name or free words and are used for others all the same. @default none */
  carries?: readonly string[];
}
