import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import type { ItemStatus } from '../../../lambdas/contract/item/status.ts';
import { clock } from '../../../lambdas/kit/clock.ts';
import { fullView, itemView, waitForRest } from '../../../lambdas/tables/items/view.ts';
import { gated, ID, itemRow } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', async (actual) => ({
  ...(await actual<typeof import('../../../lambdas/kit/clock.ts')>()),
  sleep: async (milliseconds: number) => time.advance(milliseconds / 1000),
}));

beforeEach(() => {
  world.reset();
  time.freeze();
  clock.now = () => time.at;
});

/** The item goes through these, one with every look. */
function going(...statuses: ItemStatus[]): void {
  world.tables.put('items', itemRow());
  world.fault = () => {
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    world.tables.put('items', itemRow({ status: status as ItemStatus }));
  };
}

const wait = async (seconds: number) => (await waitForRest('items', ID, seconds))?.status;
const began = Date.parse('2026-12-01T09:00:00.000Z');
const waited = () => (time.at - began) / 1000;

describe('waiting for an item', () => {
  it.each([
    'done',
    'rejected',
    'refused',
    'expired',
    'quarantined',
    'parked',
    'suspended',
    'deferred',
  ] as const)('ends when it is %s', async (status) => {
    going('received', 'processing', status);

    expect(await wait(20)).toBe(status);
    expect(waited()).toBeLessThan(1);
  });

  it('ends when it begins to wait for a person: that takes hours', async () => {
    going('processing', 'waiting_approval');

    expect(await wait(20)).toBe('waiting_approval');
    expect(waited()).toBeLessThan(1);
  });

  it('goes on for a caller who knows that a person is asked, until that is over', async () => {
    going('waiting_approval', 'waiting_approval', 'processing', 'acting', 'done');

    expect(await wait(20)).toBe('done');
  });

  it('ends after its time and not later', async () => {
    going('processing');

    expect(await wait(3)).toBe('processing');
    expect(waited()).toBeCloseTo(3);
  });

  it('looks once where it is not to wait', async () => {
    going('processing');

    expect(await wait(0)).toBe('processing');
    expect(world.calls).toHaveLength(1);
  });

  it('tells within a tenth of a second of a short line, and does not read what the caller has just seen', async () => {
    going('processing');
    const ends = began + 450;
    world.fault = () => {
      if (time.at >= ends) world.tables.put('items', itemRow({ status: 'done' }));
    };

    expect((await waitForRest('items', ID, 20, itemRow()))?.status).toBe('done');

    expect(time.at - ends).toBeLessThanOrEqual(100);
    expect(world.calls).toHaveLength(4);
  });

  it('reads nothing where the item is at rest already', async () => {
    expect((await waitForRest('items', ID, 20, itemRow({ status: 'done' })))?.status).toBe('done');
    expect(world.calls).toEqual([]);
  });

  it('is not done for an item that is not there', async () => {
    expect(await wait(20)).toBeUndefined();
    expect(waited()).toBe(0);
  });

  it('loads the table no more than twice a second in the long run', async () => {
    going('processing');
    await wait(25);

    expect(world.calls.length).toBeLessThan(62);
  });
});

describe('the story of an item', () => {
  it('never tells where its content lies, nor its callback address or client', () => {
    const row = itemRow({
      callbackUrl: 'https://x.example',
      proposalKey: 'k',
      executionArn: 'arn',
    }) as ItemRow;

    const told = JSON.stringify(itemView(row, {}));

    for (const secret of [
      'callbackUrl',
      'bodyKey',
      'proposalKey',
      'executionArn',
      'client',
      'expiresAt',
      'order',
    ]) {
      expect(told).not.toContain(`"${secret}"`);
    }
  });

  it('is told though its question is gone', async () => {
    const row = gated({ approvalId: 'gone' });

    const story = await fullView(row, { approvalTable: 'approvals', bucket: 'bucket' });

    expect(story).toMatchObject({ id: ID, proposal: { action: 'pay' } });
    expect(story.approval).toBeUndefined();
  });
});
