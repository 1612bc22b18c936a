import * as z from 'zod/mini';
import { MEASURES } from '../../../tables/drift/drift.ts';

/* What drifts, as it is told. */

const items = z
  .object({ before: z.int(), now: z.int() })
  .check(z.meta({ description: 'How many were counted in the reference and in the week' }));
const shares = z
  .array(z.object({ value: z.string(), before: z.number(), now: z.number() }))
  .check(
    z.meta({ description: 'From 0 to 1, what changed most first; `the rest` are rare values together' }),
  );
const psi = z
  .number()
  .check(z.meta({ description: 'Population stability index, less what chance makes of it' }));
const measured = z.string().check(
  z.meta({
    description: '`total`, `queue` and `stage <name>` in milliseconds, `cost` in US dollars',
  }),
);
const days = z.nullable(z.object({ from: z.iso.date(), to: z.iso.date() }));
const pin = { by: z.string(), at: z.iso.datetime(), reason: z.string() };
const pinnedWeeks = z.nullable(z.object({ from: z.iso.date(), to: z.iso.date(), ...pin }));
const words = z.string().check(z.meta({ description: 'A sentence that says how it was and is' }));

export const driftSchema = z.object({
  automation: z.string(),
  judgedAt: z.nullable(z.iso.datetime()).check(z.meta({ description: 'null before the first judgement' })),
  week: days.check(z.meta({ description: '`to` is not in it' })),
  reference: days.check(
    z.meta({ description: 'Of a shift that stands, the weeks before it was found, unless some are pinned' }),
  ),
  pinned: z
    .nullable(z.object(pin))
    .check(
      z.meta({ description: 'By whom, when and why these weeks are the reference; null where nobody says' }),
    ),
  pinnedNow: pinnedWeeks.check(
    z.meta({ description: 'What is pinned now, from the next judgement on; null where nothing is' }),
  ),
  shifts: z.array(
    z.object({
      measure: z.string(),
      slice: z.optional(z.object({ by: z.enum(['door', 'label', 'client']), value: z.string() })),
      percent: z.optional(z.int()),
      since: z.iso.date(),
      words,
      step: z.enum(['recalibrate', 'retrain', 'slice', 'models', 'stage']),
      advice: z.string(),
      items,
      psi: z.optional(psi),
      shares: z.optional(shares),
      before: z.optional(z.number()),
      now: z.optional(z.number()),
    }),
  ),
  past: z
    .array(z.object({ words, since: z.iso.date(), until: z.iso.date() }))
    .check(z.meta({ description: 'Shifts that are over, the newest first, 20 at most' })),
  mixes: z.array(z.object({ measure: z.enum(MEASURES), items, shifted: z.boolean(), psi, shares })),
  heights: z.array(
    z.object({
      ...{ measure: measured, percent: z.int(), before: z.number(), now: z.number() },
      ...{ items, shifted: z.boolean() },
    }),
  ),
  tooFew: z
    .array(z.enum(MEASURES))
    .check(z.meta({ description: 'What there is too little of to be compared' })),
});

export const referenceSchema = z.object({
  automation: z.string(),
  pinned: pinnedWeeks.check(
    z.meta({ description: 'From the next judgement on; null: the four weeks before the last one' }),
  ),
});
