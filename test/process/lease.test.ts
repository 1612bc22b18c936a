import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withdrawItem } from '../../lambdas/tables/items/withdrawal.ts';
import { eventsOf, itemRow, stored } from '../support/fixtures.ts';
import { Crash, named, time, world } from '../support/world.ts';
import { asked, COST_USD, deliver, freshItem, good, received, told } from './lease-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshItem);
afterEach(() => told.server.close());

const judged = { status: 'processing', verdict: 'act' };
const LEASE = { leaseUntil: expect.any(Number), leaseBy: expect.any(String) };
const kept = () => world.tables.all('idempotency').length;

/** What another delivery does while the first one is between its two steps. */
function meanwhile(does: () => unknown): void {
  told.between = async () => {
    told.between = async () => {};
    await does();
  };
}

/** The actions that its messages say, however often. */
const acts = () => new Set(world.sent('actions').map((sent) => JSON.stringify(sent))).size;

describe('an item straight from intake', () => {
  it('is claimed in one write, and none of its steps is looked for', async () => {
    const read: unknown[] = [];
    world.fault = (call, { TableName }) => call.includes('GetCommand') && read.push(TableName);

    await deliver();

    expect(world.calls.find((call) => call !== 'dynamodb GetCommand')).toBe('dynamodb UpdateCommand');
    expect(read).not.toContain('items');
    expect(read).not.toContain('idempotency');
    expect(stored()).toMatchObject(judged);
    expect(stored()).not.toMatchObject(LEASE);
  });

  it('that an operator let go on is paid for nothing again', async () => {
    told.server.answers = [good(), { status: 400, body: {} }];
    await deliver();
    const { error, ...parked } = stored();
    expect(parked.status).not.toBe('received');
    told.server.answers = [good()];
    world.tables.put('items', { ...parked, status: 'received' });
    const before = asked();

    await deliver();

    expect(stored()).toMatchObject(judged);
    expect(asked()).toBe(before + 1);
  });

  it.each([
    ['claim', 0],
    ['verdict', 1],
  ])('goes on where the answer to the %s was lost and the SDK asked a second time', async (_name, which) => {
    let updates = 0;
    world.fault = (call, input) => {
      if (call.includes('UpdateCommand') && input.TableName === 'items' && updates++ === which)
        world.tables.run('UpdateCommand', input as never);
    };

    await deliver();

    expect(stored()).toMatchObject(judged);
    expect([asked(), acts()]).toEqual([2, 1]);
  });
});

describe('a delivery that finds another one at work', () => {
  it('comes back when the lease is over, and pays for nothing', async () => {
    meanwhile(async () => {
      time.advance(15);
      await expect(deliver()).rejects.toThrow('another delivery is at work on this item');
    });

    await deliver();

    expect(world.visibility).toEqual([{ handle: 'handle-1', seconds: 30 }]);
    expect([asked(), stored()]).toMatchObject([2, judged]);
  });

  it('never parks the item, also at its last receive', async () => {
    meanwhile(() => expect(deliver(4)).rejects.toThrow('another delivery is at work on this item'));
    await deliver();
    expect(stored()).toMatchObject(judged);
  });

  it('pays once however many come at the same moment', async () => {
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => deliver()));

    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect([asked(), stored().costUsd]).toEqual([2, 2 * COST_USD]);
  });
});

describe('a worker that lives', () => {
  it('extends its lease, so that nobody else takes the item, however long it works', async () => {
    const beats: (() => Promise<void>)[] = [];
    meanwhile(async () => {
      for (let beat = 0; beat < 10; beat += 1) {
        time.advance(20);
        for (const one of beats) await one();
        await expect(deliver(2)).rejects.toThrow('another delivery is at work on this item');
      }
    });

    await deliver(1, { whileAlive: (beat) => beats.push(beat) });

    expect([asked(), stored()]).toMatchObject([2, judged]);
    expect(stored()).not.toMatchObject(LEASE);
  });

  it('has no lease beyond the end of its function', async () => {
    meanwhile(() => expect(stored().leaseUntil).toBe(time.at + 30_000));
    await deliver(1, { deadline: time.at + 30_000 });
    expect.assertions(1);
  });

  it('goes on in a new message, and no receive, where the next step could outlive the function', async () => {
    meanwhile(() => time.advance(38));

    await deliver(1, { deadline: time.at + 60_000 });

    expect([asked(), world.visibility, world.delays]).toEqual([1, [], [{ queue: 'work', seconds: 1 }]]);
    expect(stored()).toMatchObject({ status: 'processing', costUsd: COST_USD });
    expect(stored()).not.toMatchObject(LEASE);
    const reason = expect.stringContaining('the time of this run is used up');
    expect(stored().timeline.at(-1)).toMatchObject({ event: 'waiting', reason });
    time.advance(1);
    await deliver(1, { deadline: time.at + 60_000 }, world.taken('work')[0]);
    expect([asked(), stored()]).toMatchObject([2, judged]);
  });

  it('gives its lease back with what its calls cost, in one write, where it fails', async () => {
    told.server.answers = [good(), { status: 500 }];
    meanwhile(() => (world.calls = []));

    await expect(deliver()).rejects.toThrow('answered 500');

    expect(stored()).toMatchObject({ status: 'processing', costUsd: COST_USD });
    expect(stored()).not.toMatchObject(LEASE);
    expect(world.calls.slice(-2)).toEqual(['dynamodb UpdateCommand', 'sqs ChangeMessageVisibilityCommand']);
    told.server.answers = [good()];
    await deliver(2);
    expect([asked(), stored()]).toMatchObject([3, { ...judged, costUsd: 2 * COST_USD }]);
  });

  it('has no item any more when its client took it back', async () => {
    meanwhile(() => withdrawItem('items', stored(), { by: 'shop' }));

    await deliver();

    expect(stored()).toMatchObject({ status: 'withdrawn' });
    expect(stored()).not.toMatchObject(LEASE);
    expect([kept(), acts()]).toEqual([2, 0]);
  });
});

describe('a worker that was frozen until its lease was over', () => {
  it('asks nobody any more, and leaves the item to who took it', async () => {
    let second: Promise<void> | undefined;
    meanwhile(async () => {
      time.advance(46);
      second = deliver(2);
      await second;
    });

    await expect(deliver()).rejects.toThrow('the lease of this item is over');

    // Each step once.
    expect(asked()).toBe(2);
    expect(stored()).toMatchObject({ ...judged, costUsd: 2 * COST_USD });
    expect(world.visibility).toEqual([]);
    expect(acts()).toBe(1);
  });

  it('and was in a call pays for it, as the other one does: both calls count', async () => {
    // The first step of the first worker answers when all is over.
    let answerNow = () => {};
    told.server.answers = [
      (response) => {
        answerNow = () => response.writeHead(200).end(JSON.stringify((good() as { body: object }).body));
      },
      good(),
    ];
    const frozen = deliver();
    await vi.waitFor(() => expect(asked()).toBe(1));
    time.advance(46);
    await deliver(2);
    expect(stored()).toMatchObject(judged);

    answerNow();

    await expect(frozen).rejects.toThrow('the lease of this item is over');
    expect([asked(), stored().costUsd]).toEqual([3, 0.00042]);
    expect(acts()).toBe(1);
  });

  it('adds what it paid also while the other one is still at work', async () => {
    let answerNow = () => {};
    told.server.answers = [
      (response) => {
        answerNow = () => response.writeHead(200).end(JSON.stringify((good() as { body: object }).body));
      },
      good(),
    ];
    const frozen = deliver();
    await vi.waitFor(() => expect(asked()).toBe(1));
    time.advance(46);
    meanwhile(async () => {
      time.advance(1);
      answerNow();
      await expect(frozen).rejects.toThrow('the lease of this item is over');
      time.advance(1);
    });
    await deliver(2);

    expect(stored()).toMatchObject({ ...judged, costUsd: 0.00042 });
  });
});

describe('an item whose worker vanished', () => {
  it('goes on after the lease wherever that was, to one action, and pays nothing again that was kept', async () => {
    await deliver();
    const calls = world.calls.length;
    expect(calls).toBeGreaterThan(8);
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        // Prepare
        await told.server.close();
        await freshItem();
        world.crashAt(point, after);
        const where = `call ${point}, after: ${after}`;

        // Act: as a kill or the time limit of the function leave it. The message comes back after a minute.
        await expect(deliver(), where).rejects.toBeInstanceOf(Crash);
        world.revive();
        const paid = asked();
        const unkept = paid - kept();
        time.advance(60);
        await deliver(2);

        // Assess
        expect(stored(), where).toMatchObject(judged);
        expect(unkept, where).toBeLessThanOrEqual(1);
        expect(asked(), where).toBe(2 + unkept);
        expect(acts(), where).toBe(1);
        expect(
          eventsOf().filter((event) => event === 'gated'),
          where,
        ).toEqual(['gated']);
      }
    }
  });

  it('is not taken before that', async () => {
    world.crashAt(4, false);
    await deliver().catch(() => {});
    world.revive();
    time.advance(44);

    await expect(deliver(2)).rejects.toThrow('another delivery is at work on this item');

    expect(world.visibility.at(-1)).toEqual({ handle: 'handle-1', seconds: 30 });
    expect(stored()).toMatchObject({ status: 'processing' });
  });
});

describe('a row of the version before leases', () => {
  it('is claimed like any other', async () => {
    received();
    world.tables.put('items', itemRow({ status: 'processing' }));
    await deliver(2);
    expect(stored()).toMatchObject(judged);
  });
});

it('keeps the calls of a delivery that ends in no write of its own', async () => {
  world.fault = (call, input) => {
    if (call.includes('UpdateCommand') && input.TableName === 'items' && kept() === 2)
      throw named('ThrottlingException');
  };
  await expect(deliver()).rejects.toThrow('ThrottlingException');
  world.fault = undefined;
  time.advance(46);

  await deliver(2);

  expect([asked(), stored().costUsd]).toEqual([2, 2 * COST_USD]);
});
