import './quiet.ts';
import { shiftOf } from '../lambdas/kit/numbers/shift.ts';
import { MIX, SHIFTS, weekOf, weeks } from './drift-weeks.ts';
import { atLeast, atMost, printVerdicts } from './verdicts.ts';

/* Which shifts of a week are found beside four weeks of before, and how often a harmless week is called one. */

const RUNS = 100;
const HARMLESS = 10;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const sizes = [300, 1000, 5000];

const found = new Map<number, number[]>();
for (const items of sizes) {
  const shares = SHIFTS.map(({ name, of, to }) => {
    const told = Array.from({ length: RUNS }, (_, run) => {
      const { reference, now } = weeks(run + 1, of, items, to);
      return shiftOf(reference, now)?.shifted === true;
    }).filter(Boolean).length;
    console.log(`${items} items a week, ${name}: found in ${percent(told / RUNS)}`);
    return told / RUNS;
  });
  found.set(items, shares);
}

const falsely = sizes.map((items) => {
  const told = Array.from({ length: RUNS }, (_, run) =>
    Object.entries(MIX).some(([of, usual]) => {
      const { reference, next } = weeks(run + 1, of, items);
      return Array.from({ length: HARMLESS }, () => weekOf(next, usual, items)).some(
        (now) => shiftOf(reference, now)?.shifted,
      );
    }),
  ).filter(Boolean).length;
  console.log(
    `${items} items a week, ten harmless weeks of eight distributions: told of one in ${percent(told / RUNS)}`,
  );
  return told / RUNS;
});

const at = (items: number) => found.get(items) ?? [];
printVerdicts([
  atLeast(
    'of the ten shifts at 1,000 items a week, the hardest is found in',
    Math.min(...at(1000)),
    0.95,
    percent,
  ),
  atMost(
    'ten harmless weeks of eight distributions hold a false one in, at most',
    Math.max(...falsely),
    0.05,
    percent,
  ),
]);
