import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { advanceAll } from '../../../lambdas/operate/redrive/advance.ts';
import { ENV, eventsOf, ID, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { goneOn, minute, parkedItems, registry } from './many-world.ts';
import {
  act,
  breaker,
  calls,
  closeHouse,
  closes,
  freshHouse,
  ledger,
  model,
  paid,
  posted,
  redrive,
  redriven,
  settle,
  streamed,
  think,
} from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshHouse);
afterEach(closeHouse);

const DOWN = { status: 503, body: {}, headers: {} };
const LEDGER = { kind: 'destination', name: 'ledger' } as const;
const FOR_LEDGER = { class: 'TransientError', message: 'was down', neighbour: LEDGER } as const;

/** One that its destination has parked, as the table's stream tells. */
async function parked(): Promise<void> {
  ledger.answers = [DOWN];
  posted();
  await settle();
  await streamed();
  ledger.seen.length = 0;
}

function isUp(): void {
  ledger.answers = [{ status: 200, body: { reference: 'R-1' } }];
}

async function minutes(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await minute();
}

/** So many that were parked for the ledger. */
async function manyParked(count: number): Promise<string[]> {
  const ids = parkedItems(count, () => ({ error: FOR_LEDGER }));
  await streamed(ids);
  return ids;
}

describe('an item that is parked as its destination was down', () => {
  it('says which one, and goes on when its breaker closes: once, and no model is asked', async () => {
    await parked();
    expect(stored()).toMatchObject({
      status: 'parked',
      error: { class: 'TransientError', neighbour: LEDGER },
    });
    const before = paid();
    isUp();
    time.advance(30);
    closes();

    await minute();
    await settle();

    expect(stored()).toMatchObject({ status: 'done', generation: 2 });
    expect([calls().length, paid() - before]).toEqual([1, 0]);
    expect(redriven()).toMatchObject([
      { by: 'Signalbox', reason: "destination 'ledger' is well again", from: 'parked' },
    ]);
    await minutes(60);
    expect(redriven()).toHaveLength(1);
  });

  it('stays while the breaker is open, or the destination wants to be left alone', async () => {
    await parked();
    breaker({ breaker: 'open', openUntil: time.at + 7_200_000, reason: 'failures', epoch: 1 });
    await minutes(60);
    expect(redriven()).toEqual([]);
    breaker({ breaker: 'closed', rampFrom: time.at, pausedUntil: time.at + 600_000, epoch: 2 });
    await minutes(9);
    expect(redriven()).toEqual([]);
    await minutes(2);
    expect(redriven()).toHaveLength(1);
  });

  it('tries the destination after five minutes where its breaker was never open', async () => {
    await parked();
    await minutes(4);
    expect(redriven()).toEqual([]);
    await minutes(1);
    expect(redriven()).toHaveLength(1);
  });

  it('that is parked again waits longer each time, and after three times for an operator', async () => {
    await parked();
    closes();
    const at: number[] = [];
    for (let turn = 0; turn < 24 * 60; turn += 1) {
      // Closing once more shortens no wait.
      if (turn % 3 === 0) closes();
      const before = redriven().length;
      await minute();
      if (redriven().length === before) continue;
      at.push(turn);
      await settle();
      await streamed();
    }
    expect(stored().status).toBe('parked');
    expect(at).toHaveLength(3);
    const waits = at.map((turn, index) => turn - (at[index - 1] ?? 0)).slice(1);
    expect(waits[0]).toBeGreaterThanOrEqual(10);
    expect(waits[1]).toBeGreaterThanOrEqual(30);

    // An operator has looked: from then on it goes on by itself again.
    await redrive();
    await settle();
    await streamed();
    await minutes(24 * 60);
    expect(redriven().filter(({ by }) => by === 'Signalbox').length).toBe(4);
  });

  it('of which nobody knows whether it acted stays for a person', async () => {
    ledger.answers = [DOWN];
    posted();
    await think({ itemId: ID, generation: 1 });
    world.queues.clear();
    await act({ itemId: ID, generation: 1 }, undefined, { idempotent: false });
    expect(stored()).toMatchObject({ status: 'parked', error: { class: 'ProcessingError' } });
    expect(stored().error).not.toHaveProperty('neighbour');
    await streamed();
    closes();
    await minutes(24 * 60);
    expect(redriven()).toEqual([]);
  });
});

it('an item that is parked as its endpoint was down goes on when that one is well', async () => {
  model.answers = [DOWN];
  posted();
  world.queues.clear();
  await think({ itemId: ID, generation: 1 }, 4).catch(() => {});
  expect(stored()).toMatchObject({
    status: 'parked',
    error: { class: 'TransientError', neighbour: { kind: 'endpoint', name: 'house' } },
  });
  await streamed();
  await minutes(6);
  expect(eventsOf()).toContain('redriven');
  expect(redriven()).toMatchObject([{ by: 'Signalbox', reason: "endpoint 'house' is well again" }]);
});

describe('many items that are parked as their destination was down', () => {
  it('go on at a pace, once each', async () => {
    const ids = await manyParked(150);
    closes();
    const went: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      await minute();
      went.push(goneOn(ids).length);
    }
    expect(went).toEqual([60, 120, 150, 150, 150]);
    for (const id of ids) expect(redriven(id)).toHaveLength(1);
  });

  it('go on at the pace that the configuration sets', async () => {
    const ids = await manyParked(50);
    closes();
    for (let turn = 0; turn < 2; turn += 1) {
      time.advance(60);
      await advanceAll(registry, { ...ENV, PARKED_PER_MINUTE: '20' });
    }
    expect(goneOn(ids)).toHaveLength(40);
  });

  it('go on one in a minute where the next call is the probe, and stop where it failed', async () => {
    const ids = await manyParked(5);
    breaker({ breaker: 'open', openUntil: time.at, reason: 'failures', epoch: 1 });
    await minute();
    expect(goneOn(ids)).toHaveLength(1);
    await minute();
    expect(goneOn(ids)).toHaveLength(2);
    breaker({ breaker: 'open', openUntil: time.at + 600_000, reason: 'the probe failed', epoch: 2 });
    await minutes(5);
    expect(goneOn(ids)).toHaveLength(2);
    closes();
    await minute();
    expect(goneOn(ids)).toHaveLength(5);
  });

  it('leave alone what is parked for another reason', async () => {
    const ids = parkedItems(6, (n) => (n % 2 === 0 ? { error: FOR_LEDGER } : {}));
    await streamed(ids);
    closes();
    await minutes(10);
    expect(goneOn(ids)).toEqual(ids.filter((_, n) => n % 2 === 0));
  });

  it.each([false, true])('go on once each wherever the clock dies, after: %s', async (after) => {
    const COUNT = 3;
    const begun = async () => {
      const ids = await manyParked(COUNT);
      time.advance(60);
      closes();
      return ids;
    };
    await begun();
    const from = world.calls.length;
    await advanceAll(registry, ENV);
    const points = world.calls.length - from;
    expect(points).toBeGreaterThan(10);
    for (let point = 1; point <= points; point += 1) {
      const where = `call ${point}`;
      await closeHouse();
      await freshHouse();
      const ids = await begun();
      world.crashAt(point, after);
      await advanceAll(registry, ENV).catch(() => {});
      world.revive();
      await minutes(10);
      expect(goneOn(ids), where).toHaveLength(COUNT);
      for (const id of ids) expect(redriven(id), where).toHaveLength(1);
      await settle();
      expect(calls().length, where).toBe(COUNT);
    }
  });

  it('go on once each by two clocks, and by a stream that tells twice', async () => {
    const ids = await manyParked(30);
    closes();
    for (let turn = 0; turn < 4; turn += 1) {
      time.advance(60);
      await Promise.all([1, 2, 3].map(() => advanceAll(registry, ENV)));
      await streamed(ids.filter((id) => stored(id).status === 'parked'));
    }
    for (const id of ids) expect(redriven(id)).toHaveLength(1);
  });

  it('cost the clock as many reads however many they are, while nothing is due', async () => {
    const reads = async (count: number) => {
      await manyParked(count);
      breaker({ breaker: 'open', openUntil: time.at + 7_200_000, epoch: 1 });
      const from = world.calls.length;
      await minute();
      return world.calls.length - from;
    };
    expect(await reads(200)).toBe(await reads(2));
  });
});
