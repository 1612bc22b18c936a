import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkMessage } from '../../../lambdas/contract/item/messages.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { clearBehind, writeBehind } from '../../../lambdas/tables/control/backlog.ts';
import { door, eventsOf, ID, itemRow, stored } from '../../support/fixtures.ts';
import { Crash, named, time, world } from '../../support/world.ts';
import { work } from '../world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/** Messages of the work queue that SQS still holds back, by when they come. */
let due: { at: number; message: WorkMessage }[] = [];

beforeEach(() => {
  world.reset();
  time.freeze();
  due = [];
  listen();
});

function listen(): void {
  world.fault = (call, { DelaySeconds = 0, MessageBody, QueueUrl }) => {
    if (!call.includes('SendMessage') || QueueUrl !== 'work') return;
    due.push({ at: time.at + Number(DelaySeconds) * 1000, message: JSON.parse(String(MessageBody)) });
  };
}

const iso = (afterSeconds = 0) => new Date(time.at + afterSeconds * 1000).toISOString();
const busy = () => writeBehind('control', 'demo', iso(-7200));

/** As intake leaves an item that it postpones, now. */
function deferred(fields: Partial<ItemRow> = {}): void {
  const until = iso(900);
  const timeline = ['received', 'deferred'].map((event) => ({ at: iso(), event }));
  const row = { status: 'deferred' as const, receivedAt: iso(), deferredUntil: until, timeline, ...fields };
  world.tables.put('items', itemRow(row));
  world.content.set(`bucket/items/${ID}/body.json`, '{"text":"charged twice"}');
}

/** What intake sends. */
const MESSAGE: WorkMessage = { itemId: ID, generation: 1 };

const run = (receives = 1, message = MESSAGE) => work({ message, receives });

describe('a deferred item', () => {
  it('is postponed again while approvers are behind, by a new message and without a word in its timeline', async () => {
    deferred();
    time.advance(900);
    await busy();

    await run();

    expect(stored()).toMatchObject({ status: 'deferred', deferredUntil: iso(900), updatedAt: iso() });
    expect(due).toEqual([{ at: time.at + 900_000, message: { ...MESSAGE, ticket: stored().ticket } }]);
    expect(stored().ticket).toBeDefined();
    expect(eventsOf()).toEqual(['received', 'deferred']);
    expect(world.visibility).toEqual([]);
    expect(world.executions.size).toBe(0);
  });

  it.each([
    ['has caught up', () => clearBehind('control', 'demo')],
    ['was not looked at lately', async () => time.advance(181)],
    [
      'of another automation alone is behind',
      () => clearBehind('control', 'demo').then(() => writeBehind('control', 'other', iso())),
    ],
  ])('goes on when the group %s', async (_name, change) => {
    deferred();
    time.advance(900);
    await busy();
    await change();

    await run();

    expect(stored()).toMatchObject({ status: 'processing', verdict: 'act' });
    expect(due).toEqual([]);
  });

  it('goes on after a day, however busy approvers are', async () => {
    deferred();
    for (const [seconds, status] of [
      [86_399, 'deferred'],
      [1, 'processing'],
    ] as const) {
      time.advance(seconds);
      await busy();
      world.tables.put('items', { ...stored(), deferredUntil: iso() });
      await run();
      expect(stored().status).toBe(status);
    }
  });

  it('goes on where it was deferred for another reason than approvers', async () => {
    deferred();
    const { deferredUntil, ...row } = stored();
    world.tables.put('items', row);
    await busy();

    await run();

    expect(stored().status).toBe('processing');
  });

  it('does not hold up other items of its automation', async () => {
    deferred({ status: 'received' });
    await busy();

    await run();

    expect(stored().status).toBe('processing');
  });

  it('is not postponed by a message that comes long before its time: another one is on its way', async () => {
    deferred();
    time.advance(600);
    await busy();
    const before = world.tables.snapshot();

    await run();

    expect(world.tables.snapshot()).toBe(before);
    expect(due).toEqual([]);
  });

  it("goes on with a message that comes a little early: clocks differ, and it may be the item's only one", async () => {
    deferred();
    time.advance(898);
    await busy();

    await run();

    expect(due).toHaveLength(1);
    expect(stored().deferredUntil).toBe(iso(900));
  });

  it('gives way to another delivery that lets it go on meanwhile', async () => {
    deferred();
    time.advance(900);
    await busy();
    world.fault = (call) => {
      if (call.includes('UpdateCommand')) world.tables.put('items', { ...stored(), status: 'processing' });
    };

    await run();

    expect(stored()).toMatchObject({ status: 'processing', deferredUntil: iso() });
  });

  it('comes again while the control table cannot be read', async () => {
    deferred();
    time.advance(900);
    world.fault = (_call, input) => {
      if (input.TableName === 'control') throw named('ThrottlingException');
    };

    await expect(run()).rejects.toThrow();

    expect(stored().status).toBe('deferred');
    expect(world.visibility).toHaveLength(1);
  });
});

/**
 * Lets messages come when they are due, and all that are due at one moment together, until `seconds` have
 * passed.
 */
async function letPass(seconds: number): Promise<number> {
  const end = time.at + seconds * 1000;
  let rounds = 0;
  for (;;) {
    due.sort((a, b) => a.at - b.at);
    const next = due[0]?.at ?? end;
    if (next >= end) return rounds;
    time.at = Math.max(time.at, next);
    await busy();
    const now = due.filter(({ at }) => at <= time.at);
    due = due.filter(({ at }) => at > time.at);
    await Promise.all(now.map(({ message }) => run(1, message)));
    rounds += 1;
  }
}

describe('messages of a deferred item', () => {
  it('do not multiply, however many there are to begin with', async () => {
    deferred();
    due = Array.from({ length: 8 }, () => ({ at: time.at + 900_000, message: MESSAGE }));

    await letPass(20_000);

    expect(due).toHaveLength(1);
  });

  it('become one where they come at different moments', async () => {
    deferred();
    due = [900, 901, 930, 1200, 1700, 1790].map((seconds) => ({
      ...{ at: time.at + seconds * 1000, message: MESSAGE },
    }));

    const rounds = await letPass(4_000);

    expect(due).toHaveLength(1);
    expect(rounds).toBeLessThan(12);
  });

  it('carry the item through a day and let it go on then', async () => {
    deferred();
    due = [{ at: time.at + 900_000, message: MESSAGE }];

    const rounds = await letPass(2 * 86_400);

    expect(rounds).toBe(96);
    expect(stored().verdict).toBe('act');
    expect(eventsOf().filter((event) => event === 'deferred')).toHaveLength(1);
    expect(due).toEqual([]);
  });

  it('are never all lost, wherever a worker dies, and are one again in the end', async () => {
    deferred();
    time.advance(900);
    await busy();
    world.calls = [];
    await run();
    const calls = world.calls.length;
    expect(calls).toBeGreaterThan(3);

    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        // Prepare
        world.reset();
        due = [];
        deferred();
        time.advance(900);
        await busy();
        listen();
        world.crashAt(point, after);

        // Act: what the dead worker held comes back when its visibility time is over.
        await expect(run(), `call ${point}`).rejects.toBeInstanceOf(Crash);
        world.revive();
        time.advance(180);
        await busy();
        await run(2);

        // Assess
        const where = `call ${point}, after: ${after}`;
        expect(due.length, where).toBeGreaterThanOrEqual(1);
        expect(due.length, where).toBeLessThanOrEqual(2);
        await letPass(3_000);
        expect(due, where).toHaveLength(1);
        expect(stored().status, where).toBe('deferred');
      }
    }
  });
});
