import * as z from 'zod/mini';
import { STATUSES } from '../contract/item/status.ts';
import { clock, DAY_SECONDS } from '../kit/clock.ts';
import { unknownParameter, wrongQuery } from '../kit/http.ts';
import type { Cursors } from './cursor.ts';

const NO_CURSOR = "must be the 'cursor' of an earlier page";

/** As long as a year and its corrections; the time is read month by month. */
const MOST_DAYS = 400;
const DAY_MS = DAY_SECONDS * 1000;

/** The place that the cursor of a query stands for; undefined without one. @throws Problem 400 for what is no cursor of the caller's */
export async function placeIn(cursors: Cursors, cursor: string | undefined): Promise<string | undefined> {
  if (cursor === undefined) return undefined;
  const place = await cursors.open(cursor);
  if (place === undefined) throw wrongQuery([{ pointer: '/cursor', message: NO_CURSOR }]);
  return place;
}

const automation = z
  .string('is missing: must be the name of an automation')
  .check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be the name of an automation'));
const time = z.iso.datetime({
  offset: true,
  error: 'must be an ISO 8601 time such as 2026-11-20T09:00:00Z',
});

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

/** The query of `GET /v1/items`; the OpenAPI document is made from it, and from the others here. */
export const listQuery = z.strictObject({
  automation: z.optional(automation),
  status: z.optional(z.enum(STATUSES, { error: `must be one of ${STATUSES.join(', ')}` })),
  since: z.optional(time),
  limit: wholeNumber(100, 50),
  cursor: z.optional(cursor()),
});
export type ListQuery = z.output<typeof listQuery>;

const FORMATS = ['json', 'csv'] as const;

export const auditQuery = z.strictObject({
  automation: z.optional(automation),
  from: z.optional(time),
  to: z.optional(time),
  format: z._default(z.enum(FORMATS, { error: `must be one of ${FORMATS.join(', ')}` }), 'json'),
  cursor: z.optional(cursor()),
});

export const statisticsQuery = z.strictObject({ days: wholeNumber(MOST_DAYS, 30) });

export const casesQuery = z.strictObject({
  automation,
  from: z.optional(time),
  cursor: z.optional(cursor()),
});

/** `automations` are those that the caller may name. @throws Problem 400 naming each wrong parameter */
export function readQuery<Type extends z.ZodMiniType>(
  type: Type,
  query: Record<string, string | undefined>,
  automations: readonly string[] = [],
): z.output<Type> {
  const others = automations.length > 0 ? `; there are: ${automations.join(', ')}` : '';
  const parsed = z.safeParse(type, query);
  if (parsed.success) return parsed.data;
  throw wrongQuery(
    parsed.error.issues.flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') return issue.keys.map(unknownParameter);
      const pointer = `/${issue.path.join('/')}`;
      return [{ pointer, message: `${issue.message}${pointer === '/automation' ? others : ''}` }];
    }),
  );
}

/** The time asked about, up to now, in ISO 8601; without `from` the thirty days before its end. @throws Problem 400 */
export function rangeOf(asked: { from?: string | undefined; to?: string | undefined }) {
  const now = clock.now();
  const to = asked.to === undefined ? now : Math.min(Date.parse(asked.to), now);
  // A zone can put a time into a year that ISO 8601 writes with a sign.
  const from = asked.from === undefined ? to - 30 * DAY_MS : Math.max(Date.parse(asked.from), 0);
  if (from >= to) throw wrongQuery([{ pointer: '/from', message: `must be before ${iso(to)}` }]);
  if (to - from > MOST_DAYS * DAY_MS) {
    const message = `must be at most ${MOST_DAYS} days before the end, which is ${iso(to)}`;
    throw wrongQuery([{ pointer: '/from', message }]);
  }
  return { from: iso(from), to: iso(to) };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
