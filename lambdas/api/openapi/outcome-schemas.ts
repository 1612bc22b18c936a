import * as z from 'zod/mini';
import { shareSchema } from './audit-schemas.ts';

/* What the statistics of an automation look like. */

const number = z.nullable(z.number());
const percentiles = z.object({ p50: number, p95: number, p99: number });
const counts = z.record(z.string(), z.int());

const part = z.object({
  counts,
  costUsd: z.number(),
  overrideRate: number,
  latencyMs: z.optional(percentiles),
});
const parts = z.record(z.string(), part);

const attention = {
  asked: z.int(),
  decided: z.int(),
  agreement: number,
  activeMs: percentiles,
  activeSeconds: z.int(),
  shareFast: number,
  costUsd: z.number(),
};

/** How many came, and what became of them. */
export const endCounts = {
  received: z.int(),
  done: z.int(),
  refused: z.int(),
  rejected: z.int(),
  expired: z.int(),
  withdrawn: z.int(),
  parked: z.int(),
  quarantined: z.int(),
};

const row = z.object({
  from: z.string().check(z.meta({ format: 'date-time', description: 'When its hour or day begins' })),
  ...endCounts,
  byLabel: counts.check(z.meta({ description: 'How many were judged under each label' })),
  latencyMs: z
    .record(z.string(), percentiles)
    .check(z.meta({ description: 'By stage, and `total`: from reception, or a redrive, to the end' })),
  queueAgeMs: percentiles,
  slaMet: number,
  errors: counts,
  costUsd: z
    .object({ model: z.number(), aws: z.number() })
    .check(z.meta({ description: '`aws` is estimated from what was done, at list prices' })),
  costPerDoneUsd: number.check(
    z.meta({ description: 'Models and AWS, for each that was done as proposed, and stands' }),
  ),
  overrideRate: number,
  auditPrecision: z.optional(
    shareSchema.check(
      z.meta({ description: 'Of what ended alone: what audits found right. Only where it is audited' }),
    ),
  ),
  attention: z
    .object({ ...attention, byGroup: z.record(z.string(), z.object(attention)) })
    .check(z.meta({ description: 'What people were asked, and what their time came to' })),
  calls: z.object({ calls: z.int(), cached: z.int(), similar: z.int(), failed: z.int() }),
  by: z.object({
    label: parts,
    verdict: parts,
    door: parts,
    client: z.optional(parts.check(z.meta({ description: 'For operators and auditors' }))),
    model: parts,
    promptVersion: parts,
    language: parts.check(
      z.meta({ description: 'Of the text; `unknown` where no language is clearly ahead' }),
    ),
    length: parts.check(z.meta({ description: 'Characters, by doublings: `256` is 256 to 511' })),
    confidence: parts.check(z.meta({ description: 'By tenths: `0.9` is 0.9 to 1' })),
  }),
  errorsByStage: z.record(z.string(), counts),
});

export const outcomesSchema = z.object({
  from: z.string().check(z.meta({ format: 'date-time' })),
  to: z.string().check(z.meta({ format: 'date-time', description: 'Not in it' })),
  by: z.enum(['hour', 'day']),
  rows: z
    .array(row)
    .check(
      z.meta({ description: 'In the order of time; an hour or day in which nothing happened has none' }),
    ),
});
