import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WorkMessage } from '../../../lambdas/contract/item/messages.ts';
import { endedIn, wakeAll } from '../../../lambdas/operate/recovery/closed.ts';
import { type BreakerRow, type Forced, forceBreaker } from '../../../lambdas/tables/control/breakers.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { ENV, ID, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { closeHouse, demo, freshHouse, model, paid, posted, think } from '../redrive/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../../lambdas/kit/clock.ts')>()),
  sleep: async () => {},
}));

/* An operator gives a breaker back, or closes one that was held open: what waits is tried at once, and goes on once it is well. */

const HOUSE = { kind: 'endpoint', name: 'house' } as const;
const KEY = 'endpoint#house';

beforeEach(freshHouse);
afterEach(closeHouse);

const row = () => world.tables.row(ENV.CONTROL_TABLE, KEY) as BreakerRow | undefined;
const work = () => world.taken('work') as WorkMessage[];

/** Whether the stream would tell of one of its writes: the filter of `operate/redrives` (`test/lib/recovery.test.ts`). */
async function told(change: () => Promise<unknown>): Promise<boolean> {
  const seen: boolean[] = [];
  const look = () => void seen.push(row()?.openUntil !== undefined);
  world.fault = look;
  await change();
  world.fault = undefined;
  look();
  return seen.some((isOpen, at) => !isOpen && seen[at - 1] === true);
}

const force = (state: Forced['state']) =>
  told(() => forceBreaker(ENV.CONTROL_TABLE, HOUSE, { state, reason: 'because', by: 'olga' }));

const ended = () => endedIn([{ dynamodb: { Keys: { id: { S: KEY } } } }], ENV);

/** What the function does once it is told. @returns how many it woke */
async function wake(): Promise<number> {
  const [one] = await ended();
  return one ? wakeAll(one, [registryEntry(demo)], ENV, one.untried ? 0 : time.at + 45_000) : 0;
}

/** As many items that wait as the account's quota is used up for an hour. */
async function waiting(items: number): Promise<void> {
  const openUntil = time.at + 3_600_000;
  world.tables.put(ENV.CONTROL_TABLE, { id: KEY, epoch: 1, breaker: 'open', openUntil, reason: 'quota' });
  posted();
  for (const message of work()) await think(message);
  work();
  for (let n = 1; n < items; n += 1) {
    const id = `${ID.slice(0, -2)}${n.toString(16).padStart(2, '0')}`;
    world.tables.put('items', { ...stored(), id, order: `${stored().order}${n}` });
  }
  expect(stored()).toMatchObject({ status: 'processing', waitsOn: KEY });
}

const open = (): void => {
  time.advance(11);
};

it('a breaker that is given back is tried by what waits, and closing wakes the rest', async () => {
  await waiting(61);
  expect(await force('auto')).toBe(true);
  open();
  // The first few: one of them is the probe, and the others find it under way.
  expect(await ended()).toEqual([{ ...HOUSE, untried: true }]);
  expect(await wake()).toBe(50);
  const [first] = work().filter(({ itemId }) => itemId === ID) as [WorkMessage];
  expect(paid()).toBe(0);

  expect(await told(() => think(first))).toBe(true);
  expect(stored()).toMatchObject({ verdict: 'act' });
  expect(row()).toMatchObject({ breaker: 'closed' });
  expect(await ended()).toEqual([{ ...HOUSE, untried: false }]);
  expect(await wake()).toBe(60);
});

it('a breaker whose fault is not mended opens again at the probe, and what was woken waits with its own message', async () => {
  await waiting(2);
  model.answers = [{ status: 401, body: {} }];
  await force('auto');
  open();
  expect(await wake()).toBe(2);
  const [first, second] = work() as [WorkMessage, WorkMessage];
  await think(first).catch(() => {});
  expect(row()).toMatchObject({ breaker: 'open' });
  expect(await ended()).toEqual([]);
  const before = [paid(), work().length];
  open();
  await think(second);
  expect([paid(), work().length]).toEqual([before[0], 0]);
});

it('one that was held open while it was well wakes all that waits, given back or closed', async () => {
  for (const state of ['auto', 'closed'] as const) {
    world.reset();
    await freshHouse();
    await waiting(3);
    world.tables.put(ENV.CONTROL_TABLE, { id: KEY, epoch: 2, breaker: 'closed', rampFrom: time.at });
    expect(await force('open'), state).toBe(false);
    expect(await ended(), state).toEqual([]);
    expect(await force(state), state).toBe(true);
    expect(await wake(), state).toBe(3);
    await closeHouse();
  }
  await freshHouse();
});

it('one that nobody can read begins anew, and the end of a hold is told of it as well', async () => {
  world.tables.put(ENV.CONTROL_TABLE, { id: KEY, epoch: 'x' });
  expect(await force('open')).toBe(false);
  expect(await force('auto')).toBe(true);
});

it('nothing is told of a breaker that was open all the time, or closed', async () => {
  await waiting(1);
  expect(await force('open')).toBe(false);
  expect(await ended()).toEqual([]);
  world.tables.put(ENV.CONTROL_TABLE, { id: KEY, epoch: 2, breaker: 'closed', rampFrom: time.at });
  expect(await force('auto')).toBe(false);
});
