import * as z from 'zod/mini';
import { ERROR_NAMES } from '../../contract/item/row.ts';
import { STAGES, STATUSES } from '../../contract/item/status.ts';
import { NEIGHBOUR_KINDS } from '../../contract/neighbour.ts';
import { RELEASE_MODES } from '../../contract/steps/release.ts';
import { lazy } from '../../kit/lazy.ts';
import { isBlank } from '../../kit/text.ts';
import { cursor, time } from './queries.ts';

/* The bodies of commands. What is no such body is refused before anything is read, written or paid for. */

export const NO_RESUME_CURSOR = "must be the 'cursor' of an earlier answer";
export const NO_ERASE_CURSOR = NO_RESUME_CURSOR;

export const why = lazy(() =>
  z.string('must be a text that says why, for those who find it so').check(
    z.trim(),
    z.minLength(3, 'must be at least 3 characters'),
    z.refine((reason) => !isBlank(reason), 'must hold words that can be seen'),
    z.maxLength(300, 'must be at most 300 characters'),
  ),
);

const names = lazy(() =>
  z.optional(
    z
      .array(
        z.string('must be a name').check(z.maxLength(100, 'must be at most 100 characters')),
        'must be a list',
      )
      .check(
        z.minLength(1, 'must name at least one: leave it out for everything'),
        z.maxLength(50, 'must be at most 50'),
      ),
  ),
);

/** A raise is for one day: a figure beyond this is a slip of the hand. */
const MOST_USD = 10_000;
const MOST_TOKENS = 999_999_999;
/** Budgets are kept in millionths of a dollar: less would be rounded to none, or up. */
const LEAST_USD = 0.000001;

export const resumeBody = lazy(() =>
  z.strictObject({
    addUsd: z.optional(
      z
        .number('must be a number of dollars')
        .check(
          z.positive({ error: 'must be more than 0', abort: true }),
          z.minimum(LEAST_USD, 'must be at least 0.000001'),
          z.maximum(MOST_USD, `must be at most ${MOST_USD}`),
        ),
    ),
    addTokens: z.optional(
      z
        .int('must be a whole number of tokens')
        .check(z.positive('must be more than 0'), z.maximum(MOST_TOKENS, `must be at most ${MOST_TOKENS}`)),
    ),
    actions: names(),
    cursor: z.optional(cursor(NO_RESUME_CURSOR)),
    reason: z.optional(why()),
  }),
);

/** Which weeks drift is held against, from their first day on. */
export const referenceBody = lazy(() =>
  z.strictObject({
    pin: z.boolean('must be true or false'),
    from: z.optional(z.iso.date('must be a day such as 2026-11-02')),
    reason: why(),
  }),
);

export const reviewBody = lazy(() => z.strictObject({ note: z.optional(why()) }));

const usd = (least: number, most: number) =>
  z
    .number('must be a number of dollars')
    .check(z.minimum(least, `must be at least ${least}`), z.maximum(most, `must be at most ${most}`));

export const releaseBody = lazy(() =>
  z.strictObject({
    step: z.string('must be a step of the automation').check(z.minLength(1), z.maxLength(100)),
    version: z.optional(z.string().check(z.regex(/^v\d{1,4}$/, "must be like 'v2'"))),
    model: z.optional(
      z.string().check(z.maxLength(200), z.regex(/^[^/]+\/.+$/, "must be like 'endpoint/model'")),
    ),
    mode: z._default(
      z.enum(RELEASE_MODES, { error: `must be one of ${RELEASE_MODES.join(', ')}` }),
      'canary',
    ),
    share: z.optional(
      z
        .number('must be a number')
        .check(z.minimum(0.001, 'must be at least 0.001'), z.maximum(1, 'must be at most 1')),
    ),
    hours: z.optional(
      z
        .int('must be a whole number of hours')
        .check(z.minimum(1, 'must be at least 1'), z.maximum(720, 'must be at most 720')),
    ),
    perDayUsd: z.optional(usd(LEAST_USD, MOST_USD)),
    promotes: z.optional(z.boolean('must be true or false')),
    reason: why(),
  }),
);
/** `ifRelease`: the id of the release that is meant, which runs or ended last. */
const ending = lazy(() =>
  z.strictObject({
    reason: why(),
    ifRelease: z.optional(z.string('must be the id of a release').check(z.maxLength(40))),
  }),
);
export const promoteBody = ending;
export const rollbackBody = ending;

export const suspendBody = lazy(() => z.strictObject({ actions: names(), reason: why() }));
export const drainBody = lazy(() => z.strictObject({ reason: why() }));

export const VERSIONS = ['same', 'current'] as const;

const how = lazy(() => ({
  fresh: z.optional(z.boolean('must be true or false')),
  version: z.optional(z.enum(VERSIONS, { error: `must be one of ${VERSIONS.join(', ')}` })),
  reason: why(),
}));

export const redriveBody = lazy(() =>
  z.strictObject({
    ...how(),
    // Of any kind: the schema of its automation says what it must be.
    body: z.optional(z.unknown()),
    ifStatus: z.optional(z.enum(STATUSES, { error: `must be one of ${STATUSES.join(', ')}` })),
  }),
);

/** One, or a list of them. */
function some<Words extends readonly [string, ...string[]]>(words: Words) {
  const one = z.enum(words, { error: `must be one of ${words.join(', ')}, or a list of them` });
  return z.optional(
    z.pipe(
      z.union(
        [one, z.array(one).check(z.minLength(1, EMPTY))],
        `must be one of ${words.join(', ')}, or a list of them`,
      ),
      z.transform((given) => [given].flat()),
    ),
  );
}

const EMPTY = 'must name at least one: leave it out for all';
const MOST_IDS = 1000;
/** Faster than this the queues would hold what the house cannot take. */
const MOST_PER_MINUTE = 6000;
const label = lazy(() =>
  z.string('must be a label or a list of labels').check(z.minLength(1), z.maxLength(100)),
);

export const redrivesBody = lazy(() =>
  z.strictObject({
    ...how(),
    filter: z._default(
      z.strictObject({
        status: some(STATUSES),
        class: some(ERROR_NAMES),
        stage: some(STAGES),
        label: z.optional(
          z.pipe(
            z.union([label(), z.array(label()).check(z.minLength(1, EMPTY))]),
            z.transform((given) => [given].flat()),
          ),
        ),
        since: z.optional(time()),
        until: z.optional(time()),
        ids: z.optional(
          z
            .array(z.string().check(z.minLength(1), z.maxLength(100)))
            .check(z.minLength(1, EMPTY), z.maxLength(MOST_IDS, `must be at most ${MOST_IDS}`)),
        ),
      }),
      {},
    ),
    dryRun: z._default(z.boolean('must be true or false'), false),
    ratePerMinute: z._default(
      z
        .int('must be a whole number of items')
        .check(
          z.minimum(1, 'must be at least 1'),
          z.maximum(MOST_PER_MINUTE, `must be at most ${MOST_PER_MINUTE}`),
        ),
      300,
    ),
  }),
);

const messageIds = lazy(() =>
  z
    .array(z.string('must be the id of a message').check(z.minLength(1), z.maxLength(100)), 'must be a list')
    .check(z.minLength(1, EMPTY), z.maxLength(100, 'must be at most 100')),
);

export const deadRedriveBody = lazy(() => z.strictObject({ ids: z.optional(messageIds()), reason: why() }));
/** Never all of them at once: what nobody has looked at is not removed. */
export const deadDeleteBody = lazy(() => z.strictObject({ ids: messageIds(), reason: why() }));

export const stopBody = lazy(() => z.strictObject({ reason: why() }));

export const withdrawBody = lazy(() =>
  z.strictObject({
    reason: z.optional(
      z.string('must be a text that says why').check(
        z.trim(),
        z.minLength(1, 'must not be empty: leave it out'),
        z.refine((reason) => !isBlank(reason), 'must hold words that can be seen'),
        z.maxLength(300, 'must be at most 300 characters'),
      ),
    ),
  }),
);

export const eraseBody = lazy(() =>
  z.strictObject({
    subject: z
      .string('must be an e-mail address, a phone number or the id of a customer')
      .check(
        z.minLength(3, 'must be at least 3 characters'),
        z.maxLength(320, 'must be at most 320 characters'),
      ),
    dryRun: z.optional(z.boolean('must be true or false')),
    /** Of automations that are no longer deployed, whose items may still be kept. */
    automations: z.optional(
      z
        .array(z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be the name of an automation')))
        .check(z.maxLength(50, 'must be at most 50')),
    ),
    cursor: z.optional(cursor(NO_ERASE_CURSOR)),
    reason: why(),
  }),
);

export const cautionBody = lazy(() =>
  z.strictObject({
    on: z.boolean('must be true or false'),
    actions: names(),
    labels: names(),
    reason: why(),
  }),
);

/** Which of an item's actions: its number from 1, or its name where the item has one of it. */
export const compensateBody = lazy(() =>
  z.strictObject({
    action: z.union(
      [z.int().check(z.positive()), z.string().check(z.minLength(1), z.maxLength(100))],
      'must be the number of an action, from 1, or its name',
    ),
    reason: why(),
  }),
);

export const FORCES = ['open', 'closed', 'auto'] as const;

export const forceBody = lazy(() =>
  z.strictObject({
    state: z.enum(FORCES, { error: `must be one of ${FORCES.join(', ')}` }),
    reason: why(),
    kind: z.optional(z.enum(NEIGHBOUR_KINDS, { error: `must be one of ${NEIGHBOUR_KINDS.join(', ')}` })),
  }),
);

export const calibrateBody = lazy(() =>
  z.strictObject({
    step: z.string('must name a step of the automation').check(z.minLength(1, 'must name a step')),
    days: z._default(
      z
        .int('must be a whole number of days')
        .check(z.minimum(1, 'must be at least 1'), z.maximum(400, 'must be at most 400')),
      90,
    ),
  }),
);

/** A probe costs money: what is no such body asks nobody. */
export const probeBody = lazy(() => z.strictObject({ endpoint: z.optional(z.string()) }));
