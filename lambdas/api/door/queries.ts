import * as z from 'zod/mini';
import { MAX_WAIT_SECONDS } from '../../contract/client-limits.ts';
import { STATUSES } from '../../contract/item/status.ts';
import { lazy } from '../../kit/lazy.ts';

/* The queries of the API: requests are read by them, and the OpenAPI document is made from them. */

export const NO_CURSOR = "must be the 'cursor' of an earlier page";

/** As long as a year and its corrections; the time is read month by month. */
export const MOST_DAYS = 400;

const automation = lazy(() =>
  z
    .string('is missing: must be the name of an automation')
    .check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be the name of an automation')),
);
export const time = lazy(() =>
  z.iso.datetime({
    offset: true,
    error: 'must be an ISO 8601 time such as 2026-11-20T09:00:00Z',
  }),
);

function wholeNumber(most: number, preset: number) {
  const digits = new RegExp(`^\\d{1,${String(most).length}}$`);
  const number = z._default(
    z.pipe(
      z.string().check(z.regex(digits, `must be a whole number from 1 to ${most}`)),
      z.pipe(
        z.transform(Number),
        z.number().check(z.minimum(1, 'must be at least 1'), z.maximum(most, `must be at most ${most}`)),
      ),
    ),
    preset,
  );
  // A query is text; what it stands for is a number, and its description says so.
  return number.check(
    z.meta({ type: 'integer', minimum: 1, maximum: most, description: `Default ${preset}` }),
  );
}

/** What an earlier answer gave to go on with. */
export function cursor(message = NO_CURSOR) {
  return z.string(message).check(z.regex(/^[\w-]{1,600}$/, message));
}

/** Of a call without parameters: a misspelt one would be passed over. */
export const noQuery = lazy(() => z.strictObject({}));

/** What is no such number is refused by `waitSeconds`, which says so for each place where it can stand. */
export const itemQuery = lazy(() =>
  z.strictObject({
    wait: z.optional(z.string().check(z.meta({ type: 'integer', minimum: 0, maximum: MAX_WAIT_SECONDS }))),
  }),
);

export const listQuery = lazy(() =>
  z.strictObject({
    automation: z.optional(automation()),
    status: z.optional(z.enum(STATUSES, { error: `must be one of ${STATUSES.join(', ')}` })),
    since: z.optional(time()),
    key: z.optional(
      z
        .string()
        .check(
          z.regex(
            /^[\x21-\x7e]{1,255}$/,
            "must be an 'Idempotency-Key': 1 to 255 printable ASCII characters without spaces",
          ),
          z.meta({ description: "The Idempotency-Key that this token's client posted the item with" }),
        ),
    ),
    reference: z.optional(
      z
        .string()
        .check(
          z.minLength(1, 'must not be empty'),
          z.maxLength(1000, 'must be at most 1000 characters'),
          z.meta({ description: "The value of the automation's reference field, letter by letter" }),
        ),
    ),
    limit: wholeNumber(100, 50),
    cursor: z.optional(cursor()),
  }),
);
export type ListQuery = z.output<ReturnType<typeof listQuery>>;

const FORMATS = ['json', 'csv'] as const;

export const auditQuery = lazy(() =>
  z.strictObject({
    automation: z.optional(automation()),
    from: z.optional(time()),
    to: z.optional(time()),
    format: z._default(z.enum(FORMATS, { error: `must be one of ${FORMATS.join(', ')}` }), 'json'),
    cursor: z.optional(cursor()),
  }),
);

export const statisticsQuery = lazy(() => z.strictObject({ days: wholeNumber(MOST_DAYS, 30) }));

const BY = ['hour', 'day'] as const;

export const outcomesQuery = lazy(() =>
  z.strictObject({
    from: z.optional(time()),
    to: z.optional(time()),
    by: z._default(z.enum(BY, { error: `must be one of ${BY.join(', ')}` }), 'hour'),
  }),
);

export const auditsQuery = lazy(() => z.strictObject({ days: wholeNumber(90, 28) }));

export const judgedQuery = lazy(() =>
  z.strictObject({
    readings: z.optional(z.enum(['true'], { error: "must be 'true', or left out" })),
    from: z.optional(time()),
    to: z.optional(time()),
    cursor: z.optional(cursor()),
  }),
);

export const dayQuery = lazy(() => z.strictObject({ cursor: z.optional(cursor()) }));

export const casesQuery = lazy(() =>
  z.strictObject({
    automation: automation(),
    from: z.optional(time()),
    cursor: z.optional(cursor()),
  }),
);
