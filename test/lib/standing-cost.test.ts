import { existsSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import {
  forLanes,
  type Line,
  MOST_FOR_EACH,
  MOST_FOR_TWO,
  type Neighbours,
  neighbourSecrets,
  own,
  stacksOf,
  standing,
  total,
  withLanes,
} from '../../bench/standing.ts';
import { TABLES } from '../../bench/usage.ts';
import type { Stack } from '../../local/assembly.ts';

let stacks: { two: Stack[]; ten: Stack[] };
let neighbours: Neighbours;
let two: Line[];
let ten: Line[];

beforeAll(async () => {
  stacks = { two: await stacksOf(2), ten: await stacksOf(10) };
  neighbours = await neighbourSecrets();
  two = standing(stacks.two, { ...neighbours, needed: neighbours.needed(2) });
  ten = standing(stacks.ten, { ...neighbours, needed: neighbours.all });
});

it('an environment without work costs no more than it may, and each automation little more', () => {
  expect(total(two)).toBeLessThanOrEqual(MOST_FOR_TWO);
  // Those that a whole run of the tests makes beside the shipped ones have a surrogate and what it is watched by.
  const made = existsSync('.followed') ? 0.05 : 0;
  expect((own(ten) - own(two)) / 8).toBeLessThanOrEqual(MOST_FOR_EACH + made);
});

it('a queue of their own for urgent items costs what its polls do', async () => {
  const [one] = withLanes(stacks.ten);
  if (!one) throw new Error('no automation has separate lanes');
  const left = Object.fromEntries(
    Object.entries(one.resources).filter(
      ([id, { Properties = {} }]) =>
        !id.includes('urgent') && !JSON.stringify(Properties.EventSourceArn ?? '').includes('urgent'),
    ),
  );

  const of = (stack: Stack) => total(standing([stack], { ...neighbours, needed: neighbours.all }));
  expect(of(one) - of({ ...one, resources: left })).toBeCloseTo(forLanes(), 1);
});

it('counts what there is: alarms, secrets, polled queues, the clock, its traces and keys', () => {
  expect(two.map(({ what }) => what.replaceAll(/\d+/g, 'N'))).toEqual([
    ...[
      'N alarms',
      'N secrets of ours',
      'N secrets of neighbours',
      'empty receives of N queues',
      'the clock, N runs',
    ],
    ...['what the clock looks at', 'traces of the clock', 'keys of tables'],
  ]);
  const { all, needed } = neighbours;
  expect([...needed(2)].every((it) => all.has(it))).toBe(true);
  expect(needed(2).size).toBeLessThan(all.size);
  expect(needed(100)).toEqual(all);
  expect(own(two)).toBeLessThan(total(two));
  for (const { what, dollars } of [...two, ...ten]) expect(dollars, what).toBeGreaterThan(0);
});

it('the use of every table is counted by what measures costs', () => {
  const tables = stacks.two.flatMap(({ resources }) =>
    Object.entries(resources).flatMap(([id, { Type }]) => (Type === 'AWS::DynamoDB::Table' ? [id] : [])),
  );
  expect(tables.length).toBeGreaterThan(0);
  expect(tables.filter((id) => !TABLES.some((name) => id.startsWith(`data${name}`)))).toEqual([]);
});
