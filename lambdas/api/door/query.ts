import * as z from 'zod/mini';
import { clock, DAY_SECONDS } from '../../kit/clock.ts';
import { unknownParameter, wrongQuery } from '../../kit/http.ts';
import type { Cursors } from './cursor.ts';
import { MOST_DAYS, NO_CURSOR } from './queries.ts';

const DAY_MS = DAY_SECONDS * 1000;

/** The place that a query's cursor stands for, if any. @throws Problem 400 for a foreign cursor */
export async function placeIn(cursors: Cursors, cursor: string | undefined): Promise<string | undefined> {
  if (cursor === undefined) return undefined;
  const place = await cursors.open(cursor);
  if (place === undefined) throw wrongQuery([{ pointer: '/cursor', message: NO_CURSOR }]);
  return place;
}

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

/** The time asked about, up to now; without `from` thirty days before its end. @throws Problem 400 */
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
