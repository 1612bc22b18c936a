import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { itemSchema } from '../../lambdas/api/openapi/schemas.ts';
import { STATUSES } from '../../lambdas/contract/item/status.ts';
import { tellParent } from '../../lambdas/tables/items/family.ts';
import { fullView } from '../../lambdas/tables/items/view.ts';
import { withdrawItem } from '../../lambdas/tables/items/withdrawal.ts';
import { SHOP } from '../support/api.ts';
import { eventsOf, ID, stored } from '../support/fixtures.ts';
import { Crash, time, world } from '../support/world.ts';
import {
  act,
  agreed,
  begin,
  children,
  command,
  documentOf,
  done,
  freshWorld,
  ledger,
  REASON,
  think,
} from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshWorld);
afterEach(() => ledger.close());

const view = (id = ID) =>
  fullView(stored(id), { approvalTable: 'approvals', bucket: 'bucket', client: 'shop', operator: true });

/** As the stream tells it. */
const toldParent = (id: string) =>
  tellParent('items', ID, { id, status: stored(id).status, at: new Date(time.at).toISOString() }, true);

describe('an action that an operator wants taken back', () => {
  it('is proposed by code, asked about, done once, and told of in both items', async () => {
    const { status, body } = await command();
    expect(status).toBe(200);
    expect(itemSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({ status: 'received', parent: ID, compensates: { item: ID, action: 1 } });
    expect((await view()).actions?.[0]?.compensation).toEqual({ item: body.id, status: 'received' });

    await think(body.id);

    expect(stored(body.id)).toMatchObject({
      verdict: 'ask',
      reasons: [`'ops' asks to take back action 1 ('refund') of item ${ID.slice(-7)}`],
    });
    expect(stored(body.id).costUsd).toBe(0);
    expect(documentOf(body.id)).toMatchObject({
      ...{ action: 'charge', parameters: { amount: '24.90', refund: 'R-1' }, models: [], briefBy: 'code' },
      compensates: { summary: 'Refund EUR 24.90', by: 'ops', reason: REASON, doneAt: expect.any(String) },
      text: 'charged twice',
    });

    agreed(body.id);
    await act(body.id);
    await toldParent(body.id);
    await act(body.id, 2);

    expect(done().map(({ action }) => action)).toEqual(['refund', 'note', 'close', 'charge']);
    expect(stored(body.id).status).toBe('done');
    const parent = await view();
    expect(itemSchema.parse(JSON.parse(JSON.stringify(parent)))).toMatchObject({
      ...{ status: 'done', children: [body.id] },
      actions: [{ status: 'done', compensation: { item: body.id, status: 'done' } }, { status: 'done' }, {}],
    });
    expect(parent.actions?.[1]).not.toHaveProperty('compensation');
    expect(eventsOf()).toContain('compensation_asked');
    expect(stored(body.id).timeline.slice(0, 2)).toMatchObject([
      { event: 'received', door: 'compensate' },
      { event: 'compensation_asked', by: 'ops', reason: REASON, parent: ID },
    ]);
    expect(world.tables.all('audit')).toMatchObject([
      { event: 'command', command: 'compensate action=1 refund', by: 'ops', itemId: ID, comment: REASON },
    ]);
    const again = await command();
    expect([again.status, again.body.detail]).toEqual([
      409,
      `action 1 was taken back by item ${body.id}, which is 'done'`,
    ]);
  });

  it('is known by its name, and gets what an earlier action was answered', async () => {
    const { body } = await command({ action: 'note' });
    await think(body.id);
    expect(documentOf(body.id)).toMatchObject({ action: 'unnote', parameters: { note: 'R-1' } });
  });

  it('is taken back as an approver had edited it', async () => {
    const row = stored();
    const edited = { ...documentOf(ID), parameters: { amount: '9.90' } };
    const { digest } = await import('../../lambdas/kit/digest.ts');
    const first = digest(edited).slice(0, 16);
    const from = row.action?.idempotencyKey.slice(ID.length + 1) ?? '';
    world.content.set('bucket/edited', JSON.stringify(edited));
    world.tables.put('approvals', { id: `${ID}-g1`, proposalKey: 'edited', expiresAt: 2_000_000_000 });
    world.tables.put('items', {
      ...JSON.parse(JSON.stringify(row).replaceAll(from, first)),
      approvalId: `${ID}-g1`,
    });

    const { body } = await command();
    await think(body.id);

    expect(documentOf(body.id).parameters).toMatchObject({ amount: '9.90' });
  });

  it.each(['rejected', 'expired', 'withdrawn', 'refused'] as const)(
    'that ended %s leaves its item as it was, and may be asked for once more',
    async (status) => {
      const { body } = await command();
      world.tables.put('items', { ...stored(body.id), status });
      await toldParent(body.id);

      expect(await view()).toMatchObject({ status: 'done', actions: [{ compensation: { status } }, {}, {}] });
      const second = await command();
      expect(second.status).toBe(200);
      expect(second.body.id).not.toBe(body.id);
      expect(stored().compensations).toEqual([{ action: 1, item: second.body.id, attempt: 2 }]);
    },
  );

  it('asks again with the same proposal where an approver sent it back', async () => {
    const { body } = await command();
    await think(body.id);
    const before = documentOf(body.id);
    const approvalId = `${body.id}-g1`;
    world.tables.put('items', {
      ...stored(body.id),
      status: 'processing',
      generation: 2,
      sentBack: [approvalId],
    });
    const { verdict: _, ...row } = stored(body.id);
    world.tables.put('items', row);

    await think(body.id, { generation: 2, receives: 2 });

    expect(documentOf(body.id)).toMatchObject({ generation: 2, parameters: before.parameters });
    expect(stored(body.id).reasons).toContain('an approver sent an earlier proposal back');
  });

  it('can be withdrawn before it is done', async () => {
    const { body } = await command();
    await think(body.id);
    expect(await withdrawItem('items', stored(body.id), { by: 'ops' })).toBe(true);
    await act(body.id);
    expect(done()).toHaveLength(3);
  });
});

describe('what cannot be taken back is refused, and nothing of it is kept', () => {
  const refusal = async (fields: object, body: object = {}) => {
    world.tables.put('items', { ...stored(), ...fields });
    const before = stored();
    const answered = await command(body);
    expect(children()).toEqual([]);
    expect(stored()).toEqual(before);
    expect(world.tables.all('audit')).toEqual([]);
    return [answered.status, answered.body.detail];
  };

  it.each(STATUSES.filter((it) => it !== 'done' && it !== 'parked'))(
    'of an item that is %s',
    async (status) => {
      expect((await refusal({ status }))[0]).toBe(409);
    },
  );
  it('of an item that is erased', async () => {
    expect(await refusal({ erasedAt: '2026-12-02T00:00:00.000Z' })).toEqual([
      409,
      'the item is erased: what it did can only be taken back there',
    ]);
  });
  it('of an item whose content is gone', async () => {
    world.content.delete(`bucket/${stored().proposalKey}`);
    expect(await refusal({})).toEqual([
      409,
      'what the item proposed is no longer kept: take it back at the destination',
    ]);
  });
  it('for which nothing is declared', async () => {
    expect((await refusal({}, { action: 3 }))[1]).toContain("action 'close' has no 'compensate'");
  });
  it.each([
    [4, 409],
    ['pay', 409],
    [0, 400],
    [1.5, 400],
    ['x'.repeat(101), 400],
  ])('as there is no such action: %s is %d', async (action, code) => {
    expect((await refusal({}, { action }))[0]).toBe(code);
  });
  it('of which it is not clear which is meant', async () => {
    const actions = stored().actions?.map((one) => ({ ...one, name: 'refund' }));
    expect((await refusal({ actions }, { action: 'refund' }))[1]).toContain('name one by its number');
  });
  it('that is not done', async () => {
    const ledgerOf = Object.fromEntries(
      Object.entries(stored().ledger ?? {}).map(([key, entry], at) => [
        key,
        at === 1 ? { ...entry, state: 'failed' as const } : entry,
      ]),
    );
    expect((await refusal({ status: 'parked', ledger: ledgerOf }, { action: 2 }))[1]).toContain("'failed'");
  });
  it('without a reason', async () => {
    expect((await refusal({}, { reason: '' }))[0]).toBe(400);
  });
});

describe('whoever asks', () => {
  it.each([
    ['a client, also of its own item', SHOP, 403],
    ['an operator of another automation', { client: 'ops', automations: 'other', role: 'operator' }, 404],
  ])('%s is refused', async (_, caller, code) => {
    expect((await command({}, { caller })).status).toBe(code);
    expect(children()).toEqual([]);
  });

  it('at the same moment as somebody else makes one item with them', async () => {
    const answers = await Promise.all([command(), command(), command({ reason: 'me too, please' })]);

    expect(children()).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    const events = eventsOf().filter((it) => it === 'compensation_asked');
    expect(events).toHaveLength(1);
  });

  it('dies anywhere, and asks again: it is one item, done once', async () => {
    await command();
    const calls = world.calls.length;
    await begin();
    const start = world.calls.length;
    for (let point = 1; point <= calls - start; point += 1)
      for (const after of [false, true]) {
        await begin();
        world.crashAt(point, after);
        await command().catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
        world.revive();

        const answered = await command();

        const where = `call ${point}, after: ${after}`;
        expect([200, 409], where).toContain(answered.status);
        expect(children(), where).toHaveLength(1);
        const id = String(children()[0]?.id);
        expect(world.sent('work'), where).toContainEqual({ itemId: id, generation: 1 });
        await think(id);
        agreed(id);
        await act(id);
        await act(id, 2);
        expect(
          done().filter(({ action }) => action === 'charge'),
          where,
        ).toHaveLength(1);
      }
  });
});
