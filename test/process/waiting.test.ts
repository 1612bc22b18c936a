import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkMessage } from '../../lambdas/contract/item/messages.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { TransientError } from '../../lambdas/kit/errors.ts';
import { release, reserve, settle } from '../../lambdas/models/budget.ts';
import { Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { type BudgetRow, raiseBudget } from '../../lambdas/tables/control/budgets.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { automation, door, eventsOf, ID, itemRow, PAY, stored } from '../support/fixtures.ts';
import { Crash, named, time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/** A dollar a day holds twenty calls of this. */
const CALL = { usd: 0.05, tokens: 100 };
const DAY = 86_400;

/** Messages of the work queue that SQS still holds back, by when they come. */
let due: { at: number; message: WorkMessage }[] = [];
/** Dollars a day, by today's declaration. */
let perDayUsd = 1;
/** What the one step of the demo does. */
let think: () => Promise<void>;

const spender = () => ({ name: 'demo', budget: { perDayUsd, perItemUsd: 1 } });
const paidCall = async () => settle(await reserve('control', spender(), CALL), CALL.usd, CALL.tokens);
const wait = (seconds: number) => () => Promise.reject(new Waiting('the endpoint is busy', seconds));

const iso = (afterSeconds = 0) => new Date(time.at + afterSeconds * 1000).toISOString();
const spent = (day?: string) =>
  world.tables.row<BudgetRow>('control', budgetKey('demo', day))?.spentMicroUsd ?? 0;
const raise = (usd: number) =>
  raiseBudget('control', 'demo', { microUsd: usd * 1_000_000, tokens: 0, by: 'olga' });
const exhaust = () => world.tables.put('control', { id: budgetKey('demo'), spentMicroUsd: 990_000 });

beforeEach(() => {
  world.reset();
  time.freeze();
  due = [];
  perDayUsd = 1;
  think = paidCall;
  listen();
});

function listen(): void {
  world.fault = (call, { DelaySeconds = 0, MessageBody }) => {
    if (!call.includes('SendMessage')) return;
    due.push({ at: time.at + Number(DelaySeconds) * 1000, message: JSON.parse(String(MessageBody)) });
  };
}

function receive(fields: Partial<ItemRow> = {}): void {
  const row = itemRow({ receivedAt: iso(), ...fields });
  world.tables.put('items', row);
  world.content.set(`bucket/${row.bodyKey}`, '{"text":"charged twice"}');
}

function run(receives = 1, message: WorkMessage = { itemId: ID, generation: 1 }): Promise<void> {
  const implementation = thinking(async () => {
    await think();
    return PAY;
  });
  return work({ message, receives, of: { ...automation, ...spender() }, implementation });
}

/** Lets messages come when they are due, and all that are due at one moment together, until `seconds` have passed. */
async function letPass(seconds: number): Promise<number> {
  const end = time.at + seconds * 1000;
  let rounds = 0;
  for (;;) {
    due.sort((a, b) => a.at - b.at);
    const next = due[0]?.at ?? end;
    if (next >= end) break;
    time.at = Math.max(time.at, next);
    const now = due.filter(({ at }) => at <= time.at);
    due = due.filter(({ at }) => at > time.at);
    await Promise.all(now.map(({ message }) => run(1, message)));
    rounds += 1;
  }
  time.at = end;
  return rounds;
}

const delays = () => world.delays.map(({ seconds }) => seconds);

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

  it('looks before it does anything, at the price of two reads and what it takes to wait on', async () => {
    receive();
    exhaust();
    await run();
    time.advance(900);
    world.calls = [];

    await run();

    expect(world.calls).toEqual([
      ...['dynamodb GetCommand', 'dynamodb GetCommand'],
      ...['sqs SendMessageCommand', 'dynamodb UpdateCommand'],
    ]);
    expect(stored()).toMatchObject({ status: 'suspended', wait: { until: iso(900), since: iso(-900) } });
    expect(eventsOf()).toEqual(['received', 'processing', 'suspended']);
  });

  it.each<[string, () => unknown]>([
    ['an operator added to the day', () => raise(0.04)],
    ['a deployment raised the budget', () => (perDayUsd = 1.04)],
    ['another call gave back what it did not cost', () => exhaustAt(950_000)],
    ['the next day has begun', () => (time.at = Date.parse('2026-12-02T00:00:00Z'))],
  ])('goes on when %s', async (_name, change) => {
    receive();
    exhaust();
    await run();
    await change();

    await run();

    expect(stored()).toMatchObject({ status: 'processing', verdict: 'act' });
    expect(due).toHaveLength(1);
    await letPass(2000);
    expect([due, world.executions.size]).toEqual([[], 1]);
  });

  const exhaustAt = (spentMicroUsd: number) =>
    world.tables.put('control', { id: budgetKey('demo'), spentMicroUsd });

  it('that goes on early is no duplicate of itself when its neighbour is down then', async () => {
    receive();
    exhaust();
    await run();
    await raise(1);
    think = () => Promise.reject(new TransientError('no answer'));
    await expect(run()).rejects.toThrow('no answer');
    think = paidCall;
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
    expect(due).toHaveLength(1);
  });

  it('says so once a day, however often it is refused', async () => {
    receive();
    exhaust();
    await run();
    for (let round = 0; round < 5; round += 1) {
      // Room for a look, and none for the call.
      exhaustAt(0);
      think = async () => {
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
    perDayUsd = 0.04;
    await run();
    expect(stored().timeline.at(-1)).toMatchObject({
      reason: "one call of 'demo' can cost more than its budget of a whole day",
    });

    await letPass(3 * DAY);
    expect(stored().status).toBe('suspended');
    expect(eventsOf().filter((event) => event === 'suspended')).toHaveLength(4);
    expect(due).toHaveLength(1);
    perDayUsd = 0.05;
    await letPass(901);
    expect(stored().verdict).toBe('act');
  });

  describe('and that no day ever would', () => {
    let thoughts = 0;
    const ask = (call: typeof CALL) => async () => {
      thoughts += 1;
      await settle(await reserve('control', spender(), call), call.usd, call.tokens);
    };

    beforeEach(() => {
      thoughts = 0;
      receive();
      think = ask({ usd: 2, tokens: 100 });
    });

    it('goes on by itself on the day after a deploy made it small enough', async () => {
      await run();
      think = ask(CALL);
      const midnight = Date.parse('2026-12-02T00:00:00Z');
      await letPass((midnight - time.at) / 1000);
      expect([stored().status, thoughts]).toEqual(['suspended', 1]);

      await letPass(1);

      expect(stored().verdict).toBe('act');
    });

    it('goes on at once where an operator sends it to work after that, with nothing added', async () => {
      await run();
      think = ask(CALL);
      time.advance(60);

      await run();

      expect(stored().verdict).toBe('act');
    });

    it('is thought about once a day and once for each time it is sent to work, and has one message', async () => {
      await run();
      await letPass(3 * DAY);
      expect([thoughts, due.length, spent()]).toEqual([4, 1, 0]);
      expect(eventsOf().filter((event) => event === 'suspended')).toHaveLength(4);

      await Promise.all([run(), run()]);
      await letPass(7200);
      expect([thoughts, due.length, stored().status]).toEqual([6, 1, 'suspended']);
    });

    it('waits for the next day where today is spent and could hold what it was said to need', async () => {
      think = ask({ usd: 0.5, tokens: 100 });
      exhaustAt(700_000);
      await run();
      think = ask(CALL);
      await run();
      await letPass(3600);
      expect([stored().status, thoughts]).toEqual(['suspended', 1]);

      await letPass(DAY);

      expect(stored().verdict).toBe('act');
    });

    it('counts what was added to today as a part of the day', async () => {
      await raise(1.5);
      exhaustAdded();
      await run();
      await run();
      expect(thoughts).toBe(1);
    });

    const exhaustAdded = () =>
      world.tables.put('control', {
        ...(world.tables.row<BudgetRow>('control', budgetKey('demo')) ?? { id: '' }),
        spentMicroUsd: 1_000_000,
      });
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
    think = async () => {
      world.tables.put('items', { ...stored(), verdict: 'ask' });
      exhaust();
      await paidCall();
    };

    await run();

    expect(stored()).toMatchObject({ status: 'processing', verdict: 'ask' });
    expect(stored()).not.toHaveProperty('wait');
    expect(eventsOf()).not.toContain('suspended');
  });

  it('that an operator moved on meanwhile is left where it is', async () => {
    receive();
    think = async () => {
      world.tables.put('items', { ...stored(), status: 'parked' });
      exhaust();
      await paidCall();
    };

    await run();

    expect(stored().status).toBe('parked');
  });
});

describe('fifty items at once against a day that holds twenty calls', () => {
  const ids = Array.from({ length: 50 }, (_, index) => `item-${String(index).padStart(32, '0')}`);
  const all = () => ids.map((id) => stored(id));
  const judged = () => all().filter(({ verdict }) => verdict === 'act').length;
  const suspended = () => all().filter(({ status }) => status === 'suspended').length;

  function fifty(): void {
    for (const id of ids) receive({ id, bodyKey: `items/${id}/body.json` });
    due = ids.map((itemId) => ({ at: time.at, message: { itemId, generation: 1 } }));
  }

  it('spend no more than the day holds; the others wait, none is lost, and the next days finish them', async () => {
    fifty();
    await letPass(1);
    expect([judged(), suspended(), spent()]).toEqual([20, 30, 1_000_000]);

    await letPass(3600);
    expect([judged(), suspended(), spent(), due.length]).toEqual([20, 30, 1_000_000, 30]);

    await letPass(DAY);
    expect([judged(), suspended(), spent()]).toEqual([40, 10, 1_000_000]);
    await letPass(DAY);
    expect([judged(), suspended(), spent()]).toEqual([50, 0, 500_000]);
    await letPass(901);
    expect([due, world.executions.size, world.visibility]).toEqual([[], 50, []]);
  });

  it('are finished at once when more is allowed and they are sent to work again', async () => {
    fifty();
    await letPass(60);
    await raise(1.5);
    for (const { id, status } of all())
      if (status === 'suspended') due.push({ at: time.at, message: { itemId: id, generation: 1 } });
    await letPass(1);

    expect([judged(), suspended(), spent()]).toEqual([50, 0, 2_500_000]);
    await letPass(901);
    expect([due, world.executions.size]).toEqual([[], 50]);
  });

  it('pay for twenty only once more is allowed for less than all', async () => {
    fifty();
    await letPass(60);
    await raise(0.25);
    await letPass(901);

    expect([judged(), suspended(), spent()]).toEqual([25, 25, 1_250_000]);
  });

  it('spend no more where each falls back to a dearer endpoint', async () => {
    think = async () => {
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
    expect([judged(), suspended(), due]).toEqual([50, 0, []]);
    for (let day = 1; day <= 13; day += 1)
      expect(spent(`2026-12-${String(day).padStart(2, '0')}`)).toBeLessThanOrEqual(1_000_000);
  });
});

describe('an item that waits for an endpoint', () => {
  it('stays in work, and its next message comes when the endpoint may be asked again', async () => {
    receive();
    think = wait(42);

    await run(3);

    expect(stored()).toMatchObject({
      ...{ status: 'processing', wait: { for: 'endpoint', since: iso(), until: iso(42) } },
    });
    expect(stored().timeline.at(-1)).toEqual({ at: iso(), event: 'waiting', reason: 'the endpoint is busy' });
    expect([delays(), world.visibility]).toEqual([[42], []]);

    time.advance(42);
    think = async () => {};
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
    think = wait(seconds);

    await run();

    expect(delays()).toEqual([delay]);
  });

  async function aDay(): Promise<void> {
    receive();
    due = [{ at: time.at, message: { itemId: ID, generation: 1 } }];
    think = wait(600);
    await letPass(DAY);
  }

  it('waits for a day at most, then it is parked like one whose neighbour is down', async () => {
    await aDay();
    expect(stored()).toMatchObject({ status: 'processing', wait: { since: stored().receivedAt } });
    expect(world.visibility).toEqual([]);

    time.at = due[0]?.at ?? 0;
    for (const receives of [1, 2, 3]) await expect(run(receives)).rejects.toThrow('the endpoint is busy');
    await run(4);
    expect(stored()).toMatchObject({
      ...{ status: 'parked', error: { class: 'TransientError', message: 'the endpoint is busy' } },
    });
    expect(eventsOf().filter((event) => event === 'waiting')).toHaveLength(2);
  });

  it('may wait for a day again once it was parked and an operator lets it go on', async () => {
    await aDay();
    time.at = due[0]?.at ?? 0;
    for (const receives of [1, 2, 3]) await expect(run(receives)).rejects.toThrow('the endpoint is busy');
    await run(4);
    expect(stored().status).toBe('parked');
    expect(stored()).not.toHaveProperty('wait');
    // As docs/runbook.md lets it go on.
    const { error, ...released } = stored();
    world.tables.put('items', { ...released, status: 'received' });
    due = [];

    await run();

    expect(stored()).toMatchObject({ status: 'processing', wait: { for: 'endpoint', since: iso() } });
    expect(due).toHaveLength(1);
  });

  it.each([
    [7199, 'goes on with its day', false],
    [7201, 'goes on with its day, as behind a long queue', false],
    [86_401, 'begins its day anew, as among the dead letters', true],
  ])('whose message comes %i s late %s', async (late, _what, anew) => {
    receive();
    think = wait(20);
    await run();
    time.advance(20);
    const began = stored().wait?.since;
    time.advance(late);

    await run();

    expect(stored().wait?.since).toBe(anew ? iso() : began);
  });

  it('is parked after a day also where each delivery is put back for an hour', async () => {
    await aDay();
    time.at = due[0]?.at ?? 0;
    think = wait(3600);
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
    think = wait(10);
    await run();

    expect(stored()).toMatchObject({ status: 'processing', wait: { for: 'endpoint', since: iso() } });
  });

  it('keeps its timeline short, however often it waits', async () => {
    receive();
    due = [{ at: time.at, message: { itemId: ID, generation: 1 } }];
    think = wait(5);

    const rounds = await letPass(10_000);

    expect(rounds).toBeGreaterThan(1500);
    expect(eventsOf()).toEqual(['received', 'processing', 'waiting']);
  });

  it('is tried again as before when its neighbour is down and not merely busy', async () => {
    receive();
    think = () => Promise.reject(new TransientError('no answer'));

    await expect(run()).rejects.toThrow('no answer');

    expect([due, world.visibility.length]).toEqual([[], 1]);
  });

  it('is not held up by what an earlier generation waited for', async () => {
    receive({
      generation: 2,
      wait: { for: 'endpoint', generation: 1, since: iso(-3 * DAY), until: iso(800) },
    });
    think = wait(100);

    await run(1, { itemId: ID, generation: 2 });

    expect(stored().wait).toEqual({ for: 'endpoint', generation: 2, since: iso(), until: iso(100) });
  });
});

describe('messages of an item that waits', () => {
  it.each<[string, () => void]>([
    ['a budget', exhaust],
    ['an endpoint', () => (think = wait(900))],
  ])('for %s end at once where another is on its way', async (_name, prepare) => {
    receive();
    prepare();
    await run();
    time.advance(50);
    const before = world.tables.snapshot();
    world.calls = [];

    await run();

    expect(world.tables.snapshot()).toBe(before);
    expect(due).toHaveLength(1);
    expect(world.calls.every((call) => call.includes('Get'))).toBe(true);
  });

  it.each<[string, () => void, number]>([
    ['a budget', exhaust, 10_000],
    ['an endpoint', () => (think = wait(900)), 10_000],
    ['an endpoint for a moment', () => (think = wait(3)), 200],
  ])('for %s do not multiply, however many there are to begin with', async (_name, prepare, seconds) => {
    receive();
    prepare();
    due = Array.from({ length: 8 }, () => ({ at: time.at, message: { itemId: ID, generation: 1 } }));

    await letPass(seconds);

    expect(due).toHaveLength(1);
  });

  it.each<[string, () => void, number[]]>([
    ['a budget', exhaust, [0, 70, 200, 700, 800, 890]],
    ['an endpoint', () => (think = wait(900)), [0, 70, 200, 700, 800, 890]],
    ['a busy endpoint', () => (think = wait(20)), [0, 1, 7, 19, 20, 21, 33]],
    ['an endpoint for a moment', () => (think = wait(1)), [0, 0.4, 0.8, 1, 1.4]],
  ])('for %s become one where they come at different moments', async (_name, prepare, moments) => {
    receive();
    prepare();
    due = moments.map((seconds) => ({
      ...{ at: time.at + seconds * 1000, message: { itemId: ID, generation: 1 } },
    }));

    await letPass(4_000);

    expect(due).toHaveLength(1);
  });

  it('become one also where two deliveries are at work by turns, each while the other puts the item off', async () => {
    receive();
    const busy = wait(3);
    let inner: Promise<void> | undefined;
    think = async () => {
      if (!inner) {
        time.advance(1);
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
    expect(due).toHaveLength(1);
  });

  it.each<[string, () => void]>([
    ['a budget', exhaust],
    ['an endpoint', () => (think = wait(900))],
  ])('for %s carry it on also where the clock is slow', async (_name, prepare) => {
    receive();
    prepare();
    await run();
    const own = due.pop()?.message;
    time.advance(900 - 300);

    await run(1, own);

    expect(due).toHaveLength(1);
    expect(stored().ticket).toBe(due[0]?.message.ticket);
  });

  it('carry it on from among the dead letters, days later, and not where another one did since', async () => {
    receive();
    think = wait(20);
    await run();
    const first = due.pop()?.message;
    time.advance(3 * DAY);
    await run(1, first);
    expect(due).toHaveLength(1);

    await run(1, first);
    expect(due).toHaveLength(1);
    time.advance(20);
    think = async () => {};
    await run(1, due.pop()?.message);
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
    'are one again where a worker dies at %s putting off and what it sent comes before what it held',
    async (_name, rounds) => {
      for (let point = 1; point <= 8; point += 1) {
        for (const after of [false, true]) {
          world.reset();
          time.freeze();
          due = [];
          listen();
          receive();
          think = wait(3);
          let held: WorkMessage | undefined;
          for (let round = 0; round < rounds; round += 1) {
            await run(1, held);
            held = due.pop()?.message;
            time.advance(3);
          }
          world.crashAt(point, after);
          await run(1, held).catch(() => {});
          world.revive();

          await letPass(170);
          await run(2, held);
          await letPass(600);

          expect(due, `call ${point}, after: ${after}`).toHaveLength(1);
          expect(stored().ticket).toBe(due[0]?.message.ticket);
        }
      }
    },
  );

  it('are never all lost, wherever a worker dies, and are one again in the end', async () => {
    for (const [name, prepare] of [
      ['budget', exhaust],
      ['endpoint', () => (think = wait(900))],
      ['busy endpoint', () => (think = wait(3))],
    ] as const) {
      // Prepare: how many calls an undisturbed worker makes
      world.reset();
      receive();
      prepare();
      await run();
      const calls = world.calls.length;
      expect(calls).toBeGreaterThan(4);

      for (let point = 1; point <= calls; point += 1) {
        for (const after of [false, true]) {
          world.reset();
          time.freeze();
          due = [];
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
          expect(due.length, where).toBeGreaterThanOrEqual(1);
          expect(due.length, where).toBeLessThanOrEqual(2);
          await letPass(3_000);
          expect(due, where).toHaveLength(1);
          expect(stored().status, where).toBe(name === 'budget' ? 'suspended' : 'processing');
        }
      }
    }
  });
});
