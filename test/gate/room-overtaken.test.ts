import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forceBreaker } from '../../lambdas/tables/control/breakers.ts';
import { door, lineageEntry, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { act, deliver, freshLedger, id, ledger, posted, room, think } from './room-world.ts';

/* Another delivery, or another run of the item, has the room that was taken. */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));

vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => door({ label: 'Billing' }, [lineageEntry()]),
}));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshLedger);
afterEach(() => ledger.close());

describe('room that was taken', () => {
  it.each([
    ['the last delivery', { receives: 5 }],
    ['one that has waited long enough', { waitingSince: '2026-01-01T00:00:00.000Z' }],
  ])('is kept by %s where another delivery began meanwhile', async (_name, message) => {
    if ('waitingSince' in message) {
      const destination = { kind: 'destination', name: 'ledger' } as const;
      await forceBreaker('control', destination, { state: 'open', reason: 'maintenance', by: 'test' });
      time.advance(11);
    }
    await think(posted('1'));
    world.fault = (call, { TableName }) => {
      if (!call.endsWith('UpdateCommand') || TableName !== 'items') return;
      world.fault = undefined;
      const entry = { state: 'intent', generation: 1, tries: 1, leaseUntil: time.at + 45_000 } as const;
      world.tables.put('items', { ...stored(id('1')), status: 'acting', ledger: { other: entry } });
    };
    await deliver(id('1'), message);

    expect(stored(id('1')).status).toBe('acting');
    expect(await room()).toBe(0);
  });

  it('is the resumed run’s, and not given back by a delivery of the run before that was frozen', async () => {
    await think(posted('1'));
    world.fault = (_call, input) => {
      if (!JSON.stringify(input).includes('"intent"')) return;
      world.fault = undefined;
      world.tables.put('items', { ...stored(id('1')), generation: 2 });
    };
    await act(id('1'));
    expect(ledger.seen).toEqual([]);
    expect(await room()).toBe(0);

    await act(id('1'), { generation: 2 });
    expect(ledger.seen).toHaveLength(1);
    expect(await room()).toBe(0);
  });

  it.each([
    ['refused action', '"failed"', 1],
    ['last delivery', '"parked"', 5],
  ])(
    'is given back by a %s whose end was written, and the answer was lost',
    async (_name, written, receives) => {
      ledger.answers = [{ status: 422 }];
      await think(posted('1'));
      world.fault = (call, input) => {
        if (!call.endsWith('UpdateCommand') || !JSON.stringify(input).includes(written)) return;
        world.fault = undefined;
        // The SDK sends it again.
        world.tables.run('UpdateCommand', input as never);
      };
      await deliver(id('1'), { receives });

      expect(await room()).toBe(9999);
    },
  );
});
