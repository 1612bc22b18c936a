import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ID, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { act, automation, begin, command, documentOf, done, freshWorld, ledger, think } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshWorld);
afterEach(() => ledger.close());

describe('a worker that thinks about it', () => {
  it('dies anywhere, and the next one asks about the same', async () => {
    const { body } = await command();
    const from = world.calls.length;
    await think(body.id);
    const calls = world.calls.length - from;
    for (let point = 1; point <= calls; point += 1) {
      await begin();
      const { body: made } = await command();
      world.crashAt(point, true);
      await think(made.id).catch(() => {});
      world.revive();
      time.advance(1000);
      await think(made.id, { receives: 2 });
      expect(stored(made.id).verdict, `call ${point}`).toBe('ask');
      expect(world.executions.size, `call ${point}`).toBe(1);
    }
  });

  it.each([
    ['was erased since', { erasedAt: '2026-12-02T00:00:00.000Z' }, 'erased'],
    ['is not done any more', { ledger: {}, action: undefined, actions: undefined }, 'not done'],
    ['has another proposal by now', { proposalKey: 'other' }, 'no longer kept, or was changed'],
  ])('rests where what it is to take back %s', async (_, fields, why) => {
    const { body } = await command();
    world.content.set('bucket/other', JSON.stringify({ ...documentOf(ID), brief: 'forged' }));
    world.tables.put('items', { ...stored(), ...fields });

    await think(body.id);

    expect(stored(body.id)).toMatchObject({
      status: 'parked',
      error: { message: expect.stringContaining(why) },
    });
    expect(world.executions.size).toBe(0);
  });

  it('tells nothing of what the code was given when it fails', async () => {
    const fails = {
      ...automation,
      actions: {
        ...automation.actions,
        refund: {
          ...automation.actions.refund,
          compensate: {
            action: 'charge',
            parameters: ({ body }: { body: unknown }) => {
              throw new Error(JSON.stringify(body));
            },
          },
        },
      },
    } as typeof automation;
    const { body } = await command();
    await think(body.id, { of: fails });
    expect(stored(body.id).error?.message).toBe("the code of 'compensate' of action 'refund' failed");
    expect(JSON.stringify(stored(body.id))).not.toContain('charged twice');
  });
});

it('a parked list does not go on while what it has done is taken back', async () => {
  world.tables.put('items', { ...stored(), ...parkedAfterFirst() });
  ledger.seen.length = 0;
  await command();
  world.tables.put('items', { ...stored(), status: 'processing' });

  await act(ID);

  expect(done()).toEqual([]);
  expect(stored()).toMatchObject({
    status: 'parked',
    error: { message: expect.stringContaining('action 1 is taken back, or may be') },
  });
});

function parkedAfterFirst() {
  const [first] = Object.entries(stored().ledger ?? {});
  return { status: 'parked' as const, ledger: Object.fromEntries(first ? [first] : []) };
}
