import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkMessage } from '../../lambdas/contract/item/messages.ts';
import { door, ID, stored } from '../support/fixtures.ts';
import { Crash, time, world } from '../support/world.ts';
import { DAY, exhaust, freshQueue, iso, letPass, listen, receive, run, told, wait } from './waiting-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshQueue);

describe('messages of an item that waits', () => {
  it.each<[string, () => void]>([
    ['a budget', exhaust],
    ['an endpoint', () => (told.think = wait(900))],
  ])('for %s end at once where another is on its way', async (_name, prepare) => {
    receive();
    prepare();
    await run();
    time.advance(50);
    const before = world.tables.snapshot();
    world.calls = [];

    await run();

    expect(world.tables.snapshot()).toBe(before);
    expect(told.due).toHaveLength(1);
    // One write that the item refuses, and reads.
    expect(world.calls.filter((call) => !call.includes('Get'))).toEqual(['dynamodb UpdateCommand']);
  });

  it.each<[string, () => void, number]>([
    ['a budget', exhaust, 10_000],
    ['an endpoint', () => (told.think = wait(900)), 10_000],
    ['an endpoint for a moment', () => (told.think = wait(3)), 600],
  ])('for %s do not multiply, however many there are to begin with', async (_name, prepare, seconds) => {
    receive();
    prepare();
    told.due = Array.from({ length: 8 }, () => ({ at: time.at, message: { itemId: ID, generation: 1 } }));

    await letPass(seconds);

    expect(told.due).toHaveLength(1);
  });

  it.each<[string, () => void, number[], number]>([
    ['a budget', exhaust, [0, 70, 200, 700, 800, 890], 4000],
    ['an endpoint', () => (told.think = wait(900)), [0, 70, 200, 700, 800, 890], 4000],
    ['a busy endpoint', () => (told.think = wait(20)), [0, 1, 7, 19, 20, 21, 33], 1000],
    ['an endpoint for a moment', () => (told.think = wait(1)), [0, 0.4, 0.8, 1, 1.4], 600],
  ])('for %s become one where they come at different moments', async (_name, prepare, moments, seconds) => {
    receive();
    prepare();
    told.due = moments.map((seconds) => ({
      ...{ at: time.at + seconds * 1000, message: { itemId: ID, generation: 1 } },
    }));

    await letPass(seconds);

    expect(told.due).toHaveLength(1);
  });

  it('become one also where two deliveries are at work by turns, each while the other puts the item off', async () => {
    receive();
    const busy = wait(3);
    let inner: Promise<void> | undefined;
    told.think = async () => {
      if (!inner) {
        // The first one was frozen until its lease was over.
        time.advance(46);
        inner = run();
        await inner;
      }
      await busy();
    };

    await run();

    expect(world.sent('work')).toHaveLength(2);
    const [kept, late] = world.sent('work') as WorkMessage[];
    expect(stored().ticket).toBe(kept?.ticket);
    const before = world.tables.snapshot();
    await run(1, late);
    expect(world.tables.snapshot()).toBe(before);
    await letPass(60);
    expect(told.due).toHaveLength(1);
  });

  it.each<[string, () => void]>([
    ['a budget', exhaust],
    ['an endpoint', () => (told.think = wait(900))],
  ])('for %s carry it on also where the clock is slow', async (_name, prepare) => {
    receive();
    prepare();
    await run();
    const own = told.due.pop()?.message;
    time.advance(900 - 300);

    await run(1, own);

    expect(told.due).toHaveLength(1);
    expect(stored().ticket).toBe(told.due[0]?.message.ticket);
  });

  it('carry it on from among the dead letters, days later, and not where another one did since', async () => {
    receive();
    told.think = wait(20);
    await run();
    const first = told.due.pop()?.message;
    time.advance(3 * DAY);
    await run(1, first);
    expect(told.due).toHaveLength(1);

    await run(1, first);
    expect(told.due).toHaveLength(1);
    time.advance(20);
    told.think = async () => {};
    await run(1, told.due.pop()?.message);
    expect(stored().verdict).toBe('act');
  });

  it('of a version before tickets go by the time in the row', async () => {
    const waits = { for: 'endpoint', generation: 1, since: iso(-60), until: iso(300) } as const;
    receive({ status: 'processing', wait: waits });
    await run();
    expect(stored().verdict).toBeUndefined();
    time.advance(300);
    await run();
    expect(stored().verdict).toBe('act');
  });

  it.each([
    ['the first', 0],
    ['a later', 1],
  ])(
    'are one again where a worker dies at %s postponing and what it sent comes before what it held',
    async (_name, rounds) => {
      for (let point = 1; point <= 8; point += 1) {
        for (const after of [false, true]) {
          world.reset();
          time.freeze();
          told.due = [];
          listen();
          receive();
          told.think = wait(3);
          let held: WorkMessage | undefined;
          for (let round = 0; round < rounds; round += 1) {
            await run(1, held);
            held = told.due.pop()?.message;
            time.advance(3);
          }
          world.crashAt(point, after);
          await run(1, held).catch(() => {});
          world.revive();

          await letPass(170);
          await run(2, held);
          await letPass(200);

          expect(told.due, `call ${point}, after: ${after}`).toHaveLength(1);
          expect(stored().ticket).toBe(told.due[0]?.message.ticket);
        }
      }
    },
  );

  it('are never all lost, wherever a worker dies, and are one again in the end', async () => {
    for (const [name, prepare] of [
      ['budget', exhaust],
      ['endpoint', () => (told.think = wait(900))],
      ['busy endpoint', () => (told.think = wait(3))],
    ] as const) {
      // Prepare: how many calls an undisturbed worker makes
      world.reset();
      receive();
      prepare();
      await run();
      // The last call of an item without a budget tells the clock, and fails nobody.
      const calls = world.calls.length - (name === 'budget' ? 1 : 0);
      expect(calls).toBeGreaterThan(3);

      for (let point = 1; point <= calls; point += 1) {
        for (const after of [false, true]) {
          world.reset();
          time.freeze();
          told.due = [];
          receive();
          prepare();
          listen();
          world.crashAt(point, after);

          // Act: what the dead worker held comes back when its visibility time is over.
          await expect(run(), `${name}, call ${point}`).rejects.toBeInstanceOf(Crash);
          world.revive();
          time.advance(180);
          await run(2);

          // Assess
          const where = `${name}, call ${point}, after: ${after}`;
          expect(told.due.length, where).toBeGreaterThanOrEqual(1);
          expect(told.due.length, where).toBeLessThanOrEqual(2);
          await letPass(name === 'busy endpoint' ? 300 : 3_000);
          expect(told.due, where).toHaveLength(1);
          expect(stored().status, where).toBe(name === 'budget' ? 'suspended' : 'processing');
        }
      }
    }
  });
});
