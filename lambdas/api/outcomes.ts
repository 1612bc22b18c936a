import type * as z from 'zod/mini';
import type { RegistryEntry } from '../contract/registry.ts';
import { clock, DAY_SECONDS } from '../kit/clock.ts';
import { type Caller, json, type Reply, wrongQuery } from '../kit/http.ts';
import { qualityOf } from '../tables/samples/quality.ts';
import { samplesBetween } from '../tables/samples/samples.ts';
import { sumOf } from '../tables/statistics/figures.ts';
import { hoursOf } from '../tables/statistics/hours.ts';
import { type AttentionRates, viewOf } from '../tables/statistics/view.ts';
import type { outcomesQuery } from './door/queries.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = DAY_SECONDS * 1000;

/** The longest time that may be asked about, and the one that is where none is. */
const BOUNDS = {
  hour: { ms: HOUR_MS, most: 31, preset: 1 },
  day: { ms: DAY_MS, most: 400, preset: 30 },
} as const;

type Asked = z.output<ReturnType<typeof outcomesQuery>>;

/** `GET /v1/automations/{automation}/statistics`: what became of its items, by hour or by day. */
export async function outcomesReply(
  { name, audit }: Pick<RegistryEntry, 'name' | 'audit'>,
  { by, ...asked }: Asked,
  caller: Caller,
  table: string,
  rates: AttentionRates,
): Promise<Reply> {
  const { from, to } = rangeOf(asked, by);
  const [hours, samples] = await Promise.all([
    hoursOf(table, name, from, to),
    audit ? samplesBetween(table, name, Date.parse(from), Date.parse(to) - 1) : [],
  ]);
  const length = by === 'day' ? 10 : 13;
  const times = Map.groupBy(hours, ({ hour }) => hour.slice(0, length));
  const audited = Map.groupBy(samples, ({ at }) => at.slice(0, length));
  const rows = [...times].map(([time, of]) => ({
    from: by === 'day' ? `${time}T00:00:00.000Z` : `${time}:00:00.000Z`,
    ...viewOf(sumOf(of.map(({ figures }) => figures)), caller.operator || caller.auditor, rates),
    ...(audit ? { auditPrecision: qualityOf(audited.get(time) ?? []).all } : {}),
  }));
  return json(200, { from, to, by, rows });
}

/** Whole hours or days: the one in which the time begins is in it, and so is the one in which it ends. @throws Problem 400 */
function rangeOf(asked: { from?: string | undefined; to?: string | undefined }, by: Asked['by']) {
  const { ms, most, preset } = BOUNDS[by];
  const to = asked.to === undefined ? clock.now() : Date.parse(asked.to);
  const from = asked.from === undefined ? to - preset * DAY_MS : Date.parse(asked.from);
  const wrong = (message: string) => wrongQuery([{ pointer: '/from', message }]);
  if (from >= to) throw wrong(`must be before the end, which is ${iso(to)}`);
  if (to - from > most * DAY_MS) {
    const other = by === 'hour' ? ", or ask with 'by=day'" : '';
    throw wrong(`must be at most ${most} days before the end, which is ${iso(to)}${other}`);
  }
  // A zone can put a time into a year that ISO 8601 writes with a sign.
  return {
    from: iso(Math.max(0, Math.floor(from / ms) * ms)),
    to: iso(Math.max(0, Math.ceil(to / ms) * ms)),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
