import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ActionMessage } from '../../lambdas/contract/item/messages.ts';
import { releaseHold, setHold } from '../../lambdas/tables/control/hold.ts';
import { destinationsAt } from '../support/destinations.ts';
import { automation as demo, ENV, gated, ID, sqsRecord, stored } from '../support/fixtures.ts';
import { CLOSE, listing, listOf, REFUND } from '../support/list.ts';
import { Crash, time, world } from '../support/world.ts';
import { freshLedger, ledger } from './world.ts';

/* Actions that an operator holds. */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const first: ActionMessage = { itemId: ID, generation: 1 };
const reason = 'the ledger moves';
const automation = { now: demo as unknown as Automation };

const act = (message = first) =>
  actOn(sqsRecord(message), { ...ENV, DESTINATIONS: destinationsAt(ledger.url) }, automation.now);

async function hold(actions?: string[], mode: 'suspend' | 'drain' = 'suspend'): Promise<void> {
  await setHold('control', 'demo', { mode, actions, by: 'olga', reason });
  time.advance(11);
}

/** Delivers what waits, hour by hour. */
async function hours(count: number): Promise<void> {
  for (let hour = 0; hour < count; hour += 1) {
    for (const message of world.taken('actions')) await act(message as ActionMessage);
    time.advance(3600);
  }
}

beforeEach(async () => {
  await freshLedger();
  automation.now = demo as unknown as Automation;
});
afterEach(() => ledger.close());

describe('an action of a suspended automation', () => {
  it('waits for longer than a destination may be waited for, and is done once', async () => {
    gated();
    await hold();
    await act({ ...first, waitingSince: new Date(time.at - 9 * 3_600_000).toISOString() });
    expect(world.sent('actions')).toEqual([first]);
    expect(world.delays.at(-1)).toEqual({ queue: 'actions', seconds: 60 });
    await hours(30);
    expect(ledger.seen).toEqual([]);
    const told = stored().timeline.filter(({ event }) => event === 'waiting');
    expect(told).toMatchObject([{ stage: 'act', by: 'olga', reason }]);
    expect(stored().status).toBe('processing');
    await releaseHold('control', 'demo');
    await hours(2);
    expect(ledger.seen).toHaveLength(1);
    expect(stored().status).toBe('done');
  });

  it('is done once where its worker died after the message was sent anew', async () => {
    gated();
    await hold();
    world.fault = (call) => {
      if (!call.includes('UpdateCommand')) return;
      world.dead = true;
      throw new Crash('the worker died here');
    };
    await expect(act()).rejects.toBeInstanceOf(Crash);
    world.fault = undefined;
    world.revive();
    await act();
    expect(world.sent('actions')).toEqual([first, first]);
    await releaseHold('control', 'demo');
    await hours(2);
    expect(ledger.seen).toHaveLength(1);
    expect(stored().status).toBe('done');
  });

  it('goes on while the automation drains', async () => {
    gated();
    await hold(undefined, 'drain');
    await act();
    expect(stored().status).toBe('done');
  });
});

describe('an action that is held by its name', () => {
  it('waits alone, and its list goes on in order after', async () => {
    automation.now = listing;
    gated({}, listOf([REFUND, CLOSE]));
    await hold([CLOSE.action]);
    await act();
    expect(ledger.seen).toHaveLength(1);
    await hours(12);
    expect(ledger.seen).toHaveLength(1);
    expect(stored().status).toBe('acting');
    await releaseHold('control', 'demo', [CLOSE.action]);
    await hours(2);
    expect(ledger.seen).toHaveLength(2);
    expect(stored().status).toBe('done');
  });

  it('leaves the others alone', async () => {
    gated();
    await hold(['another']);
    await act();
    expect(stored().status).toBe('done');
  });
});
