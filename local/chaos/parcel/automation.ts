import * as z from 'zod/mini';
import { defineAutomation } from '../../../lambdas/contract/automation.ts';
import { field, label } from '../../../lambdas/contract/parameters.ts';

/*
 * What the fault runs deploy beside `refund-request`: one model call, and a list of two actions. The first goes to a destination that
 * takes our key, the second to one that does not: a call to that one may never be repeated.
 */

/** From so many euros on a person decides, and from so many on nothing is done. */
export const ASKS_FROM = 100;
export const REFUSES_FROM = 1000;

const schema = z.strictObject({
  parcel: z.string().check(z.regex(/^[\w-]{1,60}$/, 'must be at most 60 letters, digits, "-" or "_"')),
  euros: z.int().check(z.minimum(0), z.maximum(10_000)),
  text: z.string().check(z.minLength(1), z.maxLength(2000)),
});

export type Parcel = z.output<typeof schema>;

const words = 'The parcel came, but the blue cup in it is missing. What can be done?';
const body = (parcel: string, euros: number) => ({ parcel, euros, text: words });

export const automation = defineAutomation<Parcel>({
  name: 'parcel',
  owner: 'The fault runs',
  purpose: 'File a parcel under what its message is about, and stamp it.',
  triggers: ['POST by a fault run'],
  data: ['the message, read from the request'],
  failureModes: ['the model gives no usable answer: a person decides'],
  lastReviewed: '2026-11-28',
  reviewEveryDays: 90,
  schema,
  examples: [
    { name: 'a small one', expect: 'act', body: body('P1', 10) },
    { name: 'a large one', expect: 'ask', body: body('P2', 200) },
    { name: 'one beyond us', expect: 'refuse', body: body('P3', 2000) },
  ],
  content: ({ text }) => ({ text }),
  labels: ['delivery', 'other'],
  actions: {
    file: {
      ...{ destination: 'help-desk', risk: 'routine', reversible: false },
      parameters: { label: label(), parcel: field('parcel') },
      describe: ({ label, parcel }) => `File parcel ${parcel} under ${label}`,
    },
    stamp: {
      ...{ destination: 'stamps', risk: 'routine', reversible: false },
      parameters: { parcel: field('parcel') },
      describe: ({ parcel }) => `Stamp parcel ${parcel}`,
    },
  },
  prompts: { route: 'route.v1' },
  gate: ({ body: { euros } }) =>
    euros >= REFUSES_FROM
      ? { verdict: 'refuse', reasons: [`from ${REFUSES_FROM} on nothing is done`] }
      : euros >= ASKS_FROM
        ? { verdict: 'ask', reasons: [`from ${ASKS_FROM} on a person decides`] }
        : { verdict: 'act', reasons: [`below ${ASKS_FROM}`] },
  handOver: ({ body: { parcel } }, reason) => ({
    ...{ action: 'file', parameters: { label: 'other', parcel }, confidence: null },
    ...{ brief: reason, evidence: [], reason },
  }),
  approval: {
    ...{ group: 'refund-approvers', escalateTo: 'refund-managers' },
    ...{ timeoutMinutes: 480, escalationMinutes: 480 },
  },
  budget: { perDayUsd: 5, perItemUsd: 0.1 },
  maxConcurrency: 20,
});
