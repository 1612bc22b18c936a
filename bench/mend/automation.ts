import * as z from 'zod/mini';
import { defineAutomation } from '../../lambdas/contract/automation.ts';
import { label } from '../../lambdas/contract/parameters.ts';

/*
 * What `bench:hostile` deploys to see repair by itself: any JSON is a body, and whatever is accepted is acted on, unless the house has a
 * doubt.
 */

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const schema: z.ZodMiniType<Json> = z.lazy(() =>
  z.union([
    z.record(z.string().check(z.maxLength(10_000)), schema),
    z.array(schema).check(z.maxLength(10_000)),
    z.string().check(z.maxLength(1_000_000)),
    z.number(),
    z.boolean(),
    z.null(),
  ]),
);

export const automation = defineAutomation<Json>({
  name: 'mend',
  owner: 'The benches',
  purpose: 'Take any JSON, and repair what is none.',
  triggers: ['POST by a bench'],
  data: ['any JSON, read from the request'],
  failureModes: ['the repair leaves a doubt: a person decides'],
  lastReviewed: '2026-11-28',
  reviewEveryDays: 90,
  schema,
  examples: [{ name: 'any body', expect: 'act', body: { text: 'What can be done?' } }],
  content: () => ({ text: 'A body came.' }),
  repair: {},
  labels: ['body', 'other'],
  actions: {
    file: {
      destination: 'help-desk',
      risk: 'routine',
      reversible: false,
      parameters: { label: label() },
      describe: ({ label }) => `File it under ${label}`,
    },
  },
  prompts: { route: 'route.v1' },
  gate: () => ({ verdict: 'act', reasons: ['it is a body'] }),
  handOver: (_, reason) => ({
    action: 'file',
    parameters: { label: 'other' },
    confidence: null,
    brief: reason,
    evidence: [],
    reason,
  }),
  approval: {
    group: 'support-leads',
    escalateTo: 'support-managers',
    timeoutMinutes: 480,
    escalationMinutes: 480,
  },
  budget: { perDayUsd: 1000, perItemUsd: 1 },
  maxConcurrency: 20,
});
