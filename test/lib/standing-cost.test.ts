import { beforeAll, expect, it } from 'vitest';
import { type Line, MOST_FOR_EACH, mostForTwo, stacksOf, standing, total } from '../../bench/standing.ts';

let two: Line[];
let ten: Line[];

beforeAll(async () => {
  two = standing(await stacksOf(2));
  ten = standing(await stacksOf(10));
});

it('an environment without work costs no more than it may, and each automation little more', async () => {
  expect(total(two)).toBeLessThanOrEqual(await mostForTwo());
  expect((total(ten) - total(two)) / 8).toBeLessThanOrEqual(MOST_FOR_EACH);
});

it('counts what there is: alarms, secrets, polled queues, the clock, its traces and keys', () => {
  expect(two.map(({ what }) => what.replaceAll(/\d+/g, 'N'))).toEqual([
    ...['N alarms', 'N secrets', 'empty receives of N queues', 'the clock, N runs'],
    ...['traces of the clock', 'keys of tables'],
  ]);
  for (const { what, dollars } of [...two, ...ten]) expect(dollars, what).toBeGreaterThan(0);
});
