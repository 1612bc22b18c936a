import { beforeEach, describe, expect, it, vi } from 'vitest';
import { releaseHold, setHold } from '../../../lambdas/tables/control/hold.ts';
import { ID, itemRow, stored } from '../../support/fixtures.ts';
import { Crash, time, world } from '../../support/world.ts';
import {
  exhaust,
  freshQueue,
  iso,
  letPass,
  listen,
  paidCall,
  receive,
  run,
  toAct,
  told,
  wait,
} from '../waiting-world.ts';

/* Items of an automation that an operator holds. */

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/models/step.ts', async () => {
  const { door } = await import('../../support/fixtures.ts');
  return { stepRunner: () => door() };
});
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const message = { itemId: ID, generation: 1 };
const reason = 'the shop sends odd orders';

async function hold(mode: 'suspend' | 'drain' = 'suspend'): Promise<void> {
  await setHold('control', 'demo', { mode, by: 'olga', reason });
  // Workers hear of it within five seconds.
  time.advance(6);
}
/** As `resume` does: the row first, then what waits. */
async function resume(): Promise<void> {
  await releaseHold('control', 'demo');
  if (stored().status === 'suspended') told.due.push({ at: time.at, message });
}
const events = () => stored().timeline.map(({ event }) => event);

let thought = 0;
function fresh(): void {
  freshQueue();
  // What a worker knows of holds is of an earlier test then.
  time.freezeLater();
  thought = 0;
  told.think = async () => {
    thought += 1;
  };
}

beforeEach(fresh);

describe('an item of a suspended automation', () => {
  it('waits as suspended, with who and why, and is thought about at once when it is resumed', async () => {
    receive();
    await hold();
    await run();
    expect(stored()).toMatchObject({ status: 'suspended', wait: { for: 'hold' } });
    expect(stored().timeline.at(-1)).toMatchObject({ event: 'suspended', by: 'olga', reason });
    await letPass(3600);
    expect(events().filter((event) => event === 'suspended')).toHaveLength(1);
    expect(thought).toBe(0);
    await resume();
    await letPass(1);
    expect(thought).toBe(1);
    expect(toAct()).toBe(1);
    expect(stored().wait).toBeUndefined();
    await letPass(3600);
    expect([thought, told.due]).toEqual([1, []]);
  });

  it('is resumed though its worker has yet to hear of that', async () => {
    receive();
    await hold();
    await run();
    await resume();
    await letPass(1);
    expect(thought).toBe(1);
  });

  it('is held again by the next hold, and told of that one as well', async () => {
    receive();
    await hold();
    await run();
    await resume();
    await hold();
    await letPass(1000);
    expect(events().filter((event) => event === 'suspended')).toHaveLength(2);
    expect([thought, told.due.length]).toEqual([0, 1]);
  });

  it('has one message, however many there are to begin with', async () => {
    receive();
    await hold();
    told.due = Array.from({ length: 8 }, () => ({ at: time.at, message }));
    await letPass(10_000);
    expect(told.due).toHaveLength(1);
    // Two operators resume at once.
    await resume();
    await resume();
    await letPass(4000);
    expect([thought, toAct(), told.due]).toEqual([1, 1, []]);
  });

  it('waits longer than any wait for an endpoint may last, and its own wait begins anew', async () => {
    told.think = wait(120);
    receive();
    await run();
    await letPass(85_000);
    expect(stored().status).toBe('processing');
    await hold();
    await letPass(3 * 86_400);
    expect(stored()).toMatchObject({ status: 'suspended', wait: { for: 'hold' } });
    await resume();
    await letPass(3600);
    expect(stored()).toMatchObject({ status: 'processing', wait: { for: 'endpoint' } });
  });

  it('that waits for its budget too goes on waiting for that', async () => {
    receive();
    exhaust();
    told.think = paidCall;
    await run();
    await hold();
    await letPass(2000);
    expect(stored().wait?.for).toBe('hold');
    await resume();
    await letPass(1);
    expect(stored()).toMatchObject({ status: 'suspended', wait: { for: 'budget' } });
    await letPass(1000);
    expect(told.due).toHaveLength(1);
  });

  it('is not lost, wherever its worker dies', async () => {
    receive();
    await hold();
    world.calls = [];
    await run();
    const points = world.calls.length;
    expect(points).toBeGreaterThan(2);
    for (let point = 1; point <= points; point += 1) {
      for (const after of [false, true]) {
        fresh();
        receive();
        await hold();
        world.crashAt(point, after);
        await run().catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
        world.revive();
        listen();
        // What was not done with comes again.
        told.due.push({ at: time.at + 60_000, message });
        await letPass(5000);
        expect(stored().status).toBe('suspended');
        expect(told.due).toHaveLength(1);
        thought = 0;
        await resume();
        await letPass(4000);
        expect([thought, toAct(), told.due]).toEqual([1, 1, []]);
      }
    }
  });

  it('in hand is thought through, and what was judged is sent on', async () => {
    receive();
    told.think = () => hold();
    await run();
    expect(stored()).toMatchObject({ status: 'processing', verdict: 'act' });
    await run(2);
    expect(stored().status).toBe('processing');
    expect(toAct()).toBe(1);
  });

  it('keeps what an operator wants thought about anew', async () => {
    receive({ rethinks: 1, verdict: 'ask' });
    await hold();
    await run();
    expect(stored()).toMatchObject({ status: 'received', rethinks: 1, verdict: 'ask' });
    expect(world.delays.map(({ seconds }) => seconds)).toEqual([60]);
    await resume();
    await letPass(200);
    expect(thought).toBe(1);
  });

  it('keeps what a person sent back', async () => {
    receive({ status: 'waiting_approval', verdict: 'ask', approvalId: `${ID}-g1` });
    world.tables.put('approvals', { id: `${ID}-g1`, decision: 'again' });
    await hold();
    await run(1, { ...message, again: true });
    expect(stored()).toMatchObject({ status: 'waiting_approval', generation: 1 });
    expect(told.due).toMatchObject([{ message: { again: true } }]);
    await resume();
    await letPass(200);
    expect(stored().generation).toBe(2);
    expect(thought).toBe(1);
  });

  it('that was taken back, or has gone on, ends there', async () => {
    await hold();
    for (const fields of [{ status: 'withdrawn' as const }, { generation: 2 }]) {
      world.tables.put('items', itemRow({ receivedAt: iso(), ...fields }));
      await run();
      expect(told.due).toEqual([]);
    }
  });
});

describe('an item of a draining automation', () => {
  it.each(['received', 'deferred', 'suspended'] as const)('that is %s waits', async (status) => {
    receive({ status });
    await hold('drain');
    await run();
    expect(stored().status).toBe('suspended');
    expect(thought).toBe(0);
  });

  it('that is begun comes to its end', async () => {
    receive({ status: 'processing' });
    await hold('drain');
    await run();
    expect(thought).toBe(1);
    expect(toAct()).toBe(1);
  });
});
