import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { redrivenSchema } from '../../../lambdas/api/openapi/operator-schemas.ts';
import { problemSchema } from '../../../lambdas/api/openapi/schemas.ts';
import { OPERATOR, SHOP } from '../../support/api.ts';
import { eventsOf, ID, itemRow, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import {
  calls,
  closeHouse,
  freshHouse,
  ledger,
  paid,
  posted,
  REASON,
  redrive,
  redriven,
  settle,
} from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshHouse);
afterEach(closeHouse);

/** It may have acted. */
const DOWN = { status: 503, body: {}, headers: {} };
/** It says that it did nothing. */
const BUSY = { status: 503, body: {}, headers: { 'retry-after': '1' } };

/** Parked, as its destination was down. */
async function parked(answer = DOWN): Promise<void> {
  ledger.answers = [answer];
  posted();
  await settle();
  expect(stored()).toMatchObject({ status: 'parked', error: { class: 'TransientError' } });
  ledger.answers = [{ status: 200, body: { reference: 'R-1' } }];
  ledger.seen.length = 0;
}

describe('an item that its destination has parked', () => {
  it('goes on as the next generation, is done once, and asks no model', async () => {
    await parked();
    const before = paid();

    const { status, body } = await redrive();
    await settle();

    expect(status).toBe(202);
    expect(redrivenSchema.parse(body)).toEqual({ id: ID, generation: 2 });
    expect(stored()).toMatchObject({ status: 'done', generation: 2 });
    expect(stored()).not.toHaveProperty('error');
    expect([calls().length, paid() - before]).toEqual([1, 0]);
    expect(redriven()).toMatchObject([{ generation: 2, by: 'ops', reason: REASON, from: 'parked' }]);
    expect(world.tables.all('audit')).toMatchObject([
      { event: 'command', command: 'redrive', by: 'ops', itemId: ID, comment: REASON },
    ]);
  });

  it('uses the key of before: a destination that has acted knows it again', async () => {
    await parked();
    const [first] = Object.keys(stored().ledger ?? {});
    await redrive();
    await settle();
    expect(calls()).toEqual([`${ID}-${first}`]);
  });

  it('is redriven once by two operators at once', async () => {
    await parked();
    const both = await Promise.all([redrive(), redrive({}, { caller: { ...OPERATOR, client: 'other' } })]);
    await settle();
    expect(both.map(({ status, body }) => [status, body.generation])).toEqual([
      [202, 2],
      [202, 2],
    ]);
    expect(redriven()).toHaveLength(1);
    expect([stored().status, calls().length]).toEqual(['done', 1]);
  });

  it('is not opened again by an operator whose command is slower than the item, until minutes later', async () => {
    await parked();
    await redrive();
    await settle();

    const slower = await redrive({}, { caller: { ...OPERATOR, client: 'other' } });
    await settle();

    expect([slower.status, slower.body.generation]).toEqual([202, 2]);
    expect([stored().status, stored().generation, calls().length]).toEqual(['done', 2, 1]);
    time.advance(5 * 60_000);
    expect((await redrive()).body.generation).toBe(3);
  });

  it.each([false, true])(
    'is set going by the same command wherever the first one died, after: %s',
    async (after) => {
      await parked();
      const row = stored();
      const from = world.calls.length;
      await redrive();
      const points = world.calls.length - from;
      expect(points).toBeGreaterThan(3);
      for (let point = 1; point <= points; point += 1) {
        const where = `call ${point}`;
        world.tables.put('items', row);
        world.queues.clear();
        ledger.seen.length = 0;
        world.crashAt(point, after);
        await redrive();
        world.revive();
        time.advance(1);

        expect((await redrive()).status, where).toBe(202);
        await settle();

        expect(stored(), where).toMatchObject({ status: 'done', generation: 2 });
        expect([calls().length, redriven().length], where).toEqual([1, 1]);
      }
    },
  );

  it('is judged by what is deployed now where that is asked for, from what is remembered', async () => {
    await parked(BUSY);
    const before = paid();
    await redrive({ version: 'current' });
    await settle();
    expect(stored()).toMatchObject({ status: 'done', generation: 2, verdict: 'act' });
    expect(stored()).not.toHaveProperty('rethinks');
    expect(paid()).toBe(before);
    expect(eventsOf()).toContain('thinking_again');
  });

  it('asks a model anew where everything is to be fresh, and remembers that', async () => {
    await parked();
    const before = paid();
    await redrive({ fresh: true });
    await settle();
    expect(stored()).toMatchObject({ generation: 2, verdict: 'ask' });
    expect(paid()).toBe(before + 1);
    await redrive({ version: 'current' });
    await settle();
    expect([stored().generation, paid()]).toEqual([3, before + 1]);
  });
});

describe('an item that may have acted', () => {
  it('is asked about when it is thought about anew: the destination would not know the new key', async () => {
    ledger.answers = [(response) => response.destroy()];
    posted();
    await settle();
    expect(stored()).toMatchObject({ status: 'parked' });
    ledger.answers = [{ status: 200 }];
    ledger.seen.length = 0;

    await redrive({ version: 'current' });
    await settle();

    expect(stored()).toMatchObject({
      status: 'waiting_approval',
      reasons: ['an action of this item was done before, or may have been'],
    });
    expect(calls()).toEqual([]);
  });

  it('that is done is opened again, and nothing happens twice without a person', async () => {
    posted();
    await settle();
    const { status } = await redrive();
    await settle();
    expect(status).toBe(202);
    expect(stored()).toMatchObject({ status: 'waiting_approval', generation: 2, verdict: 'ask' });
    expect([calls().length, paid()]).toEqual([1, 1]);
    expect(stored().actions ?? [stored().action]).toMatchObject([{ status: 'done' }]);
  });
});

describe('a redrive', () => {
  it.each(['rejected', 'refused', 'expired', 'withdrawn'] as const)(
    'leaves what is %s alone',
    async (status) => {
      world.tables.put('items', itemRow({ status }));
      const refused = await redrive();
      expect(problemSchema.parse(refused.body)).toMatchObject({ status: 409, itemStatus: status });
      expect(world.tables.all('audit')).toEqual([]);
      expect(stored()).toEqual(itemRow({ status }));
    },
  );

  it.each([
    [
      'is in a worker’s hands',
      { status: 'processing', leaseBy: 'w', leaseUntil: 9e12 },
      'a worker has the item',
    ],
    [
      'acts at this moment',
      { status: 'acting', ledger: { d: { state: 'intent', generation: 1, tries: 1, leaseUntil: 9e12 } } },
      'acts at this moment',
    ],
    ['is erased', { status: 'parked', erasedAt: '2026-12-01T00:00:00.000Z' }, 'is erased'],
    [
      'is taken back',
      { status: 'done', compensations: [{ action: 1, item: 'demo_x', attempt: 1 }] },
      'being or was taken back',
    ],
  ] as const)('leaves an item alone that %s', async (_name, fields, why) => {
    world.tables.put('items', itemRow(fields as never));
    const { status, body } = await redrive();
    expect([status, body.detail]).toEqual([409, expect.stringContaining(why)]);
    expect(world.sent('work')).toEqual([]);
  });

  it.each(['received', 'deferred', 'suspended', 'quarantined', 'parked', 'processing'] as const)(
    'lets an item go on that is %s and was never judged',
    async (status) => {
      posted({
        status,
        wait: { for: 'budget', generation: 1, since: '', until: '' },
        ticket: 't',
        deferredUntil: '2099',
      });
      world.queues.clear();
      expect((await redrive()).status).toBe(202);
      await settle();
      expect(stored()).toMatchObject({ status: 'done', generation: 2 });
      expect(calls()).toHaveLength(1);
    },
  );

  it('lets an item go on whose taking back came to nothing, and the next try counts on', async () => {
    const compensations = [{ action: 1, item: 'demo_x', attempt: 1 }];
    const children = [{ id: 'demo_x', status: 'rejected' as const, at: '2026-12-01T08:30:00.000Z' }];
    posted({ status: 'parked', compensations, children });
    expect((await redrive()).status).toBe(202);
    await settle();
    expect(stored()).toMatchObject({ status: 'done', compensations });
  });

  it('makes what was under way for the generation before stale', async () => {
    posted({ status: 'parked' });
    await redrive();
    expect(world.sent('work')).toEqual([
      { itemId: ID, generation: 1 },
      { itemId: ID, generation: 2 },
    ]);
    await settle();
    expect([stored().status, calls().length, paid()]).toEqual(['done', 1, 1]);
  });

  it('is for operators, with a reason', async () => {
    posted({ status: 'parked' });
    expect((await redrive({}, { caller: SHOP })).status).toBe(403);
    expect((await redrive({ reason: undefined })).body.errors).toMatchObject([{ pointer: '/reason' }]);
    expect((await redrive({}, { params: { id: 'demo_none' } })).status).toBe(404);
    expect(stored().generation).toBe(1);
  });
});
