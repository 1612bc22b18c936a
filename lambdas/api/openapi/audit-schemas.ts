import * as z from 'zod/mini';

/* What audits say of an automation. */

const rate = z.nullable(z.number());

/** A share with its bounds, and how many were looked at. */
export const shareSchema = z.object({ value: rate, low: rate, high: rate, n: z.int() });

export const auditsSchema = z.object({
  automation: z.string(),
  days: z.int(),
  policy: z
    .nullable(
      z.object({
        ...{ share: z.number(), group: z.string(), target: z.number(), twice: z.number() },
        fields: z.array(z.string()),
      }),
    )
    .check(z.meta({ description: 'null where nothing is audited' })),
  samples: z.int(),
  precision: shareSchema,
  byLabel: z.record(z.string(), z.object({ precision: shareSchema, recall: shareSchema })),
  agreement: z
    .object({ n: z.int(), value: rate, kappa: rate })
    .check(z.meta({ description: 'Of what two people looked at' })),
  unsure: z
    .int()
    .check(z.meta({ description: 'Answers of people who could not tell: they count for nothing' })),
  differs: z.record(z.string(), z.int()).check(
    z.meta({
      description:
        'Of how many another action was right (`action`), or another value, by the field that auditors give',
    }),
  ),
  held: z.array(z.string()).check(z.meta({ description: 'Labels that ask a person for what audits found' })),
  open: z
    .array(z.object({ item: z.string(), at: z.string(), people: z.int(), answered: z.int() }))
    .check(z.meta({ description: 'What waits for people, the oldest first' })),
});
