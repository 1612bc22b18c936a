import * as z from 'zod/mini';
import { Problem } from '../shared/http.ts';
import { STATUSES } from '../shared/item.ts';

const NO_CURSOR = "must be the 'cursor' of an earlier page";
const ORDER = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z#item-[\w-]+$/;

/** The place in the order of items that a cursor stands for. */
export function placeOf(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}

/** The query of `GET /v1/items`; the OpenAPI document is made from it. */
export const listQuery = z.strictObject({
  automation: z.optional(
    z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be the name of an automation')),
  ),
  status: z.optional(z.enum(STATUSES, { error: `must be one of ${STATUSES.join(', ')}` })),
  since: z.optional(
    z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time such as 2026-11-20T09:00:00Z' }),
  ),
  limit: z._default(
    z.pipe(
      z.string().check(z.regex(/^\d{1,3}$/, 'must be a whole number from 1 to 100')),
      z.pipe(
        z.transform(Number),
        z.number().check(z.minimum(1, 'must be at least 1'), z.maximum(100, 'must be at most 100')),
      ),
    ),
    50,
  ),
  cursor: z.optional(
    z.string().check(
      z.regex(/^[\w-]{1,300}$/, { error: NO_CURSOR, abort: true }),
      z.refine((cursor) => ORDER.test(placeOf(cursor)), NO_CURSOR),
    ),
  ),
});

export type ListQuery = z.output<typeof listQuery>;

/** @throws Problem 400 naming each wrong parameter */
export function readListQuery(query: Record<string, string | undefined>): ListQuery {
  const parsed = z.safeParse(listQuery, query);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: `/${key}`, message: 'unknown parameter: remove it' }))
      : [{ pointer: `/${issue.path.join('/')}`, message: issue.message }],
  );
  throw new Problem(400, 'the query is not valid', { errors });
}
