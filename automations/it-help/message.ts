import * as z from 'zod/mini';
import { MESSAGE, NEEDS_WORDS } from '../../lambdas/contract/intake/message.ts';

/** What comes to the IT desk. */
export const schema = z.strictObject(MESSAGE).check(...NEEDS_WORDS);

export type Ask = z.output<typeof schema>;
