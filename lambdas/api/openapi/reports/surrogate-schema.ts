import * as z from 'zod/mini';

const time = z.string();

/** How the surrogate of a step stands. */
export const surrogateSchema = z.object({
  automation: z.string(),
  step: z.string(),
  state: z.enum(['learning', 'answers', 'off']),
  /** Only where it is off. */
  off: z.optional(z.object({ by: z.string(), at: time, reason: z.string() })),
  /** Labels that it does not answer any more, and since when. */
  closed: z.record(z.string(), time),
  /** What it learned: absent before anything was. */
  model: z.optional(
    z.object({
      version: z.string(),
      at: time,
      examples: z.int(),
      labels: z.int(),
      held: z.object({ share: z.number(), agreement: z.number(), low: z.number(), n: z.int() }),
    }),
  ),
  /** Answers that were tried since, and how many of them were wrong. */
  tried: z.object({ n: z.int(), wrong: z.int() }),
  /** Its answers that were used, until it last learned, and what they saved by the mean of the tried calls. */
  done: z.optional(z.object({ used: z.int(), until: time, savedUsd: z.optional(z.number()) })),
});
