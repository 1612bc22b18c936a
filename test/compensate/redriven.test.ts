import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registryEntry } from '../../lib/parts/registry.ts';
import { OPERATOR, through } from '../support/api.ts';
import { stored } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';
import { act, agreed, automation, command, documentOf, done, freshWorld, ledger, think } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshWorld);
afterEach(() => ledger.close());

const redrive = (id: string, body: object = {}) =>
  through((event, caller) => answer(event, caller, [registryEntry(automation)], [], [automation]), {
    route: 'POST /v1/items/{id}/redrive',
    path: `/v1/items/${id}/redrive`,
    params: { id },
    body: { reason: 'the ledger is well again', ...body },
    caller: OPERATOR,
  });

async function takenBack(): Promise<string> {
  const { body } = await command();
  await think(body.id);
  agreed(body.id);
  await act(body.id);
  return body.id;
}

describe('an item that takes an action back', () => {
  it('and has done so is not let go on: nothing is taken back twice', async () => {
    const id = await takenBack();
    expect(stored(id).status).toBe('done');
    for (const body of [{}, { fresh: true }, { version: 'current' }]) {
      const { status, body: said } = await redrive(id, body);
      expect([status, said.detail]).toEqual([
        409,
        'the item has taken an action back: that is not done a second time',
      ]);
    }
    expect(done().map(({ action }) => action)).toEqual(['refund', 'note', 'close', 'charge']);
  });

  it('and was refused is proposed anew by the code as it is now, and people are asked again', async () => {
    ledger.answers = [{ status: 422 }];
    const id = await takenBack();
    expect(stored(id)).toMatchObject({ status: 'quarantined' });
    const before = stored(id).approvalId;

    expect((await redrive(id, { fresh: true })).status).toBe(202);
    await think(id, { generation: 2 });

    expect(stored(id)).toMatchObject({ generation: 2, verdict: 'ask', status: 'processing' });
    expect(stored(id).approvalId).not.toBe(before);
    expect(documentOf(id)).toMatchObject({ action: 'charge', compensates: { action: 1 } });
    expect(stored(id).reasons).toHaveLength(1);
  });

  it('and may have done so tells whoever is asked again', async () => {
    ledger.answers = [{ status: 500 }];
    const id = await takenBack().catch(() => String(stored().compensations?.[0]?.item));
    world.tables.put('items', { ...stored(id), status: 'parked' });
    time.advance(300);

    expect((await redrive(id, { fresh: true })).status).toBe(202);
    await think(id, { generation: 2 });

    expect(stored(id).reasons).toEqual([
      expect.stringContaining('asks to take back action 1'),
      'an action of this item was done before, or may have been',
    ]);
  });
});
