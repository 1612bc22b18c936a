import * as z from 'zod/mini';

/* What another policy is asked about. */

const described = (description: string) => z.meta({ description });

export const judgedSchema = z.object({
  automation: z.string(),
  items: z.array(
    z.object({
      id: z.string(),
      receivedAt: z.string(),
      generation: z.int(),
      status: z.string(),
      label: z.optional(z.string()),
      verdict: z
        .optional(z.string())
        .check(described('What it came to: also by limits, caution and holds, which no policy knows of')),
      decision: z
        .optional(z.enum(['approve', 'approve with edits', 'reject', 'again']))
        .check(described('What people said of it, if they were asked')),
      costUsd: z.optional(z.number()).check(described('What models cost, of all its generations')),
      grounds: z
        .record(z.string(), z.unknown())
        .check(described('What the policy was given, and what the house said whatever the policy did')),
      readings: z
        .optional(
          z.array(
            z.object({ ref: z.string(), name: z.string(), reading: z.record(z.string(), z.unknown()) }),
          ),
        )
        .check(described('With `readings=true`: what was read of its documents, where that is kept')),
    }),
  ),
  skipped: z.int().check(described('Items that are not judged, or of which this is not, or no longer, kept')),
  cursor: z.optional(z.string()),
});
