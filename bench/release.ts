import './quiet.ts';
import { PROMOTES_FROM } from '../lambdas/operate/release/by-itself.ts';
import { compare } from '../lambdas/reports/release/compare.ts';
import { BETTER, EQUAL, minutesOf, type Scenario, WORSE } from './release-world.ts';
import { atLeast, atMost, printVerdicts } from './verdicts.ts';

/*
 * How soon a canary that is worse is rolled back, whether one that is better is called so, and what becomes of one that is the same: by what
 * counts the timelines of items and compares both sides each minute.
 */

const RUNS = 50;
const SHARE = 0.05;
/** Items of the candidate. */
const SOON = 200;
const LATE = 1000;
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

interface Told {
  verdict: string;
  items: number;
}

/** What is said first, WORSE at any time, BETTER where it may be promoted; INCONCLUSIVE after so many items of the candidate. */
function endOf(scenario: Scenario, run: number, most: number): Told {
  let items = 0;
  for (const { stable, candidate } of minutesOf(scenario, run, SHARE)) {
    const told = compare(stable, candidate);
    items = told.items.candidate;
    if (told.verdict === 'WORSE') return { verdict: 'WORSE', items };
    if (told.verdict === 'BETTER' && items >= PROMOTES_FROM.items) return { verdict: 'BETTER', items };
    if (items >= most) break;
  }
  return { verdict: 'INCONCLUSIVE', items };
}

function all(scenario: Scenario, most: number) {
  const ends = Array.from({ length: RUNS }, (_, run) => endOf(scenario, run + 1, most));
  const of = (verdict: string) => ends.filter((it) => it.verdict === verdict);
  const sorted = (some: readonly Told[]) => some.map(({ items }) => items).sort((a, b) => a - b);
  const items = sorted(of('WORSE'));
  return {
    share: (verdict: string) => of(verdict).length / RUNS,
    median: items[Math.floor(items.length / 2)],
    most: items.at(-1),
  };
}

const found: number[] = [];
console.log(`\n| worse | rolled back within ${SOON} items of the candidate | median | most |`);
console.log('|---|---:|---:|---:|');
for (const scenario of WORSE) {
  const { share, median = '–', most = '–' } = all(scenario, SOON);
  found.push(share('WORSE'));
  console.log(`| ${scenario.name} | ${percent(share('WORSE'))} | ${median} | ${most} |`);
}

const called: number[] = [];
const harmed: number[] = [];
console.log(`\n| better | promoted within ${LATE} | rolled back |\n|---|---:|---:|`);
for (const scenario of BETTER) {
  const { share } = all(scenario, LATE);
  called.push(share('BETTER'));
  harmed.push(share('WORSE'));
  console.log(`| ${scenario.name} | ${percent(share('BETTER'))} | ${percent(share('WORSE'))} |`);
}

const equal = all(EQUAL, LATE);
console.log(`\n| the same | INCONCLUSIVE after ${LATE} | promoted | rolled back |\n|---|---:|---:|---:|`);
const ends = ['INCONCLUSIVE', 'BETTER', 'WORSE'].map((it) => percent(equal.share(it)));
console.log(`| | ${ends.join(' | ')} |\n`);

printVerdicts([
  atLeast(
    `a worse candidate is rolled back within ${SOON} of its items, of the hardest in`,
    Math.min(...found),
    0.95,
    percent,
  ),
  atLeast('a better one is promoted, of the hardest in', Math.min(...called), 0.95, percent),
  atMost('a better one is rolled back, at most in', Math.max(...harmed), 0.05, percent),
  atMost(
    'one that is the same is promoted or rolled back in',
    1 - equal.share('INCONCLUSIVE'),
    0.05,
    percent,
  ),
]);
