import { begun, type World, weeksOf } from '../../bench/drift-weeks.ts';
import { minus } from '../../lambdas/reports/drift/days.ts';
import { judgeDrift } from '../../lambdas/reports/drift/judge.ts';
import { readDrift, writeDrift } from '../../lambdas/tables/drift/drift.ts';
import { inMinutes } from './console.ts';

/** What was found each day of the last week, of two weeks of another world after four usual ones. */
export async function drifted(to: World, automation = 'demo'): Promise<void> {
  const today = inMinutes(0).slice(0, 10);
  const { next, reference, after } = begun(3, 1000, minus(today, 42));
  const hours = [...reference, ...weeksOf(next, to, { weeks: 2, items: 1000, from: after })];
  for (let day = 7; day >= 0; day -= 1) {
    const known = await readDrift('control', automation);
    await writeDrift('control', automation, known, judgeDrift(hours, minus(today, day), known.drift).drift);
  }
}
