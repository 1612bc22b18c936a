import { beforeEach, describe, expect, it, vi } from 'vitest';
import { changeItem, event, getItem, restChange } from '../../../lambdas/tables/items/items.ts';
import {
  resume,
  startClaimed,
  startExecution,
  statusOf,
  taskDecided,
} from '../../../lambdas/tables/items/runs.ts';
import { ARN, eventsOf, gated, ID, itemRow, runArn, runName, stored } from '../../support/fixtures.ts';
import { named, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const change = (from: Parameters<typeof changeItem>[2], generation = 1) =>
  changeItem('items', { id: ID, generation }, from, {
    status: 'processing',
    set: { label: 'Billing' },
    events: [event('routed')],
  });

describe('a change of an item', () => {
  it('writes fields, status, time and timeline at once', async () => {
    world.tables.put('items', itemRow());
    time.advance(5);

    await expect(change(['received'])).resolves.toBe(true);

    expect(stored()).toMatchObject({
      status: 'processing',
      label: 'Billing',
      updatedAt: '2026-12-01T09:00:05.000Z',
    });
    expect(eventsOf()).toEqual(['received', 'routed']);
  });

  it.each([
    ['another status', ['done'] as const, 1],
    ['another generation', ['received'] as const, 2],
  ])('is not made in %s, and that is no error', async (_name, from, generation) => {
    world.tables.put('items', itemRow());
    const before = world.tables.snapshot();

    await expect(change(from, generation)).resolves.toBe(false);

    expect(world.tables.snapshot()).toBe(before);
  });

  it('makes no item that was not there', async () => {
    await expect(change(['received'])).resolves.toBe(false);
    expect(await getItem('items', ID)).toBeUndefined();
  });

  it('loses no event when many change the item at the same moment', async () => {
    world.tables.put('items', itemRow({ status: 'processing' }));

    await Promise.all(Array.from({ length: 25 }, () => change(['processing'])));

    expect(eventsOf()).toHaveLength(26);
  });

  it('leaves alone what it does not name, also where a field is undefined', async () => {
    world.tables.put('items', itemRow({ label: 'Sales' }));

    await changeItem('items', { id: ID, generation: 1 }, ['received'], {
      set: { label: undefined } as never,
      events: [],
    });

    expect(stored()).toMatchObject({ label: 'Sales', status: 'received' });
  });

  it('lets a failure of the table be one', async () => {
    world.fault = () => {
      throw named('ResourceNotFoundException');
    };

    await expect(change(['received'])).rejects.toThrow('ResourceNotFoundException');
  });

  it('to rest carries the class and the words of its reason', () => {
    expect(restChange('parked', { class: 'SystemError', message: 'no key' }, 'act')).toMatchObject({
      status: 'parked',
      set: { error: { class: 'SystemError', message: 'no key' } },
      events: [{ event: 'parked', stage: 'act', error: 'SystemError', reason: 'no key' }],
    });
  });
});

describe('a run', () => {
  const item = itemRow();

  it('is started once, however often it is asked for, and holds references only', async () => {
    await Promise.all([startExecution(ARN, item), startExecution(ARN, item)]);

    const input = { itemId: ID, generation: 1 };
    expect([...world.executions]).toEqual([[runName(), { status: 'RUNNING', input }]]);
  });

  it('is not started where that fails for another reason', async () => {
    world.fault = () => {
      throw named('StateMachineDoesNotExist');
    };

    await expect(startExecution(ARN, item)).rejects.toThrow('StateMachineDoesNotExist');
  });

  it('that is gone is replaced once, by whoever is first', async () => {
    const row = gated({ verdict: 'ask' });

    const results = await Promise.all([1, 2, 3].map(() => resume('items', row, row.executionArn ?? '')));

    expect(results.sort()).toEqual(['resumed', 'stale', 'stale']);
    expect(stored().generation).toBe(2);
    expect(world.executions.get(runName(2))?.input).toEqual({ itemId: ID, generation: 2 });
  });

  it.each(['done', 'rejected', 'parked', 'received', 'acting'] as const)(
    'is not replaced for an item that is %s',
    async (status) => {
      const row = gated({ status, verdict: 'ask' });

      await expect(resume('items', row, row.executionArn ?? '')).resolves.toBe('stale');

      expect(world.executions.has(runName(2))).toBe(false);
    },
  );

  it.each(['TaskDoesNotExist', 'TaskTimedOut', 'InvalidToken'])('is known to be gone by %s', async (name) => {
    world.fault = () => {
      throw named(name);
    };

    await expect(taskDecided('token-1', 'approve', false)).resolves.toBe(false);
  });

  it('is not thought gone because Step Functions had a bad moment', async () => {
    world.fault = () => {
      throw named('ThrottlingException');
    };

    await expect(taskDecided('token-1', 'approve', false)).rejects.toThrow();
    await expect(statusOf(runArn())).rejects.toThrow();
  });

  it('that never was has no status', async () => {
    await expect(statusOf(runArn())).resolves.toBeUndefined();
  });

  it('of a claimed generation is started if it was not, and only for that generation', async () => {
    const row = gated({ verdict: 'ask', generation: 2, executionArn: runArn(2) });

    await startClaimed(row);
    await startClaimed(row);
    await startClaimed({ ...row, generation: 3 });

    expect([...world.executions.keys()]).toEqual([runName(), runName(2)]);
  });
});
