import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { question } from '../support/desk.ts';
import { gated, stored } from '../support/fixtures.ts';
import { type Answer, reset } from '../support/http.ts';
import { CLOSE, listOf, NOTE, REFUND } from '../support/list.ts';
import { Crash, time, world } from '../support/world.ts';
import { act, BUSY, done, keys, NO, NOTHING_DONE, OK, REFUSED } from './list-world.ts';
import { freshLedger, ledger, released } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshLedger);
afterEach(() => ledger.close());

describe('a list of actions', () => {
  it.each([
    ['that acts alone', () => void gated({}, listOf())],
    [
      'that a person approved',
      () => {
        const fields = {
          status: 'decided',
          decision: 'approve',
          carriedAt: '2026-12-01T09:00:00.000Z',
        } as const;
        question(listOf(), fields);
        world.tables.put('items', { ...stored(), status: 'processing' });
      },
    ],
  ])('%s is done once with three keys, wherever the worker dies', async (_name, allow) => {
    const prepare = () => {
      world.reset();
      ledger.seen.length = 0;
      allow();
    };
    for (let n = 0; n < 2; n += 1) {
      prepare();
      await act();
    }
    const calls = world.calls.length;

    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        prepare();
        world.crashAt(point, after);
        await expect(act()).rejects.toBeInstanceOf(Crash);
        world.revive();
        time.advance(46);
        await act({ receives: 2 });

        const where = `call ${point}, after: ${after}`;
        expect(new Set(keys()).size, where).toBe(3);
        expect([...new Set(done())], where).toEqual(['refund', 'note', 'close']);
        expect(stored().status, where).toBe('done');
        const before = ledger.seen.length;
        await act({ receives: 3 });
        await act({ generation: released() });
        expect(ledger.seen.length, `${where}: a call after done`).toBe(before);
      }
    }
  });

  it('is never done out of order, and nothing of it twice without its key, whatever goes wrong', async () => {
    const fault = fc.constantFrom<Answer>(OK, OK, OK, REFUSED, reset, { status: 500 }, NO, BUSY);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 8 }),
        fc.boolean(),
        fc.nat(40),
        async (faults, idempotent, dies) => {
          world.reset();
          ledger.seen.length = 0;
          ledger.answers = [...faults, OK];
          gated({}, listOf([REFUND, NOTE, CLOSE]));
          if (dies > 0) world.crashAt(dies, dies % 2 === 0);
          let generation = 1;
          for (let delivery = 0; delivery < 12 && stored().status !== 'done'; delivery += 1) {
            await act({ generation, idempotent }).catch(() => {});
            world.revive();
            time.advance(4000);
            if (['parked', 'quarantined'].includes(stored().status)) generation = released();
          }
          // In order: an action is called only where all before it are done.
          const order = ['refund', 'note', 'close'];
          const places = done().map((name) => order.indexOf(name));
          expect(places).toEqual([...places].sort((a, b) => a - b));
          // The destination sees one key for each action; without our key there, no call follows one that may have acted.
          const seen = done().map((name, call) => ({ name, key: keys()[call], answer: faults[call] ?? OK }));
          for (const name of order)
            expect(new Set(seen.filter((one) => one.name === name).map(({ key }) => key)).size).toBeLessThan(
              2,
            );
          const acted = seen.map(({ key, answer }, call) => ({
            key,
            call,
            may: !NOTHING_DONE.includes(answer),
          }));
          const after = acted.filter(({ key, call }) =>
            acted.some((one) => one.may && one.key === key && one.call < call),
          );
          if (!idempotent) expect(after).toEqual([]);
          if (stored().status === 'done') expect([...new Set(done())]).toEqual(order);
        },
      ),
      { numRuns: 60 },
    );
  });
});
