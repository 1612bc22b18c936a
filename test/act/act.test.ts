import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { itemKey } from '../../lambdas/tables/keys.ts';
import { question } from '../support/desk.ts';
import { eventsOf, gated, itemRow, proposal, stored } from '../support/fixtures.ts';
import { Crash, time, world } from '../support/world.ts';
import { act, diedCalling, freshLedger, ledger, released, told } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshLedger);
afterEach(() => ledger.close());

/** A person has approved what the gate passed, and nobody took it back. */
function approved(): void {
  question(proposal(), { status: 'decided', decision: 'approve', carriedAt: '2026-12-01T09:00:00.000Z' });
  world.tables.put('items', { ...stored(), status: 'processing' });
}

const keys = () => new Set(ledger.seen.map(({ headers }) => headers['idempotency-key']));

describe('actions of one batch', () => {
  it('are read in one call, with the questions that may stand behind them', async () => {
    const ids = ['0', '1', '2'].map((digit) => itemKey('demo', digit.repeat(32)));
    for (const id of ids) world.tables.put('items', itemRow({ id, status: 'done' }));

    await Promise.all(ids.map((itemId) => act({ itemId })));

    expect(world.calls).toEqual(['dynamodb BatchGetCommand']);
  });
});

describe('an action', () => {
  it.each([
    'done',
    'rejected',
    'refused',
    'expired',
    'withdrawn',
    'parked',
    'quarantined',
    'suspended',
  ] as const)('is not done for an item that is %s', async (status) => {
    gated({ status });
    const before = world.tables.snapshot();

    await act();

    expect(ledger.seen).toEqual([]);
    expect(world.tables.snapshot()).toBe(before);
  });

  it('is not done for a message of an earlier generation', async () => {
    gated({ generation: 2 });

    await act();

    expect(ledger.seen).toEqual([]);
  });

  it('is not done for an item that is not there any more', async () => {
    await act();

    expect(ledger.seen).toEqual([]);
    expect(world.tables.all('items')).toEqual([]);
  });

  it('is done once for two messages, one after the other, and needs no run', async () => {
    gated();
    await act();
    const calls = world.calls.length;
    await act();

    expect(ledger.seen).toHaveLength(1);
    expect(stored()).toMatchObject({ status: 'done', action: { status: 'done', result: { status: 200 } } });
    expect(world.calls.slice(calls)).toEqual(['dynamodb BatchGetCommand']);
    expect(world.calls.filter((call) => call.startsWith('states'))).toEqual([]);
  });

  it('costs two writes of its item: the intent, and what came of it', async () => {
    gated();
    world.calls.length = 0;
    let writes = 0;
    world.fault = (call, { TableName }) => {
      if (/Update|Put/.test(call) && TableName === 'items') writes += 1;
    };

    await act();

    expect(writes).toBe(2);
    expect(world.calls.filter((call) => call.startsWith('sqs'))).toEqual([]);
  });

  it('is done once for ten messages at the same moment; the others come again', async () => {
    gated();
    ledger.answers = [(response) => void setTimeout(() => response.writeHead(200).end('{}'), 50)];

    const results = await Promise.allSettled(Array.from({ length: 10 }, () => act()));

    expect(ledger.seen).toHaveLength(1);
    const waiting = results.filter(({ status }) => status === 'rejected');
    expect(waiting).toHaveLength(9);
    // All ten have one handle here, and one change of visibility is enough for it.
    expect(world.visibility.length).toBeGreaterThan(0);
    for (const { seconds } of world.visibility) expect(seconds).toBeLessThanOrEqual(45);
    expect(eventsOf()).toEqual(['received', 'acting', 'acted', 'done']);
  });

  it('is done once for the same proposal in a later generation', async () => {
    gated();
    await act();
    await act({ generation: released() });

    expect(ledger.seen).toHaveLength(1);
    expect(told()).toEqual({ status: 'done' });
  });

  it('is another one for another proposal; what became of the first stays beside it', async () => {
    ledger.answers = [{ status: 422 }, { status: 200 }];
    gated();
    await act();
    const first = stored().ledger;
    const { ledger: _, ...other } = gated({}, proposal({ parameters: { amount: '20.00' } }));
    world.tables.put('items', { ...other, ...(first ? { ledger: first } : {}) });
    await act();

    expect(keys().size).toBe(2);
    expect(Object.values(stored().ledger ?? {}).map(({ state }) => state)).toEqual(['failed', 'done']);
  });

  it.each([
    ['that acts alone', () => void gated()],
    ['that a person approved', approved],
  ])('%s reaches the destination once and its end, wherever the worker dies', async (_name, allow) => {
    // Prepare: how many calls an undisturbed worker makes
    const prepare = () => {
      world.reset();
      ledger.seen.length = 0;
      allow();
    };
    // Twice: the first one looks at the destination's breaker, and an instance remembers that it is closed.
    for (let n = 0; n < 2; n += 1) {
      prepare();
      await act();
    }
    const calls = world.calls.length;

    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        // Act: the worker dies, and the message comes again after the lease
        prepare();
        world.crashAt(point, after);
        await expect(act()).rejects.toBeInstanceOf(Crash);
        world.revive();
        time.advance(46);
        await act({ receives: 2 });

        // Assess: with the same key, or not at all
        const where = `call ${point}, after: ${after}`;
        expect(keys().size, where).toBe(1);
        expect(stored(), where).toMatchObject({ status: 'done', action: { status: 'done' } });
        const before = ledger.seen.length;
        await act({ receives: 3 });
        await act({ generation: released() });
        expect(ledger.seen.length, `${where}: a call after done`).toBe(before);
      }
    }
  });

  it('of a dead worker is at work again after 45 seconds, and no earlier', async () => {
    gated();
    await diedCalling();
    time.advance(44);
    await expect(act({ receives: 2 })).rejects.toThrow('another delivery is acting');
    expect(ledger.seen).toHaveLength(1);

    time.advance(world.visibility.at(-1)?.seconds ?? 0);
    await act({ receives: 3 });

    expect(told()).toEqual({ status: 'done' });
    expect(keys().size).toBe(1);
  });

  it('writes its timeline without a word of the parameters', async () => {
    gated();

    await act();

    expect(eventsOf()).toEqual(['received', 'acting', 'acted', 'done']);
    expect(JSON.stringify(stored().timeline)).not.toContain('24.90');
  });
});
