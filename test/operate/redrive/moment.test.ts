import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { row as approval, sealOf } from '../../support/desk.ts';
import { ID, stored } from '../../support/fixtures.ts';
import { Crash, time, world } from '../../support/world.ts';
import {
  act,
  calls,
  closeHouse,
  demo,
  freshHouse,
  paid,
  posted,
  redrive,
  redriven,
  settle,
  think,
} from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshHouse);
afterEach(closeHouse);

const asks: Automation = { ...demo, gate: () => ({ verdict: 'ask', reasons: ['large'] }) };
const FIRST = { itemId: ID, generation: 1 };

/** Does something once, just before the redrive's own write to the item. */
function justBefore(does: () => void): void {
  world.fault = (call, input) => {
    if (!call.includes('Update') || !JSON.stringify(input).includes('"redriven"')) return;
    world.fault = undefined;
    does();
  };
}

function approved(): void {
  const at = new Date(time.at).toISOString();
  const fields = {
    status: 'decided',
    decision: 'approve',
    decidedBy: 'ann@example.com',
    carriedAt: at,
  } as const;
  const row = { ...approval(), ...fields };
  world.tables.put('approvals', { ...row, seal: sealOf(row) });
}

describe('in the moment of a redrive', () => {
  it('a worker takes the item up: it is left to that one', async () => {
    posted();
    world.queues.clear();
    justBefore(() =>
      world.tables.put('items', {
        ...stored(),
        ...{ status: 'processing', leaseBy: 'w', leaseUntil: time.at + 40_000 },
        updatedAt: new Date(time.at).toISOString(),
      }),
    );
    const { status, body } = await redrive();
    expect([status, body.detail]).toEqual([409, expect.stringContaining('a worker has the item in hand')]);
    expect([stored().generation, world.sent('work')]).toEqual([1, []]);
  });

  it('an approval is carried: the item goes on by it, and acts once', async () => {
    posted();
    await settle(asks);
    time.advance(5);
    justBefore(() => {
      approved();
      world.tables.put('items', {
        ...stored(),
        status: 'processing',
        updatedAt: new Date(time.at).toISOString(),
      });
    });
    expect((await redrive()).status).toBe(202);
    // The action that the approval's own run sends.
    await act(FIRST);
    await settle(asks);
    expect(stored()).toMatchObject({ status: 'done', generation: 2, approvalId: `${ID}-g1` });
    expect(calls()).toHaveLength(1);
  });

  it('people approve behind its back: that decision acts on nothing, and they are asked again', async () => {
    posted();
    await settle(asks);
    justBefore(approved);
    expect((await redrive()).status).toBe(202);
    await act(FIRST);
    await settle(asks);
    expect(stored()).toMatchObject({ status: 'waiting_approval', approvalId: `${ID}-g2` });
    expect(calls()).toEqual([]);
  });

  it('it is done: nobody is asked about it again', async () => {
    posted();
    await settle(asks);
    time.advance(5);
    justBefore(() =>
      world.tables.put('items', {
        ...stored(),
        status: 'done',
        updatedAt: new Date(time.at).toISOString(),
      }),
    );
    const { status, body } = await redrive();
    expect([status, body.detail]).toEqual([409, expect.stringContaining("is 'done' by now")]);
    expect(stored()).toMatchObject({ status: 'done', generation: 1 });
    // Who has seen that it is done means it so.
    expect((await redrive({ ifStatus: 'done' })).status).toBe(202);
  });

  it('a moment earlier it was still what its operator saw', async () => {
    posted();
    await settle(asks);
    world.tables.put('items', { ...stored(), status: 'done' });
    const before = world.tables.all('audit').length;
    const { status, body } = await redrive({ ifStatus: 'waiting_approval' });
    expect([status, body.itemStatus]).toEqual([409, 'done']);
    expect(world.tables.all('audit')).toHaveLength(before);
    expect(stored().generation).toBe(1);
    expect((await redrive({ ifStatus: 'asleep' })).body).toMatchObject({
      errors: [{ pointer: '/ifStatus' }],
    });
  });

  it('of a lost answer the same command gets its answer again', async () => {
    posted();
    await settle(asks);
    const seen = { ifStatus: 'waiting_approval' };
    expect((await redrive(seen)).body).toEqual((await redrive(seen)).body);
    expect(stored().generation).toBe(2);
  });

  it('its action begins: that is not overtaken', async () => {
    posted();
    await think(FIRST);
    time.advance(5);
    const intent = { state: 'intent', generation: 1, tries: 1, leaseUntil: time.at + 45_000 } as const;
    justBefore(() =>
      world.tables.put('items', {
        ...stored(),
        ...{ status: 'acting', ledger: { x: intent }, updatedAt: new Date(time.at).toISOString() },
      }),
    );
    expect((await redrive()).status).toBe(409);
    expect(redriven()).toEqual([]);
  });

  it('its answer is lost, and the SDK asks a second time: it is one generation', async () => {
    posted({ status: 'parked' });
    world.queues.clear();
    world.fault = (call, input) => {
      if (!call.includes('Update') || !JSON.stringify(input).includes('"redriven"')) return;
      world.fault = undefined;
      // The first try has been written.
      world.tables.run('UpdateCommand', input as never);
    };
    const { status, body } = await redrive({ fresh: true });
    expect([status, body.generation]).toEqual([202, 2]);
    expect(redriven()).toHaveLength(1);
    await settle();
    expect([stored().status, calls().length, paid()]).toEqual(['done', 1, 1]);
  });
});

it('an action whose worker died, and whose message is among the dead letters, goes on with its key', async () => {
  posted();
  await think(FIRST);
  world.fault = (_call, input) => {
    if (!JSON.stringify(input).includes('"state":"done"')) return;
    world.dead = true;
    throw new Crash('the worker died here');
  };
  await act(FIRST).catch(() => {});
  world.fault = undefined;
  world.revive();
  world.queues.clear();
  expect(stored().status).toBe('acting');
  expect((await redrive()).status).toBe(409);

  time.advance(60);
  expect((await redrive()).status).toBe(202);
  await settle();

  expect(stored()).toMatchObject({ status: 'done', generation: 2 });
  expect(calls()).toHaveLength(2);
  expect(new Set(calls()).size).toBe(1);
});
