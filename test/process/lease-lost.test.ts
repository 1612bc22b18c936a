import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { stored } from '../support/fixtures.ts';
import { Crash, named, time, world } from '../support/world.ts';
import { COST_USD, deliver, deliver as deliverOnce, freshItem, told } from './lease-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshItem);
afterEach(() => told.server.close());

function meanwhile(does: () => unknown): void {
  told.between = async () => {
    told.between = async () => {};
    await does();
  };
}

describe('a worker that was frozen, and whose successor died', () => {
  it('is not done with the message, which nobody else carries on', async () => {
    const now = new Date(time.at).toISOString();
    const wait = { for: 'endpoint', generation: 1, since: now, until: now };
    put({ status: 'processing', ticket: 'its-own', wait });
    const deliver = (receives: number) => deliverOnce(receives, {}, { ticket: 'its-own' });
    meanwhile(async () => {
      time.advance(46);
      // After it has looked at what is held and at the item, and has claimed it.
      world.crashAt(3, true);
      await expect(deliver(2)).rejects.toBeInstanceOf(Crash);
      world.revive();
      time.advance(50);
      throw new Waiting('the endpoint is full', 5);
    });

    await expect(deliver(1)).rejects.toThrow('another delivery');

    await deliver(3);
    expect(stored()).toMatchObject({ verdict: 'act' });
  });
});

describe('a verdict that was written while its answers were lost', () => {
  it.each([1, 2, 3, 4, 5])('is sent on, also where that was receive %i', async (receives) => {
    let lost = false;
    world.fault = (call, input) => {
      if (lost || !call.includes('UpdateCommand') || input.TableName !== 'items' || world.content.size < 2)
        return;
      lost = true;
      world.tables.run('UpdateCommand', input as never);
      throw named('TimeoutError');
    };

    await deliver(receives).catch(() => deliver(receives + 1));

    expect(stored()).toMatchObject({ status: 'processing', verdict: 'act' });
    expect(world.sent('actions')).toHaveLength(1);
  });
});

describe('the calls of a worker that lost its item', () => {
  it('take away none that the other one writes at that moment', async () => {
    const theirs = { ...entry(), at: '2026-12-01T08:00:00.000Z' };
    meanwhile(() => {
      time.advance(46);
      let looked = false;
      put({ leaseBy: 'another', leaseUntil: time.at + 45_000, updatedAt: 'later' });
      world.fault = (call, { TableName }) => {
        if (!call.includes('UpdateCommand') || TableName !== 'items') return;
        // Between the look at the row and the write to it.
        if (looked && stored().updatedAt === 'later')
          put({ lineage: [theirs], costUsd: COST_USD, updatedAt: 'later still' });
        looked = true;
      };
    });

    await expect(deliver()).rejects.toThrow('the lease of this item is over');

    expect(stored().lineage).toHaveLength(2);
    expect(stored()).toMatchObject({ costUsd: 2 * COST_USD, leaseBy: 'another' });
  });
});

function put(change: object): void {
  world.tables.put('items', { ...stored(), ...change });
}

function entry() {
  return {
    ...{ step: 'route', provider: 'acme', endpoint: 'acme', model: 'small', promptVersion: 'route.v1' },
    ...{ inputTokens: 100, outputTokens: 10, costUsd: COST_USD, milliseconds: 1 },
  };
}
