import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { lookForStuck } from '../../../lambdas/operate/stuck/look.ts';
import { releaseHold, setHold } from '../../../lambdas/tables/control/hold.ts';
import { writeLate } from '../../../lambdas/tables/control/lane.ts';
import { ENV, eventsOf, ID, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { parkedItems, registry } from '../redrive/many-world.ts';
import { act, calls, closeHouse, freshHouse, ledger, paid, posted, settle, think } from '../redrive/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshHouse);
afterEach(closeHouse);

const HOUR = 3600;
const FIRST = { itemId: ID, generation: 1 };
const iso = (ms: number) => new Date(ms).toISOString();

/** One that intake wrote now, and whose message is lost. */
function lost(fields: Partial<ItemRow> = {}): void {
  const now = iso(time.at);
  posted({ receivedAt: now, updatedAt: now, order: `${now}#${ID}`, ...fields });
  world.queues.clear();
}

const look = () => lookForStuck(registry, ENV);

async function hours(count: number): Promise<void> {
  time.advance(count * HOUR + 60);
  await look();
}

const sent = () => world.sent('work').length;

describe('an item that stands between two writes', () => {
  it('received without a message is set going, says so, and is done once', async () => {
    lost();
    await hours(1);
    expect(sent()).toBe(0);
    await hours(1.1);
    expect(eventsOf()).toContain('set_going');
    await settle();
    expect([stored().status, calls().length, paid()]).toEqual(['done', 1, 1]);
  });

  it('is left alone while an operator holds its automation', async () => {
    lost();
    await setHold('control', 'demo', { mode: 'suspend', by: 'ops', reason: 'wrong amounts' });
    await hours(30);
    expect([sent(), eventsOf().includes('set_going')]).toEqual([0, false]);
    await releaseHold('control', 'demo');
    // What was held is on its way, and comes a minute later: it is not taken for lost meanwhile.
    await look();
    expect([sent(), eventsOf().includes('set_going')]).toEqual([0, false]);
    await hours(1);
    expect(eventsOf()).toContain('set_going');
  });

  it('judged, whose action was lost, acts once, and asks no model again', async () => {
    lost();
    await think(FIRST);
    world.queues.clear();
    const before = paid();
    await hours(11);
    expect(sent()).toBe(0);
    await hours(2);
    await settle();
    expect([stored().status, calls().length, paid() - before]).toEqual(['done', 1, 0]);
  });

  it.each([
    [true, 'done', 1],
    [false, 'parked', 0],
  ])(
    'acting without a message, at a destination that takes our key: %s, is %s',
    async (idempotent, status, acted) => {
      lost();
      await think(FIRST);
      world.queues.clear();
      // It died behind the intent: nobody knows what came of the call.
      const row = stored();
      const key = `${ID}-${row.proposalDigest?.slice(0, 16)}`;
      world.tables.put('items', {
        ...row,
        status: 'acting',
        action: { name: 'pay', status: 'acting', idempotencyKey: key },
        ledger: {
          [key.slice(ID.length + 1)]: {
            state: 'intent',
            generation: 1,
            tries: 1,
            leaseUntil: time.at + 45_000,
            by: 'w',
          },
        },
      });
      await hours(13);
      expect(stored().generation).toBe(2);
      const [message] = world.taken('work') as [typeof FIRST];
      await think(message);
      const [action] = world.taken('actions') as [typeof FIRST];
      await act(action, undefined, { idempotent });
      expect([stored().status, calls().length]).toEqual([status, acted]);
      if (!idempotent) expect(stored().error?.message).toContain('ask there whether it acted');
    },
  );

  it.each([
    ['a lease', { status: 'processing', leaseBy: 'w', leaseUntil: Number.MAX_SAFE_INTEGER }],
    ['a person', { status: 'waiting_approval', verdict: 'ask' }],
    ['tomorrow', { status: 'deferred', deferredUntil: '2099-01-01T00:00:00.000Z' }],
    ['an end', { status: 'done' }],
    [
      'its next look',
      {
        status: 'suspended',
        wait: { for: 'budget', generation: 1, since: '2026-12-01', until: '2099-01-01T00:00:00.000Z' },
      },
    ],
  ] as [string, Partial<ItemRow>][])('that has %s is left alone', async (_, fields) => {
    lost(fields);
    await hours(48);
    expect([sent(), stored().generation]).toEqual([0, 1]);
  });

  it('is left to its message for as long as the work of its automation is late', async () => {
    lost();
    time.advance(3 * HOUR);
    await writeLate(ENV.CONTROL_TABLE, 'demo', 2 * HOUR);
    await look();
    expect(sent()).toBe(0);
    await hours(1.1);
    expect(sent()).toBe(1);
  });

  it('whose message comes after all is thought about and done once', async () => {
    lost();
    await hours(2.1);
    await think(FIRST);
    await settle();
    expect([stored().status, calls().length, paid()]).toEqual(['done', 1, 1]);
  });

  it('is told of after two times in vain, and no more messages are sent', async () => {
    lost();
    await hours(2.1);
    await hours(2.1);
    time.advance(2.1 * HOUR);
    await expect(look()).rejects.toThrow(`items stand still though they were set going: ${ID}`);
    expect(sent()).toBe(2);
  });

  it.each([false, true])('is set going wherever the clock dies, and done once, after: %s', async (after) => {
    lost();
    time.advance(2.1 * HOUR);
    const from = world.calls.length;
    await look();
    const points = world.calls.length - from;
    expect(points).toBeGreaterThan(5);
    for (let point = 1; point <= points; point += 1) {
      await closeHouse();
      await freshHouse();
      lost();
      time.advance(2.1 * HOUR);
      world.crashAt(point, after);
      await look().catch(() => {});
      world.revive();
      await hours(2.1);
      await hours(0);
      await settle();
      expect([stored().status, ledger.seen.length], `call ${point}`).toEqual(['done', 1]);
    }
  });
});

it('a minute costs a bounded number of reads, and the next one goes on', async () => {
  const ids = parkedItems(120, () => ({ status: 'received', timeline: [] }));
  time.advance(3 * HOUR);
  const went: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const from = world.calls.length;
    await look();
    went.push(sent());
    // Place, page, lateness, name of the queue, place; three for each of fifty items.
    expect(world.calls.length - from).toBeLessThanOrEqual(5 + 50 * 3);
  }
  expect(went).toEqual([50, 100, 120]);
  expect(new Set(world.sent('work').map((it) => (it as { itemId: string }).itemId))).toEqual(new Set(ids));
});
