import { expect, it } from 'vitest';
import { begun, SHIFTS, USUAL, type World, weeksOf } from '../../../bench/drift-weeks.ts';
import { minus } from '../../../lambdas/reports/drift/days.ts';
import { judgeDrift } from '../../../lambdas/reports/drift/judge.ts';
import { driftView } from '../../../lambdas/reports/drift/view.ts';
import type { Drift } from '../../../lambdas/tables/drift/drift.ts';

const DOOR = SHIFTS[7]?.to ?? USUAL;
function weeks(seed: number, ...worlds: World[]) {
  const { next, reference, after } = begun(seed, 1000);
  const then = worlds.flatMap((world, week) =>
    weeksOf(next, world, { weeks: 1, items: 1000, from: minus(after, -7 * week) }),
  );
  return { hours: [...reference, ...then], after };
}

it('a pin on weeks of which nothing was counted does not say that a shift is over', () => {
  const { hours, after } = weeks(7, DOOR, DOOR, DOOR);
  let before: Drift | undefined;
  const go = (day: string, pinned?: Parameters<typeof judgeDrift>[3]) => {
    before = { ...judgeDrift(hours, day, before, pinned).drift, judgedAt: `${day}T00:05:00.000Z` };
  };
  for (let at = 0; at < 10; at += 1) go(minus(after, -at));
  expect(before?.shifts.map(({ key }) => key)).toContain('door');
  const pinned = { from: minus(after, 200), by: 'olga', at: 'then', reason: 'a slip of the year' };
  for (let at = 10; at < 13; at += 1) go(minus(after, -at), pinned);
  const view = driftView('demo', before, true);
  expect(view.past).toEqual([]);
});
