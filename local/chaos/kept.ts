import { OUTCOMES } from '../../lambdas/contract/item/receipt.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { recount } from '../../lambdas/record/outcomes/facts.ts';
import { statisticsKey } from '../../lambdas/tables/keys.ts';
import { type Figures, sumOf, unpacked } from '../../lambdas/tables/statistics/figures.ts';
import type { Counts, Item, Statistics, Verified } from './invariants/collected.ts';
import type { World } from './world.ts';

/* What is kept of items beside their rows: receipts, and counts of hours. */

const AUTOMATIONS = ['parcel', 'refund-request'] as const;
const HOUR_MS = 3_600_000;
/** By which the clock of a function may be off, and with it the times that it writes. */
export const CLOCKS_MS = 300_000;

/** By automation. */
export type Hours = Readonly<Record<string, Counts>>;

/** What the hours from then on hold, until now. */
export async function hoursSince(world: World, from: string): Promise<Hours> {
  const hours: string[] = [];
  for (let at = Date.parse(`${from.slice(0, 13)}:00:00Z`); at <= Date.now() + CLOCKS_MS; at += HOUR_MS)
    hours.push(new Date(at).toISOString().slice(0, 13));
  const of = async (automation: string) => {
    const rows = await Promise.all(
      hours.map((hour) => world.row('control', statisticsKey(automation, hour))),
    );
    const figures = rows.flatMap((row) => (row ? [unpacked(row.figures as Uint8Array)] : []));
    return [automation, countsOf(sumOf(figures))] as const;
  };
  return Object.fromEntries(await Promise.all(AUTOMATIONS.map(of)));
}

/** What the hours hold more than before, beside a recount of the rows of these items. */
export async function statisticsOf(
  world: World,
  ids: readonly string[],
  from: string,
  before: Hours,
): Promise<Statistics[]> {
  const found = await Promise.all(ids.map((id) => world.row('items', id)));
  const rows = found.filter((row) => row !== undefined) as unknown as ItemRow[];
  const now = await hoursSince(world, from);
  return AUTOMATIONS.map((automation) => ({
    automation,
    counted: beyond(now[automation] ?? {}, before[automation] ?? {}),
    recounted: countsOf(sumOf(recount(rows.filter((row) => row.automation === automation)).values())),
  }));
}

function beyond(now: Counts, before: Counts): Counts {
  const more = Object.entries(now).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return Object.fromEntries(more.filter(([, count]) => count !== 0));
}

/**
 * By name, such as `all all n done`. What a judgement has cost, and the versions of prompts behind it, are left out: of a delivery that has
 * lost its item they are known later than the judgement (ADR 0089).
 */
export function countsOf(figures: Figures): Counts {
  const all = Object.entries(figures).flatMap(([dimension, values]) =>
    Object.entries(values).flatMap(([value, { n, t = {} }]) => [
      ...Object.entries(n).map(([count, of]) => [`${dimension} ${value} n ${count}`, of] as const),
      ...Object.entries(t).flatMap(([timing, buckets]) =>
        Object.entries(buckets).map(
          ([bucket, of]) => [`${dimension} ${value} ${timing} ${bucket}`, of] as const,
        ),
      ),
    ]),
  );
  return Object.fromEntries(
    all.filter(([name, of]) => of !== 0 && !/^promptVersion |^(?:label|verdict) .* nanoUsd$/.test(name)),
  );
}

/** What `verify` says of each that rests or has ended. What was right is asked again only of an item that has moved since. */
export async function verifiedOf(
  world: World,
  items: readonly Item[],
  known: Map<string, Verified>,
): Promise<Verified[]> {
  const resting = items.filter(({ status }) => (OUTCOMES as readonly string[]).includes(status));
  return Promise.all(
    resting.map(async ({ id, timeline }) => {
      const at = `${id} ${timeline.length}`;
      const before = known.get(at);
      if (before) return before;
      const { status, body } = await world.api<Partial<Verified>>(`/v1/items/${id}/verification`);
      const { verdict = `answer ${status}`, differences = [], notes = [], receipts = [] } = body;
      const verified: Verified = { item: id, verdict, differences, notes, receipts };
      if (verdict === 'ok' && notes.length === 0) known.set(at, verified);
      return verified;
    }),
  );
}
