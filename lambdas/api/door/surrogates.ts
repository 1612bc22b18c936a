import * as z from 'zod/mini';
import { lazy } from '../../kit/lazy.ts';
import { why } from './bodies.ts';
import { noQuery } from './queries.ts';
import { command, gives } from './route.ts';

/* Rows of the table of routes: what answers in a model's place. */

export const surrogateBody = lazy(() =>
  z.strictObject({ on: z.boolean('must be true or false'), reason: why() }),
);

const STANDS = gives('What it has learned, how that is held, and whether it answers', 'Surrogate');
const refuses = { 404: 'There is no automation of this name, or it declares no surrogate' };

export const SURROGATE_ROUTES = {
  surrogate: {
    at: 'GET /v1/automations/{name}/surrogate',
    fn: 'operate/commands',
    who: 'operator',
    query: noQuery,
    says: "How the surrogate of an automation's route stands, for operators",
    gives: STANDS,
    refuses,
  },
  surrogateSwitch: {
    ...command('POST /v1/automations/{name}/surrogate', surrogateBody),
    says: "Let the surrogate of an automation's route answer, or not, for operators",
    gives: STANDS,
    refuses,
  },
} as const;
