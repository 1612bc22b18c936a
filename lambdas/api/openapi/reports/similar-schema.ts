import * as z from 'zod/mini';

const time = z.iso.datetime();
const word = z.object({ at: time, by: z.string(), reason: z.string() });
/** From 0 to 1. */
const share = z.number();

/** Whether a step may use answers to similar questions. */
export const similarSchema = z.object({
  automation: z.string(),
  step: z.string(),
  /** It learns, and uses what it has learnt enough about. */
  on: z.boolean(),
  /** Of whoever spoke last. */
  last: word,
});

const doneSchema = z.object({
  /** Answers that were used: calls that no model was asked. */
  used: z.int(),
  /** Of those that would have been, how many were asked of the model all the same, and were wrong. */
  audited: z.int(),
  auditedWrong: z.int(),
  /** US dollars: used answers at the mean price of the compared calls, less vectors; below 0 while it learns. Absent: not known. */
  savedUsd: z.optional(z.number()),
});

/** What steps have learnt that may use answers to similar questions. */
export const similarLearntSchema = z.object({
  automation: z.string(),
  steps: z.array(
    z.object({
      step: z.string(),
      /** Of the prompt and models that were asked last. */
      state: z.enum(['learning', 'answers', 'off']),
      /** Only where it is off. */
      off: z.optional(word),
      /** Who let it begin anew. */
      on: z.optional(word),
      /** By prompt and models, since it began anew; what was asked last is first. */
      learnt: z.array(
        z.object({
          prompt: z.optional(z.string()),
          models: z.optional(z.array(z.string())),
          wrongAtMost: share,
          since: z.optional(time),
          lastAt: z.optional(time),
          usedSince: z.optional(time),
          /** The score from which on answers are used; absent: none is. */
          least: z.optional(share),
          /** What comparisons show from a score on: how many, the share of wrong ones and its upper bound. */
          shown: z.optional(z.object({ score: share, comparisons: z.int(), wrong: share, high: share })),
          /** It opens with as many comparisons and no error. */
          fewest: z.int(),
          asked: z.int(),
          compared: z.int(),
          wrong: z.int(),
          done: doneSchema,
        }),
      ),
      /** What was done before it began anew. */
      earlier: z.optional(doneSchema),
    }),
  ),
});
