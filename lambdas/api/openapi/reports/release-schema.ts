import * as z from 'zod/mini';
import { RELEASE_ENDS, RELEASE_MODES } from '../../../contract/steps/release.ts';
import { MEASURES } from '../../../reports/release/compare.ts';

/* What serves the steps of an automation, and what is tried. */

const time = z.iso.datetime();

const servingSchema = z.object({
  prompt: z.string(),
  /** Asked before the others. Absent: the router chooses. */
  model: z.optional(z.object({ endpoint: z.string(), name: z.string() })),
});

const release = {
  id: z.string(),
  step: z.string(),
  mode: z.enum(RELEASE_MODES),
  share: z.number(),
  stable: servingSchema,
  candidate: servingSchema,
  /** Of the deployment when it began. */
  declared: z.string(),
  promotes: z.optional(z.boolean()),
  perDayUsd: z.optional(z.number()),
  until: z.optional(time),
  by: z.string(),
  at: time,
  reason: z.string(),
};

const sides = z.object({ stable: z.int(), candidate: z.int() });

const measureSchema = z.object({
  name: z.enum(MEASURES),
  stable: z.nullable(z.number()),
  candidate: z.nullable(z.number()),
  n: sides,
  low: z.nullable(z.number()),
  high: z.nullable(z.number()),
  says: z.enum(['better', 'worse', 'other', 'same', 'open']),
});

const shadow = z.object({
  ...{ items: z.int(), same: z.int(), label: z.int(), verdict: z.int(), actions: z.int() },
  ...{ failed: z.int(), microUsd: z.int() },
  /** Some of those that it came to something else about, by id. */
  differing: z.optional(z.array(z.string())),
});

export const releasesSchema = z.object({
  automation: z.string(),
  serving: z.record(z.string(), servingSchema),
  running: z.optional(
    z.object({
      ...release,
      comparison: z.object({
        verdict: z.enum(['WORSE', 'BETTER', 'INCONCLUSIVE']),
        items: sides,
        measures: z.array(measureSchema),
        why: z.string(),
      }),
      /** Of a shadow: items that both thought about, and in what the candidate came to something else. */
      shadow: z.optional(shadow),
    }),
  ),
  /** The newest first. */
  ended: z.array(
    z.object({
      ...release,
      end: z.object({
        as: z.enum(RELEASE_ENDS),
        by: z.string(),
        at: time,
        reason: z.string(),
        items: z.int(),
        /** A promotion that was taken back: since when it had served all. */
        promotedAt: z.optional(time),
      }),
      shadow: z.optional(shadow),
    }),
  ),
});
