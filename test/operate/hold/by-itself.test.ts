import { beforeEach, expect, it, vi } from 'vitest';
import { holdByThemselves } from '../../../lambdas/operate/hold/by-itself.ts';
import { readHold, releaseHold, setHold } from '../../../lambdas/tables/control/hold.ts';
import { ALL, type Count } from '../../../lambdas/tables/statistics/figures.ts';
import { count } from '../../../lambdas/tables/statistics/hours.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { automation, ENV } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const suspendAt = { parkedShare: 0.2, ofAtLeast: 50 };
const demo = registryEntry({ ...automation, suspendAt } as never);
const look = (entry = demo) => holdByThemselves([entry], ENV);

let sequence = 0;
beforeEach(() => {
  world.reset();
  time.freeze();
  sequence = 0;
});

const hold = () => readHold('control', 'demo');

/** So many came to this in the hour that is so many minutes ago. */
async function happened(n: Partial<Record<Count, number>>, minutesAgo = 0): Promise<void> {
  const at = new Date(time.at - minutesAgo * 60_000).toISOString();
  sequence += 1;
  const facts = [{ at, of: [['all', ALL] as const], n }];
  await count('control', 'shardId-1', [{ automation: 'demo', sequence: String(sequence), facts }]);
}

it('suspends what parks too much, once, and says who and why', async () => {
  await happened({ done: 30, parked: 9 }, 60);
  await happened({ done: 10, refused: 1, parked: 5 });
  await look();
  await look();
  expect(await hold()).toMatchObject({
    everything: { mode: 'suspend', by: 'Signalbox', reason: expect.stringContaining('14 of 55 items since') },
  });
  expect(world.tables.all('audit')).toMatchObject([
    { event: 'command', command: 'suspend', by: 'Signalbox', automation: 'demo' },
  ]);
});

it.each([
  ['too few to tell', { done: 9, parked: 40 }, 0],
  ['no more than it may', { done: 80, parked: 20 }, 0],
  ['hours that are past', { parked: 90 }, 120],
  ['what callers post wrongly', { done: 50, quarantined: 500 }, 0],
])('leaves alone %s', async (_what, n, minutesAgo) => {
  await happened(n, minutesAgo);
  await look();
  expect([await hold(), world.tables.all('audit')]).toEqual([undefined, []]);
});

it('never holds what does not ask for it', async () => {
  await happened({ parked: 500 });
  await look(registryEntry(automation as never));
  expect(await hold()).toBeUndefined();
});

it('does not hold again for what failed before it was resumed', async () => {
  await happened({ parked: 60 });
  await look();
  await releaseHold('control', 'demo');
  await look();
  expect(await hold()).not.toHaveProperty('everything');
  time.advance(3600);
  await look();
  expect(await hold()).not.toHaveProperty('everything');
  await happened({ parked: 60 });
  await look();
  expect(await hold()).toHaveProperty('everything');
});

it("leaves an operator's hold as it is", async () => {
  await happened({ parked: 60 });
  await setHold('control', 'demo', { mode: 'drain', by: 'ops', reason: 'month end' });
  await look();
  expect(await hold()).toMatchObject({ everything: { mode: 'drain', by: 'ops' } });
});
