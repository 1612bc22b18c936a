import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { advanceAll } from '../../../lambdas/operate/redrive/advance.ts';
import { ENV } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { goneOn, minute, parkedItems, redrives, registry, standing, untilDone } from './many-world.ts';
import { calls, closeHouse, freshHouse, ledger, redriven, settle } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshHouse);
afterEach(closeHouse);

const COUNT = 3;

describe('a redrive of many items whose worker dies', () => {
  it.each([false, true])(
    'anywhere is finished by the clock: each item once, and counted once, after: %s',
    async (after) => {
      /** The first worker does the first item, and the clock's the others. */
      const begun = async () => {
        const ids = parkedItems(COUNT);
        const { body } = await redrives({ ratePerMinute: 1 });
        time.advance(180);
        world.queues.clear();
        ledger.seen.length = 0;
        return { ids, redrive: String(body.id) };
      };
      await begun();
      const from = world.calls.length;
      await advanceAll(registry, ENV);
      const points = world.calls.length - from;
      expect(points).toBeGreaterThan(10);
      for (let point = 1; point <= points; point += 1) {
        const where = `call ${point}`;
        await freshTables();
        const { ids, redrive } = await begun();
        world.crashAt(point, after);
        await advanceAll(registry, ENV).catch(() => {});
        world.revive();
        const state = await untilDone(redrive);
        expect(state, where).toMatchObject({ matched: COUNT, done: COUNT, failed: 0, skipped: 0 });
        expect(goneOn(ids), where).toHaveLength(COUNT);
        for (const id of ids) expect(redriven(id), where).toHaveLength(1);
        await settle();
        expect(calls().length, where).toBe(COUNT - 1);
      }
    },
  );

  it('in the request is finished by the clock, or was never begun', async () => {
    const from = world.calls.length;
    parkedItems(COUNT);
    await redrives();
    const points = world.calls.length - from;
    for (let point = 1; point <= points; point += 1) {
      for (const after of [false, true]) {
        const where = `call ${point}, after: ${after}`;
        await freshTables();
        const ids = parkedItems(COUNT);
        world.crashAt(point, after);
        await redrives();
        world.revive();
        for (let turn = 0; turn < 4; turn += 1) await minute();
        const went = goneOn(ids).length;
        expect([0, COUNT], where).toContain(went);
        // An operator without an answer asks again.
        const again = await redrives();
        await untilDone(again.body.id);
        for (const id of ids) expect(redriven(id), where).toHaveLength(1);
      }
    }
  });
});

async function freshTables(): Promise<void> {
  await closeHouse();
  await freshHouse();
}

it('a thousand items are let go on once each at the pace, whatever moments it is interrupted in', async () => {
  const ids = parkedItems(1000);
  const dry = await redrives({ dryRun: true });
  const said = (await standing(dry.body.id)).body;
  const { body } = await redrives({ ratePerMinute: 250 });
  // Seeded: the same moments each time.
  let seed = 17;
  const went: number[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    went.push(goneOn(ids).length);
    seed = (seed * 48_271) % 2_147_483_647;
    world.crashAt(1 + (seed % 700), turn % 2 === 0);
    await minute().catch(() => {});
    world.revive();
  }
  const state = await untilDone(body.id);

  expect(said).toMatchObject({ matched: 1000, done: 1000, skipped: 0 });
  expect(state).toMatchObject({ matched: 1000, done: 1000, failed: 0, skipped: 0 });
  went.forEach((number, at) => {
    expect(number).toBeLessThanOrEqual(250 * (at + 1));
  });
  for (const id of ids) expect(redriven(id)).toHaveLength(1);
  expect(new Set(world.sent('work').map((message) => JSON.stringify(message))).size).toBe(1000);
});

it('two workers at once let each item go on once', async () => {
  const ids = parkedItems(50);
  const { body } = await redrives({ ratePerMinute: 10 });
  for (let turn = 0; turn < 6; turn += 1) {
    time.advance(60);
    await Promise.all([1, 2, 3].map(() => advanceAll(registry, ENV)));
  }
  expect((await standing(body.id)).body).toMatchObject({ state: 'done', done: 50, skipped: 0 });
  for (const id of ids) expect(redriven(id)).toHaveLength(1);
});

it('two redrives of the same items let each item go on once', async () => {
  const ids = parkedItems(30);
  const both = await Promise.all([redrives({ ratePerMinute: 10 }), redrives({ ratePerMinute: 10 })]);
  const states = [];
  for (const { body } of both) states.push(await untilDone(body.id));
  for (const id of ids) expect(redriven(id)).toHaveLength(1);
  expect(goneOn(ids)).toHaveLength(30);
  expect(states.every(({ matched, done, skipped }) => matched === done + skipped)).toBe(true);
});
