import type { ItemRow, LineageEntry } from '../../contract/item/row.ts';
import { ALL, type Fact, type Figures, withFacts } from '../../tables/statistics/figures.ts';
import { type Counted, hourOf } from '../../tables/statistics/hours.ts';
import { awsOfCall, awsOfEvent } from './aws.ts';
import type { ItemChange } from './changes.ts';
import { nanoUsd, Story } from './story.ts';

/*
 * What one write to an item's row adds to the statistics: what its timeline, its lineage and its promise say that they did not say before.
 * All three only grow. So the sum over all writes is what the last row says by itself, whatever happened in between.
 */

export function countedIn({ sequence, before, now }: ItemChange): Counted {
  return { automation: now.automation, sequence, facts: factsOf(now, before) };
}

/** What a row says, beside what it said `before`. */
export function factsOf(row: ItemRow, before?: ItemRow): Fact[] {
  const story = new Story(row);
  const told = row.timeline.map((event, at) => [
    ...story.hear(event),
    ...awsFacts(event, awsOfEvent(row, at)),
  ]);
  const fresh = told.slice(before?.timeline.length ?? 0).flat();
  const calls = callsBeside(row.lineage ?? [], before?.lineage ?? []);
  return [...fresh, ...calls.flatMap((call) => callFacts(call, story)), ...promiseFacts(row, before)];
}

/** The figures of each hour, `2026-11-28T13`, counted anew from the rows that are there. */
export function recount(rows: Iterable<ItemRow>): Map<string, Figures> {
  const facts = [...rows].flatMap((row) => factsOf(row));
  const hours = Map.groupBy(facts, ({ at }) => hourOf(at));
  return new Map([...hours].map(([hour, told]) => [hour, withFacts({}, told)]));
}

/** Calls that are not among those of before, each as often as it is. */
function callsBeside(now: readonly LineageEntry[], before: readonly LineageEntry[]): LineageEntry[] {
  const known = new Map<string, number>();
  for (const call of before) known.set(nameOf(call), (known.get(nameOf(call)) ?? 0) + 1);
  return now.filter((call) => {
    const left = known.get(nameOf(call)) ?? 0;
    known.set(nameOf(call), left - 1);
    return left <= 0;
  });
}

function nameOf({ at, step, endpoint, model, promptVersion, cached, milliseconds, failure }: LineageEntry) {
  return JSON.stringify([at, step, endpoint, model, promptVersion, cached, milliseconds, failure]);
}

function callFacts(call: LineageEntry, { client, door }: Story): Fact[] {
  const { at, source, model, promptVersion, cached, similar, failure, costUsd, milliseconds } = call;
  const paid = { nanoUsd: nanoUsd(costUsd) };
  const of: Fact['of'] = [
    ['all', ALL],
    ['client', client],
    ['door', door],
  ];
  const aws = awsFacts(call, awsOfCall(call));
  // A question to a source is no model's.
  if (source !== undefined) return [{ at, of, n: paid }, ...aws];
  const n = {
    ...{ calls: 1, ...(cached ? { cached: 1 } : {}), ...(similar ? { similar: 1 } : {}) },
    ...(failure ? { failed: 1 } : {}),
    ...paid,
  };
  const by: Fact['of'] = [
    ['model', model],
    ['promptVersion', promptVersion],
  ];
  return [...aws, { at, of, n }, { at, of: by, n, ...(cached ? {} : { t: { ms: milliseconds } }) }];
}

/** Of all items alone: no label takes what came before it. */
function awsFacts({ at }: { at: string }, awsNanoUsd: number): Fact[] {
  return awsNanoUsd > 0 ? [{ at, of: [['all', ALL]], n: { awsNanoUsd } }] : [];
}

/** In the hour in which the promise came due: whoever looks at it, and when, changes nothing. */
function promiseFacts({ promised }: ItemRow, before: ItemRow | undefined): Fact[] {
  if (promised?.met === undefined || before?.promised?.met !== undefined) return [];
  return [
    { at: promised.dueAt, of: [['all', ALL]], n: { promised: 1, ...(promised.met ? { met: 1 } : {}) } },
  ];
}
