import { beforeAll, expect, it } from 'vitest';
import {
  forLanes,
  type Line,
  mostForEach,
  mostForTwo,
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
let neighbours: ReadonlySet<string>;
let two: Line[];
let ten: Line[];

beforeAll(async () => {
  stacks = { two: await stacksOf(2), ten: await stacksOf(10) };
  neighbours = await neighbourSecrets();
  two = standing(stacks.two, neighbours);
  ten = standing(stacks.ten, neighbours);
});

it('an environment without work costs no more than it may, and each automation little more', async () => {
  expect(total(two)).toBeLessThanOrEqual(await mostForTwo(stacks.two));
  expect((total(ten) - total(two)) / 8).toBeLessThanOrEqual(mostForEach(stacks.two, stacks.ten));
});

it('a queue of their own for urgent items costs what its polls and its alarm do', async () => {
  const [one] = withLanes(stacks.ten);
  if (!one) throw new Error('no automation has separate lanes');
  const left = Object.fromEntries(
    Object.entries(one.resources).filter(
      ([id, { Properties = {} }]) =>
        !id.includes('urgent') && !JSON.stringify(Properties.EventSourceArn ?? '').includes('urgent'),
    ),
  );

  const dollars =
    total(standing([one], neighbours)) - total(standing([{ ...one, resources: left }], neighbours));
  expect(dollars).toBeCloseTo(forLanes(), 5);
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
    ...['traces of the clock', 'keys of tables'],
  ]);
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
