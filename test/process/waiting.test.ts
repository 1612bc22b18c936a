import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TransientError } from '../../lambdas/kit/errors.ts';
import { release, reserve, settle } from '../../lambdas/models/budget.ts';
import { door, eventsOf, ID, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import {
  CALL,
  DAY,
  delays,
  exhaust,
  freshQueue,
  iso,
  letPass,
  raise,
  receive,
  run,
  spender,
  spent,
  toAct,
  told,
  wait,
} from './waiting-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshQueue);

describe('fifty items at once against a day that holds twenty calls', () => {
  const ids = Array.from({ length: 50 }, (_, index) => `item-${String(index).padStart(32, '0')}`);
  const all = () => ids.map((id) => stored(id));
  const judged = () => all().filter(({ verdict }) => verdict === 'act').length;
  const suspended = () => all().filter(({ status }) => status === 'suspended').length;

  function fifty(): void {
    for (const id of ids) receive({ id, bodyKey: `items/${id}/body.json` });
    told.due = ids.map((itemId) => ({ at: time.at, message: { itemId, generation: 1 } }));
  }

  it('spend no more than the day holds; the others wait, none is lost, and the next days finish them', async () => {
    fifty();
    await letPass(1);
    expect([judged(), suspended(), spent()]).toEqual([20, 30, 1_000_000]);

    await letPass(3600);
    expect([judged(), suspended(), spent(), told.due.length]).toEqual([20, 30, 1_000_000, 30]);

    await letPass(DAY);
    expect([judged(), suspended(), spent()]).toEqual([40, 10, 1_000_000]);
    await letPass(DAY);
    expect([judged(), suspended(), spent()]).toEqual([50, 0, 500_000]);
    await letPass(901);
    expect([told.due, toAct(), world.visibility]).toEqual([[], 50, []]);
  });

  it('are finished at once when more is allowed and they are sent to work again', async () => {
    fifty();
    await letPass(60);
    await raise(1.5);
    for (const { id, status } of all())
      if (status === 'suspended') told.due.push({ at: time.at, message: { itemId: id, generation: 1 } });
    await letPass(1);

    expect([judged(), suspended(), spent()]).toEqual([50, 0, 2_500_000]);
    await letPass(901);
    expect([told.due, toAct()]).toEqual([[], 50]);
  });

  it('pay for twenty only once more is allowed for less than all', async () => {
    fifty();
    await letPass(60);
    await raise(0.25);
    await letPass(901);

    expect([judged(), suspended(), spent()]).toEqual([25, 25, 1_250_000]);
  });

  it('spend no more where each falls back to a dearer endpoint', async () => {
    told.think = async () => {
      await release(await reserve('control', spender(), CALL));
      const dear = await reserve('control', spender(), { usd: 0.12, tokens: 100 });
      expect(spent()).toBeLessThanOrEqual(1_000_000);
      await settle(dear, 0.1, 80);
    };
    fifty();
    await letPass(1);
    const first = judged();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(10);
    expect([first + suspended(), spent()]).toEqual([50, first * 100_000]);

    await letPass(12 * DAY);
    expect([judged(), suspended(), told.due]).toEqual([50, 0, []]);
    for (let day = 1; day <= 13; day += 1)
      expect(spent(`2026-12-${String(day).padStart(2, '0')}`)).toBeLessThanOrEqual(1_000_000);
  });
});

describe('an item that waits for an endpoint', () => {
  it('stays in work, and its next message comes when the endpoint may be asked again', async () => {
    receive();
    told.think = wait(42);

    await run(3);

    expect(stored()).toMatchObject({
      ...{ status: 'processing', wait: { for: 'endpoint', since: iso(), until: iso(42) } },
    });
    expect(stored().timeline.at(-1)).toEqual({ at: iso(), event: 'waiting', reason: 'the endpoint is busy' });
    expect([delays(), world.visibility]).toEqual([[42], []]);

    time.advance(42);
    told.think = async () => {};
    await run();
    expect(stored().verdict).toBe('act');
    expect(eventsOf().slice(0, 4)).toEqual(['received', 'processing', 'waiting', 'prepared']);
  });

  it.each([
    [0, 1],
    [0.2, 1],
    [61.2, 62],
    [121, 120],
    [1e9, 120],
    [Number.POSITIVE_INFINITY, 120],
    [Number.NaN, 1],
    [-5, 1],
  ])('for %d seconds waits %i', async (seconds, delay) => {
    receive();
    told.think = wait(seconds);

    await run();

    expect(delays()).toEqual([delay]);
  });

  async function aDay(): Promise<void> {
    receive();
    told.due = [{ at: time.at, message: { itemId: ID, generation: 1 } }];
    told.think = wait(600);
    await letPass(DAY);
  }

  it('waits for a day at most, then it is parked like one whose neighbour is down', async () => {
    await aDay();
    expect(stored()).toMatchObject({ status: 'processing', wait: { since: stored().receivedAt } });
    expect(world.visibility).toEqual([]);

    time.at = told.due[0]?.at ?? 0;
    for (const receives of [1, 2, 3]) await expect(run(receives)).rejects.toThrow('the endpoint is busy');
    await run(4);
    expect(stored()).toMatchObject({
      ...{ status: 'parked', error: { class: 'TransientError', message: 'the endpoint is busy' } },
    });
    expect(eventsOf().filter((event) => event === 'waiting')).toHaveLength(2);
  });

  it('may wait for a day again once it was parked and an operator lets it go on', async () => {
    await aDay();
    time.at = told.due[0]?.at ?? 0;
    for (const receives of [1, 2, 3]) await expect(run(receives)).rejects.toThrow('the endpoint is busy');
    await run(4);
    expect(stored().status).toBe('parked');
    expect(stored()).not.toHaveProperty('wait');
    // As docs/runbook.md lets it go on.
    const { error, ...released } = stored();
    world.tables.put('items', { ...released, status: 'received' });
    told.due = [];

    await run();

    expect(stored()).toMatchObject({ status: 'processing', wait: { for: 'endpoint', since: iso() } });
    expect(told.due).toHaveLength(1);
  });

  it.each([
    [7199, 'goes on with its day', false],
    [7201, 'goes on with its day, as behind a long queue', false],
    [86_401, 'begins its day anew, as among the dead letters', true],
  ])('whose message comes %i s late %s', async (late, _what, anew) => {
    receive();
    told.think = wait(20);
    await run();
    time.advance(20);
    const began = stored().wait?.since;
    time.advance(late);

    await run();

    expect(stored().wait?.since).toBe(anew ? iso() : began);
  });

  it('is parked after a day also where each delivery is put back for an hour', async () => {
    await aDay();
    time.at = told.due[0]?.at ?? 0;
    told.think = wait(3600);
    for (const receives of [1, 2, 3]) {
      await expect(run(receives)).rejects.toThrow('the endpoint is busy');
      time.advance(3600);
    }

    await run(4);

    expect(stored().status).toBe('parked');
  });

  it('has a day of its own for each time it waits: not what it was deferred or suspended for', async () => {
    receive({ receivedAt: iso(-5 * DAY) });
    exhaust();
    await run();
    await raise(1);
    time.advance(3600);
    told.think = wait(10);
    await run();

    expect(stored()).toMatchObject({ status: 'processing', wait: { for: 'endpoint', since: iso() } });
  });

  it('keeps its timeline short, however often it waits', async () => {
    receive();
    told.due = [{ at: time.at, message: { itemId: ID, generation: 1 } }];
    told.think = wait(5);

    const rounds = await letPass(10_000);

    expect(rounds).toBeGreaterThan(1500);
    expect(eventsOf()).toEqual(['received', 'processing', 'waiting']);
  });

  it('is tried again as before when its neighbour is down and not merely busy', async () => {
    receive();
    told.think = () => Promise.reject(new TransientError('no answer'));

    await expect(run()).rejects.toThrow('no answer');

    expect([told.due, world.visibility.length]).toEqual([[], 1]);
  });

  it('is not held up by what an earlier generation waited for', async () => {
    receive({
      generation: 2,
      wait: { for: 'endpoint', generation: 1, since: iso(-3 * DAY), until: iso(800) },
    });
    told.think = wait(100);

    await run(1, { itemId: ID, generation: 2 });

    expect(stored().wait).toEqual({ for: 'endpoint', generation: 2, since: iso(), until: iso(100) });
  });
});
