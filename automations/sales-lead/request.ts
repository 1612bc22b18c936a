import * as z from 'zod/mini';
import { MESSAGE, NEEDS_WORDS } from '../../lambdas/contract/intake/message.ts';

const text = (most: number) => z.string().check(z.maxLength(most, `must be at most ${most} characters`));

/** The shape of a request. Without `from` a person reads it: nobody can be answered. */
export const schema = z
  .strictObject({
    ...MESSAGE,
    /** As the form has them: for the person who reads it, and for no decision. */
    name: z.optional(text(200)),
    company: z.optional(text(200)),
  })
  .check(...NEEDS_WORDS);

export type Lead = z.output<typeof schema>;
