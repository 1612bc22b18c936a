import * as z from 'zod/mini';
import { lazy } from '../../kit/lazy.ts';
import { why } from './bodies.ts';
import { command, gives, NONE } from './route.ts';

/* Rows of the table of routes: answers to similar questions. */

export const similarBody = lazy(() =>
  z.strictObject({
    step: z.string('must name a step of the automation').check(z.minLength(1, 'must name a step')),
    on: z.boolean('must be true or false'),
    reason: why(),
  }),
);

export const similarQuery = lazy(() =>
  z.strictObject({
    step: z.optional(z.string().check(z.minLength(1, 'must name a step'), z.maxLength(80, 'is too long'))),
  }),
);

export const SIMILAR_ROUTES = {
  similarLearnt: {
    at: 'GET /v1/automations/{name}/similar',
    fn: 'operate/commands',
    who: 'operator',
    query: similarQuery,
    says: 'What steps have learnt of similar questions, whether they use such answers, and why, for operators',
    gives: gives('How each of these steps stands', 'SimilarLearnt'),
    refuses: NONE,
  },
  similar: {
    ...command('POST /v1/automations/{name}/similar', similarBody),
    says: 'Let a step learn anew which similar questions may share an answer, or let none, for operators',
    gives: gives('How it stands', 'Similar'),
  },
} as const;
