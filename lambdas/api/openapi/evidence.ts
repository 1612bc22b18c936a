import * as z from 'zod/mini';

/** A supporting snippet of a proposal. */
export const evidence = z.object({
  source: z.string(),
  quote: z.string(),
  /** What code compared, row by row. */
  table: z.optional(
    z.object({
      head: z.array(z.string()),
      rows: z.array(z.object({ cells: z.array(z.string()), differs: z.boolean() })),
    }),
  ),
});
