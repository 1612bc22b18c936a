import * as z from 'zod/mini';

/** Of an item whose automation promises an end by label, once the clock has looked at it. */
export const itemPromise = z.optional(
  z.object({
    dueAt: z.iso.datetime(),
    /** Whether it had ended by then. Absent while that is open. */
    met: z.optional(z.boolean()),
  }),
);

/** What an automation promises, as the registry tells it. */
export const registryPromise = z.optional(
  z.object({
    normalMinutes: z.number(),
    budgetForLow: z.optional(z.number()),
    whenBroken: z.optional(z.enum(['defer', 'shed'])),
    byLabel: z.optional(
      z.record(z.string(), z.object({ minutes: z.number(), calendar: z.optional(z.string()) })),
    ),
  }),
);
