import * as z from 'zod/mini';
import { VERDICTS } from '../../contract/item/status.ts';
import { lazy } from '../../kit/lazy.ts';
import { promoteBody, releaseBody, rollbackBody } from './bodies.ts';
import { noQuery } from './queries.ts';
import { command, gives, NONE } from './route.ts';

/* Rows of the table of routes: what is tried before it serves all, and what was rehearsed before it is tried. */

const RELEASES = gives('What serves, what runs, and what was', 'Releases');

/** For more of them `more` says how many. */
export const MOST_CHANGES = 1000;
const count = lazy(() => z.int('must be a whole number').check(z.minimum(0, 'must not be negative')));
const usd = lazy(() => z.number('must be a number of dollars').check(z.minimum(0, 'must not be negative')));
const text = (most: number) =>
  z.string('must be a text').check(z.maxLength(most, `must be at most ${most} characters`));
const pair = (most: number) =>
  z.optional(z.tuple([text(most), text(most)], 'must be two texts: then, and now'));
const verdict = lazy(() => z.enum(VERDICTS, { error: `must be one of ${VERDICTS.join(', ')}` }));
const verdicts = lazy(() => z.strictObject({ act: count(), ask: count(), refuse: count() }));

/** What `signalbox rehearse` found: facts, and no words of items. */
export const rehearsalBody = lazy(() =>
  z.strictObject({
    candidate: z.record(text(100), text(100)),
    since: z.iso.datetime({ error: "must be a time such as '2026-11-29T09:00:00Z'" }),
    model: text(200),
    blind: z.optional(z.boolean('must be true or false')),
    rehearsed: count(),
    verdicts: z.strictObject({ kept: verdicts(), candidate: verdicts() }),
    changed: z
      .array(
        z.strictObject({
          id: text(200),
          label: pair(100),
          verdict: z.optional(z.tuple([verdict(), verdict()])),
          ...{ actions: pair(400), amount: pair(60) },
          parameters: z.optional(z.array(text(100)).check(z.maxLength(50, 'must be at most 50'))),
          decision: z.optional(text(40)),
          right: z.optional(z.boolean('must be true or false')),
        }),
        'must be a list',
      )
      .check(z.maxLength(MOST_CHANGES, `must be at most ${MOST_CHANGES}, and how many others under 'more'`)),
    more: z.optional(count()),
    leftOut: z.record(text(200), count()),
    costUsd: z.strictObject({ kept: usd(), candidate: usd() }),
    medianMs: z.nullable(z.number('must be a number of milliseconds, or null')),
    mostUsd: z.nullable(usd()),
  }),
);

export const RELEASE_ROUTES = {
  releases: {
    at: 'GET /v1/automations/{name}/releases',
    fn: 'operate/commands',
    who: 'operator',
    query: noQuery,
    says: 'Which prompts and models serve its steps, and how a release goes, for operators',
    gives: RELEASES,
    refuses: NONE,
  },
  release: {
    ...command('POST /v1/automations/{name}/releases', releaseBody),
    says: 'Try another prompt or model on a part of the items, or beside them, for operators',
    gives: RELEASES,
    refuses: { ...NONE, 409: 'Another release of the automation runs' },
  },
  promote: {
    ...command('POST /v1/automations/{name}/releases/promote', promoteBody),
    says: 'Let the candidate serve all items, for operators',
    gives: RELEASES,
    refuses: { ...NONE, 409: 'No release runs' },
  },
  rollback: {
    ...command('POST /v1/automations/{name}/releases/rollback', rollbackBody),
    says: 'Let the stable one serve all items again, for operators',
    gives: RELEASES,
    refuses: { ...NONE, 409: 'No release runs, and none was promoted that still counts' },
  },
  rehearsal: {
    ...command('POST /v1/automations/{name}/rehearsals', rehearsalBody),
    says: 'Keep what a rehearsal found as a page of the console, for operators',
    gives: gives('Where it is kept', 'RehearsalKept'),
    refuses: { ...NONE, 409: 'Another one is kept at this moment' },
  },
} as const;
