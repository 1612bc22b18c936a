import './quiet.ts';
import { minus } from '../lambdas/reports/drift/days.ts';
import { judgeDrift } from '../lambdas/reports/drift/judge.ts';
import type { Drift, Shift } from '../lambdas/tables/drift/drift.ts';
import { begun, type Day, RISES, SHIFTS, SLICE, USUAL, weeksOf } from './drift-weeks.ts';
import { atLeast, atMost, printVerdicts } from './verdicts.ts';

/*
 * What is told within ten days of weeks that are otherwise than the four before them, and how often something is told of ten harmless weeks: any
 * distribution, percentile or slice. Each day is judged by what the clock calls.
 */

const RUNS = 50;
const HARMLESS_WEEKS = 10;
const sizes = [300, 1000, 5000];
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const all = [...SHIFTS, SLICE, ...RISES];

const found = new Map<string, number>();
const falsely = new Map<number, number>();
for (const items of sizes) {
  let wrong = 0;
  for (let run = 1; run <= RUNS; run += 1) {
    const { next, reference, after } = begun(run, items);
    for (const { name, as, to } of all) {
      const weeks = weeksOf(next, to, { weeks: 2, items, from: after });
      const told = toldOf([...reference, ...weeks], after, 10);
      const key = `${items} ${name}`;
      if (told.some((it) => it.key === as || it.key.startsWith(`${as} p`)))
        found.set(key, (found.get(key) ?? 0) + 1);
    }
    const weeks = weeksOf(next, USUAL, { weeks: HARMLESS_WEEKS, items, from: after });
    const told = toldOf([...reference, ...weeks], after, HARMLESS_WEEKS * 7);
    if (told.length > 0) console.log(`told falsely: ${told.map(({ words }) => words).join('; ')}`);
    wrong += told.length > 0 ? 1 : 0;
  }
  for (const { name } of all)
    console.log(`${items} items a week, ${name}: found in ${percent(shareOf(items, name))}`);
  falsely.set(items, wrong / RUNS);
  console.log(`${items} items a week, ten harmless weeks: told of something in ${percent(wrong / RUNS)}`);
}

/** What is told in so many days from this one on, each judged after the one before. */
function toldOf(hours: readonly Day[], from: string, days: number): Shift[] {
  let before: Drift | undefined;
  const told: Shift[] = [];
  for (let at = 1; at <= days; at += 1) {
    const day = minus(from, -at);
    const { drift, fresh } = judgeDrift(hours, day, before);
    told.push(...fresh);
    before = { ...drift, judgedAt: day };
  }
  return told;
}

function shareOf(items: number, name: string): number {
  return (found.get(`${items} ${name}`) ?? 0) / RUNS;
}

const hardest = (of: readonly { name: string }[], items: number) =>
  Math.min(...of.map(({ name }) => shareOf(items, name)));

printVerdicts([
  atLeast(
    'of the ten shifts at 1,000 items a week, the hardest is found in',
    hardest(SHIFTS, 1000),
    0.95,
    percent,
  ),
  atLeast(
    'of the ten shifts at 5,000 items a week, the hardest is found in',
    hardest(SHIFTS, 5000),
    1,
    percent,
  ),
  atLeast(
    'a time or a cost that is 20 % higher at 5,000 items a week is found in',
    hardest(RISES, 5000),
    0.9,
    percent,
  ),
  atMost('ten harmless weeks hold a false one in, at most', Math.max(...falsely.values()), 0.05, percent),
]);
