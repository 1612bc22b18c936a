import * as z from 'zod/mini';
import { defineAutomation } from '../../lambdas/contract/automation.ts';
import { field, label } from '../../lambdas/contract/parameters.ts';

/*
 * What the benches deploy: one classification, and then one action, from `THRESHOLD` on after a person's word. `bench/rig.ts` puts this folder
 * into `automations/` of a copy; the pipeline of `bench/naive/` does the same.
 */

export const THRESHOLD = 100;

const schema = z.strictObject({
  ticket: z.string().check(z.regex(/^[\w-]{1,40}$/, 'must be at most 40 letters, digits, "-" or "_"')),
  /** Whole euros at stake. */
  euros: z.int().check(z.minimum(0), z.maximum(10_000)),
  text: z.string().check(z.minLength(1), z.maxLength(20_000)),
});

export type Ticket = z.output<typeof schema>;

const words = 'The parcel came, but the blue cup in it is missing. What can be done?';

export const automation = defineAutomation<Ticket>({
  name: 'sort',
  owner: 'The benches',
  purpose: 'Sort messages by what they are about, as a pipeline that does nothing else would.',
  triggers: ['POST by a bench'],
  data: ['the message, read from the request'],
  failureModes: ['the model gives no usable answer: a person decides'],
  lastReviewed: '2026-11-27',
  reviewEveryDays: 90,
  schema,
  examples: [
    { name: 'a small one', expect: 'act', body: { ticket: 'T1', euros: 10, text: words } },
    { name: 'a large one', expect: 'ask', body: { ticket: 'T2', euros: 200, text: words } },
  ],
  content: ({ text }) => ({ text }),
  labels: ['delivery', 'payment', 'other'],
  actions: {
    file: {
      destination: 'help-desk',
      risk: 'routine',
      reversible: false,
      parameters: { label: label(), ticket: field('ticket') },
      describe: ({ label, ticket }) => `File ticket ${ticket} under ${label}`,
    },
  },
  prompts: { route: 'route.v1' },
  gate: ({ body }) =>
    body.euros >= THRESHOLD
      ? { verdict: 'ask', reasons: [`from ${THRESHOLD} on a person decides`] }
      : { verdict: 'act', reasons: [`below ${THRESHOLD}`] },
  handOver: ({ body }, reason) => ({
    action: 'file',
    parameters: { label: 'other', ticket: body.ticket },
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
  maxConcurrency: 40,
  lanes: 'separate',
});
