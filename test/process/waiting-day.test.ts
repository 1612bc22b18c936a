import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TransientError } from '../../lambdas/kit/errors.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { door, eventsOf, ID, stored } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';
import {
  DAY,
  delays,
  exhaust,
  freshQueue,
  iso,
  letPass,
  listen,
  paidCall,
  raise,
  receive,
  run,
  spent,
  toAct,
  told,
} from './waiting-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshQueue);

describe('an item whose call the day does not hold', () => {
  it('is suspended with the reason, and its next message is on its way', async () => {
    receive();
    exhaust();

    await run();

    expect(stored()).toMatchObject({ status: 'suspended', wait: { for: 'budget', until: iso(900) } });
    expect(stored().timeline.at(-1)).toEqual({
      ...{ at: iso(), event: 'suspended', until: '2026-12-02T00:00:00.000Z' },
      reason: "the budget of 'demo' for today does not hold this call",
    });
    expect(world.sent('work')).toEqual([{ itemId: ID, generation: 1, ticket: stored().ticket }]);
    expect(stored().ticket).toMatch(/^[0-9a-f-]{36}$/);
    expect([delays(), world.visibility, stored().error]).toEqual([[900], [], undefined]);
    expect(world.counted).toContain('itemsSuspended');
    expect(spent()).toBe(990_000);
  });

  it.each([
    ['23:50:00', 600],
    ['23:59:59', 1],
    ['23:59:59.999', 1],
    ['23:40:00', 900],
    ['00:00:00', 900],
  ])('looks again at midnight at the latest: at %s in %i s', async (at, seconds) => {
    time.at = Date.parse(`2026-12-01T${at}Z`);
    receive();
    exhaust();

    await run();

    expect(delays()).toEqual([seconds]);
  });

  it('looks before it does anything, at the price of three reads and what it takes to wait on', async () => {
    receive();
    exhaust();
    await run();
    time.advance(900);
    world.calls = [];

    await run(1, told.due.pop()?.message);

    expect(world.calls).toEqual([
      // Whether an operator holds the automation, which is remembered for five seconds; the item; the budget.
      ...['dynamodb GetCommand', 'dynamodb GetCommand', 'dynamodb GetCommand'],
      ...['sqs SendMessageCommand', 'dynamodb UpdateCommand'],
    ]);
    expect(stored()).toMatchObject({ status: 'suspended', wait: { until: iso(900), since: iso(-900) } });
    expect(eventsOf()).toEqual(['received', 'processing', 'suspended']);
  });

  it.each<[string, () => unknown]>([
    ['an operator added to the day', () => raise(0.04)],
    ['a deployment raised the budget', () => (told.perDayUsd = 1.04)],
    ['another call gave back what it did not cost', () => exhaustAt(950_000)],
    ['the next day has begun', () => (time.at = Date.parse('2026-12-02T00:00:00Z'))],
  ])('goes on when %s', async (_name, change) => {
    receive();
    exhaust();
    await run();
    await change();

    await run();

    expect(stored()).toMatchObject({ status: 'processing', verdict: 'act' });
    expect(told.due).toHaveLength(1);
    await letPass(2000);
    expect([told.due, toAct()]).toEqual([[], 1]);
  });

  const exhaustAt = (spentMicroUsd: number) =>
    world.tables.put('control', { id: budgetKey('demo'), spentMicroUsd });

  it('that goes on early is no duplicate of itself when its neighbour is down then', async () => {
    receive();
    exhaust();
    await run();
    await raise(1);
    told.think = () => Promise.reject(new TransientError('no answer'));
    await expect(run()).rejects.toThrow('no answer');
    told.think = paidCall;
    time.advance(5);

    await run(2);

    expect(stored().verdict).toBe('act');
  });

  it('does not go on for a room too small for it', async () => {
    receive();
    exhaust();
    await run();
    exhaustAt(950_001);
    const before = world.tables.snapshot();

    await run();

    expect(world.tables.snapshot()).toBe(before);
    expect(told.due).toHaveLength(1);
  });

  it('says so once a day, however often it is refused', async () => {
    receive();
    exhaust();
    await run();
    for (let round = 0; round < 5; round += 1) {
      // Room for a look, and none for the call.
      exhaustAt(0);
      told.think = async () => {
        exhaust();
        await paidCall();
      };
      await run();
      expect(stored().status).toBe('suspended');
    }
    expect(eventsOf()).toEqual(['received', 'processing', 'suspended']);

    time.at = Date.parse('2026-12-02T00:00:01Z');
    await run();
    expect(eventsOf()).toEqual(['received', 'processing', 'suspended', 'suspended']);
    expect(world.counted.filter((metric) => metric === 'itemsSuspended')).toHaveLength(2);
  });

  it('waits also where not even a whole day holds its call, until somebody changes that', async () => {
    receive();
    told.perDayUsd = 0.04;
    await run();
    expect(stored().timeline.at(-1)).toMatchObject({
      reason: "one call of 'demo' can cost more than its budget of a whole day",
    });

    await letPass(3 * DAY);
    expect(stored().status).toBe('suspended');
    expect(eventsOf().filter((event) => event === 'suspended')).toHaveLength(4);
    expect(told.due).toHaveLength(1);
    told.perDayUsd = 0.05;
    await letPass(901);
    expect(stored().verdict).toBe('act');
  });

  it('comes again by itself where its budget cannot be read, and where its message cannot be sent', async () => {
    receive();
    exhaust();
    world.fault = (call) => {
      if (call.includes('SendMessage')) throw named('ThrottlingException');
    };
    await expect(run()).rejects.toThrow();
    expect(stored().status).toBe('processing');
    listen();
    await run(2);
    expect(stored().status).toBe('suspended');

    time.advance(900);
    world.fault = (_call, { TableName }) => {
      if (TableName === 'control') throw named('ThrottlingException');
    };
    await expect(run()).rejects.toThrow();
    expect([stored().status, world.visibility.length]).toEqual(['suspended', 2]);
  });

  it('that another delivery judged meanwhile keeps its verdict and its run', async () => {
    receive();
    told.think = async () => {
      world.tables.put('items', { ...stored(), verdict: 'ask' });
      exhaust();
      await paidCall();
    };

    await run();

    expect(stored()).toMatchObject({ status: 'processing', verdict: 'ask' });
    expect(stored()).not.toHaveProperty('wait');
    expect(eventsOf()).not.toContain('suspended');
  });

  it('that another delivery takes while this one looks at the day is left to that one', async () => {
    receive();
    exhaust();
    await run();
    const own = told.due.pop()?.message;
    time.advance(900);
    const lease = { leaseUntil: time.at + 45_000, leaseBy: 'another' };
    world.fault = (call) => {
      if (call.includes('SendMessage'))
        world.tables.put('items', { ...stored(), status: 'processing', ...lease });
    };

    // Should that one die, this may be the only message of the item.
    await expect(run(1, own)).rejects.toThrow('another delivery is at work on this item');

    expect(stored()).toMatchObject({ status: 'processing', ...lease });
  });

  it('that an operator moved on meanwhile is left where it is', async () => {
    receive();
    told.think = async () => {
      world.tables.put('items', { ...stored(), status: 'parked' });
      exhaust();
      await paidCall();
    };

    await run();

    expect(stored().status).toBe('parked');
  });
});
