import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { destinationsAt } from '../support/destinations.ts';
import { door, ENV, lineageEntry, sqsRecord, stored } from '../support/fixtures.ts';
import { reset, type stubServer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import { act, automation, freshLedger, id, ledger, posted, room, think } from './room-world.ts';

/* The same order over several items, from the gate to the ledger that pays. */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));

vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => door({ label: 'Billing' }, [lineageEntry()]),
}));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const REFUSAL = "'pay' is at its limit for one subject: 99.99 in one currency in 90 days";

beforeEach(freshLedger);
afterEach(() => ledger.close());

describe('room that was taken', () => {
  it.each<[string, Parameters<typeof stubServer>, boolean, number]>([
    ['is given back when the destination refused', [{ status: 422 }], true, 9999],
    ['is given back when our secret is wrong', [{ status: 401 }], true, 9999],
    ['is given back when it was busy to the end', [{ status: 429 }], true, 9999],
    ['is kept when it was done', [{ status: 200 }], true, 0],
    ['is kept when no try had an answer', [reset], true, 0],
    ['is kept when a refusal came after a try without an answer', [reset, { status: 422 }], true, 0],
    ['is kept when nobody may ask again', [reset], false, 0],
    ['is kept behind a redirect', [{ status: 302 }], true, 0],
  ])('%s', async (_name, answers, idempotent, left) => {
    ledger.answers = answers;
    await think(posted('1'));
    await act(id('1'), { idempotent });

    expect(await room()).toBe(left);
  });

  it('is given back where the destination refused, and kept in doubt, wherever the worker dies', async () => {
    const refuse = async () => {
      world.reset();
      ledger.answers = [{ status: 422 }];
      await think(posted('1'));
    };
    await refuse();
    const before = world.calls.length;
    await act(id('1'));
    const calls = world.calls.length - before;
    for (let point = 1; point <= calls; point += 1)
      for (const after of [false, true]) {
        await refuse();
        world.crashAt(point, after);
        await act(id('1')).catch(() => {});
        world.revive();
        time.advance(46);
        await act(id('1'));
        // Whoever died behind the intent may have called: a refusal proves nothing then.
        const doubtful = stored(id('1')).error?.class === 'ProcessingError';
        expect(await room(), `call ${point}, after: ${after}`).toBe(doubtful ? 0 : 9999);
        expect(stored(id('1')).status).toBe(doubtful ? 'parked' : 'quarantined');
      }
  });

  it('is given back by the last delivery of what never began, and kept in doubt', async () => {
    await think(posted('1'));
    const last = () =>
      actOn(
        sqsRecord({ itemId: id('1'), generation: 1 }, 5),
        { ...ENV, DESTINATIONS: destinationsAt(ledger.url) },
        automation as unknown as Automation,
      );
    await last();
    expect(stored(id('1')).status).toBe('parked');
    expect(await room()).toBe(9999);

    world.reset();
    ledger.answers = [reset];
    await think(posted('1'));
    const record = sqsRecord({ itemId: id('1'), generation: 1 });
    const env = { ...ENV, DESTINATIONS: destinationsAt(ledger.url) };
    await actOn(record, env, automation as unknown as Automation).catch(() => {});
    await last();
    expect(stored(id('1')).status).toBe('parked');
    expect(await room()).toBe(0);
  });

  it('is given back by an item that is withdrawn before its turn', async () => {
    await think(posted('1'));
    expect(await room()).toBe(0);
    world.tables.put('items', { ...stored(id('1')), status: 'withdrawn' });
    await act(id('1'));

    expect(ledger.seen).toEqual([]);
    expect(await room()).toBe(9999);
  });

  it('is given back by an item that is withdrawn in a run that was resumed', async () => {
    await think(posted('1'));
    world.tables.put('items', { ...stored(id('1')), status: 'withdrawn', generation: 2 });
    await act(id('1'), { generation: 2 });

    expect(ledger.seen).toEqual([]);
    expect(await room()).toBe(9999);
  });

  it('is given back by an item that is withdrawn after a worker died over it', async () => {
    for (const begun of [false, true]) {
      world.reset();
      posted('1');
      world.fault = (call) => {
        if (call === (begun ? 'sqs SendMessageCommand' : 's3 PutObject')) throw named('ThrottlingException');
      };
      await think(id('1')).catch(() => {});
      world.fault = undefined;
      expect(await room(), 'taken').toBe(0);
      world.tables.put('items', { ...stored(id('1')), status: 'withdrawn' });
      await think(id('1'));

      expect(await room(), `verdict written: ${begun}`).toBe(9999);
    }
  });

  it.each(['ask', 'refuse'] as const)(
    'is given back where the next delivery comes to %s',
    async (verdict) => {
      const wiser = { ...automation, gate: () => ({ verdict, reasons: ['the policy has changed'] }) };
      const takesAndFails = async () => {
        posted('1');
        world.fault = (call) => {
          if (call === 's3 PutObject') throw named('ThrottlingException');
        };
        await think(id('1')).catch(() => {});
        world.fault = undefined;
      };
      await takesAndFails();
      expect(await room(), 'taken').toBe(0);
      const before = world.calls.length;
      await think(id('1'), '99.99', { of: wiser });
      const calls = world.calls.length - before;
      expect(stored(id('1')).verdict).toBe(verdict);
      expect(await room()).toBe(9999);

      // And where that one dies on its way.
      for (let point = 1; point <= calls; point += 1)
        for (const after of [false, true]) {
          world.reset();
          await takesAndFails();
          world.crashAt(point, after);
          await think(id('1'), '99.99', { of: wiser }).catch(() => {});
          world.revive();
          time.advance(46);
          await think(id('1'), '99.99', { of: wiser });
          expect(stored(id('1')).verdict).toBe(verdict);
          expect(await room(), `call ${point}, after: ${after}`).toBe(9999);
        }
    },
  );

  it('is given back by an item that is withdrawn while it is thought about', async () => {
    posted('1');
    world.fault = (
      _call,
      { Key, UpdateExpression = '' }: { Key?: { id: string }; UpdateExpression?: string },
    ) => {
      if (Key?.id === id('1') && UpdateExpression.includes('#verdict'))
        world.tables.put('items', { ...stored(id('1')), status: 'withdrawn' });
    };
    await think(id('1'));
    expect(stored(id('1')).verdict).toBeUndefined();
    world.fault = undefined;
    expect(await room()).toBe(9999);
  });

  it('is given back by an item that is parked before its verdict', async () => {
    posted('1');
    world.fault = (call) => {
      if (call === 's3 PutObject') throw named('AccessDenied');
    };
    await think(id('1'));
    world.fault = undefined;

    expect(stored(id('1'))).toMatchObject({ status: 'parked', error: { class: 'SystemError' } });
    expect(await room()).toBe(9999);
  });

  it('is held to the limit again where it was given back and another item took it', async () => {
    ledger.answers = [{ status: 429 }];
    await think(posted('1'));
    await act(id('1'));
    await think(posted('2'));
    ledger.answers = [{ status: 200 }];
    world.tables.put('items', { ...stored(id('1')), status: 'processing', generation: 2 });

    await act(id('1'), { generation: 2 });

    expect(stored(id('1'))).toMatchObject({
      status: 'parked',
      error: { class: 'ProcessingError', message: expect.stringContaining(REFUSAL) },
    });
    await act(id('2'));
    expect(ledger.seen.filter(({ headers }) => headers['signalbox-item'] === id('2'))).toHaveLength(1);
  });

  it('is taken once in a run that was resumed, whose proposal is of an earlier generation', async () => {
    await think(posted('1'), '40.00');
    world.tables.put('items', { ...stored(id('1')), generation: 2 });
    await act(id('1'), { generation: 2 });

    expect(ledger.seen).toHaveLength(1);
    expect(await room()).toBe(5000);
  });
});
