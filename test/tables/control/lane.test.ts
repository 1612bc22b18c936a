import { beforeEach, expect, it, vi } from 'vitest';
import { readLate, takeSlot, writeLate } from '../../../lambdas/tables/control/lane.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const slot = (earliest = time.at) => takeSlot('control', 'demo', { earliest, everyMs: 500 });

it('gives each of many at once a slot of its own, without a gap', async () => {
  const slots = await Promise.all(Array.from({ length: 50 }, () => slot()));

  expect(slots.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, at) => time.at + at * 500));
});

it('begins anew when the last slot is over', async () => {
  await slot();
  await slot();
  time.advance(2);

  expect(await slot()).toBe(time.at);
  expect(await slot()).toBe(time.at + 500);
});

it('gives slots of each automation by themselves', async () => {
  await slot();
  expect(await takeSlot('control', 'other', { earliest: time.at, everyMs: 500 })).toBe(time.at);
});

it('takes work for late as long as somebody says so, and three minutes more', async () => {
  await writeLate('control', 'demo', 400);
  time.advance(179);
  expect(await readLate('control', 'demo')).toMatchObject({ seconds: 400 });
  expect(await readLate('control', 'other')).toBeUndefined();
  time.advance(1);
  expect(await readLate('control', 'demo')).toBeUndefined();
});
