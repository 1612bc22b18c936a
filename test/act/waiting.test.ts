import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ActionMessage } from '../../lambdas/contract/item/messages.ts';
import { forceBreaker } from '../../lambdas/tables/control/breakers.ts';
import { bookingOf } from '../../lambdas/tables/control/limits/bookings.ts';
import { reserve } from '../../lambdas/tables/control/limits/limits.ts';
import { destinationsAt } from '../support/destinations.ts';
import { ENV, gated, ID, proposal, sqsRecord, stored } from '../support/fixtures.ts';
import { limited } from '../support/limits.ts';
import { CLOSE, listing, listOf, REFUND } from '../support/list.ts';
import { time, world } from '../support/world.ts';
import { freshLedger, ledger, released, told } from './world.ts';

/* An action whose destination an operator holds back. */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const automation = limited({ perDay: { count: 1 } }) as unknown as Automation;

beforeEach(async () => {
  await freshLedger();
  gated();
});
afterEach(() => ledger.close());

async function hold(state: 'open' | 'closed' = 'open'): Promise<void> {
  await forceBreaker(
    'control',
    { kind: 'destination', name: 'ledger' },
    { state, reason: 'maintenance', by: 'test' },
  );
  // That all is well is remembered for ten seconds.
  time.advance(11);
}

const first: ActionMessage = { itemId: ID, generation: 1 };

const act = (message = first) =>
  actOn(sqsRecord(message), { ...ENV, DESTINATIONS: destinationsAt(ledger.url) }, automation);

/** Delivers what waits, until nothing is sent anew. Hours that went by. */
async function waited(): Promise<number> {
  const from = time.at;
  for (let messages: unknown[] = [first]; messages.length > 0; messages = world.taken('actions')) {
    await act(messages[0] as ActionMessage);
    time.advance(600);
  }
  return (time.at - from) / 3_600_000;
}

describe('an action that waits for its destination', () => {
  it('is given up after ten hours: its item is parked, and no message comes again', async () => {
    await hold();
    expect(await waited()).toBeCloseTo(10, 0);
    expect(told()).toEqual({
      ...{ status: 'parked', error: 'TransientError' },
      cause: "destination 'ledger': its breaker is open (maintenance)",
    });
    expect(ledger.seen).toEqual([]);
  });

  it('gives back what was counted when it is given up', async () => {
    const reserver = { automation: 'demo', itemId: ID, generation: 1 };
    const booking = bookingOf(automation, proposal(), {}, time.at);
    if (!booking) throw new Error('the fixture counts nothing');
    expect(await reserve('control', reserver, booking, true)).toBeUndefined();
    await hold();
    await waited();
    const other = { ...reserver, itemId: 'demo_other' };
    expect(await reserve('control', other, booking, true)).toBeUndefined();
  });

  it('is given up where nobody can tell since when it waits', async () => {
    await hold();
    await act({ ...first, waitingSince: 'long ago' });
    expect(told()).toMatchObject({ status: 'parked', error: 'TransientError' });
    expect(world.taken('actions')).toEqual([]);
  });

  it('is acted on by one of two messages that wait, as after a crash of their worker', async () => {
    await hold();
    await act();
    await act();
    const both = world.taken('actions') as ActionMessage[];
    expect(both).toHaveLength(2);
    await hold('closed');
    for (const message of both) await act(message);
    expect(ledger.seen).toHaveLength(1);
  });

  it('is not called when its item is withdrawn meanwhile', async () => {
    await hold();
    await act();
    world.tables.put('items', { ...stored(), status: 'withdrawn' });
    await hold('closed');
    for (const message of world.taken('actions') as ActionMessage[]) await act(message);
    expect(ledger.seen).toEqual([]);
  });
});

it('an action that is done waits for nobody', async () => {
  await act();
  await hold();
  await act({ ...first, generation: released() });
  expect(world.taken('actions')).toEqual([]);
  expect(told()).toEqual({ status: 'done' });
  expect(ledger.seen).toHaveLength(1);
});

describe('a list whose destinations are down one after the other', () => {
  const two = {
    ...listing,
    actions: { ...listing.actions, close: { ...listing.actions.close, destination: 'desk' } },
  } as Automation;
  const deliver = (message: ActionMessage) => {
    const DESTINATIONS = destinationsAt(ledger.url, {}, ['ledger', 'desk']);
    return actOn(sqsRecord(message), { ...ENV, DESTINATIONS }, two);
  };

  it('waits for each as long as for one', async () => {
    const list = listOf([REFUND, CLOSE]);
    const further = list.further?.map((one) => ({ ...one, destination: 'desk' })) ?? [];
    gated({}, { ...list, further });
    await forceBreaker(
      'control',
      { kind: 'destination', name: 'desk' },
      { state: 'open', reason: 'maintenance', by: 'test' },
    );
    time.advance(11);

    // The first of them was waited for nearly as long as may be.
    await deliver({ ...first, waitingSince: new Date(time.at - 9.9 * 3_600_000).toISOString() });
    expect(ledger.seen).toHaveLength(1);
    const [message] = world.taken('actions') as ActionMessage[];
    expect(message?.waitingSince).toBe(new Date(time.at).toISOString());

    time.advance(3 * 3600);
    await deliver(message as ActionMessage);
    expect(told()).toEqual({ status: 'acting' });
    expect(world.taken('actions')).toMatchObject([{ waitingSince: message?.waitingSince }]);
  });
});
