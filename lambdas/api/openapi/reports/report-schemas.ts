import * as z from 'zod/mini';
import { endCounts } from '../outcome-schemas.ts';

/* What the report of a week looks like. */

const number = z.nullable(z.number());
const time = z.iso.datetime();

const summary = z.object({
  ...endCounts,
  alone: number.check(z.meta({ description: 'The share of what was judged that acted with nobody asked' })),
  p50Ms: number.check(z.meta({ description: 'From reception, or a redrive, to the end' })),
  p95Ms: number,
  promisesKept: number,
  costUsd: z.number().check(z.meta({ description: 'Of models' })),
  awsUsd: z.optional(z.number().check(z.meta({ description: 'Estimated; not in reports of before' }))),
  costPerItemUsd: number,
  costPerDoneUsd: number.check(z.meta({ description: 'Of both, for what was done as proposed, and stands' })),
  overrideRate: number,
  errors: z.record(z.string(), z.int()),
  attention: z.object({
    ...{ asked: z.int(), decided: z.int(), agreement: number, shareFast: number },
    ...{ p50Ms: number, seconds: z.int(), costUsd: z.number() },
  }),
  auditPrecision: z.optional(
    z.object({ value: z.number(), low: z.number(), high: z.number(), n: z.number() }),
  ),
});

const line = z.object({ words: z.string(), link: z.optional(z.string()) });

export const reportSchema = z.object({
  week: z.string().check(z.meta({ description: 'As ISO 8601 names it: `2026-W48`' })),
  from: time,
  to: time.check(z.meta({ description: 'Not in it' })),
  madeAt: time,
  complete: z.boolean().check(z.meta({ description: 'The week was over when it was made' })),
  all: z.object({ now: summary, before: summary }),
  automations: z.array(
    z.object({
      ...{ automation: z.string(), owner: z.string(), purpose: z.string(), now: summary, before: summary },
      days: z.array(z.object({ day: z.iso.date(), done: z.int(), ended: z.int(), stopped: z.int() })),
      broke: z.array(line),
      learnt: z.array(line),
      decide: z.array(z.object({ code: z.string(), words: z.string(), link: z.string() })),
    }),
  ),
});
