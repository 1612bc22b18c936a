import { beforeEach, describe, expect, it, vi } from 'vitest';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { type Request, through } from '../support/api.ts';
import { automation, ENV, itemRow } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const post = (given: Request = {}) =>
  through((event, caller) => postItem(event, caller, automation as never, ENV), given);
const keyed = (key: string, body: unknown = { text: 'charged twice' }) =>
  post({ headers: { 'idempotency-key': key }, body });
const items = () => world.tables.all('items');
const queued = () => world.sent('work') as { itemId: string; generation: number }[];

describe('an item that is taken in', () => {
  it('is in the table, its content in the bucket, its id in the queue and nothing else', async () => {
    const { status, body } = await post({ headers: { 'signalbox-priority': 'urgent' } });

    expect(status).toBe(202);
    expect(body).toEqual({
      id: body.id,
      automation: 'demo',
      status: 'received',
      links: { self: `/v1/items/${body.id}` },
    });
    expect(items()).toMatchObject([
      { id: body.id, client: 'shop', priority: 'urgent', generation: 1, status: 'received' },
    ]);
    expect(JSON.parse(world.content.get(`bucket/items/${body.id}/body.json`) ?? '')).toEqual({
      text: 'charged twice',
    });
    expect(queued()).toEqual([{ itemId: body.id, generation: 1 }]);
    expect(world.tables.snapshot()).not.toContain('charged twice');
    expect(items()[0]?.expiresAt).toBe(time.at / 1000 + 400 * 86_400);
  });

  it('has an id that cannot be guessed and fits an execution name', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, index) => post({ body: { text: `t${index}` } })),
    );

    expect(new Set(ids.map(({ body }) => body.id)).size).toBe(20);
    for (const { body } of ids) expect(body.id).toMatch(/^demo_[0-9a-f]{32}$/);
  });

  it('is refused from a client who may use other automations only', async () => {
    const { status, body } = await post({
      caller: { client: 'x', automations: 'other,demo2', role: 'client' },
    });

    expect([status, body.detail]).toEqual([403, expect.stringContaining("'demo'")]);
    expect(world.calls).toEqual([]);
  });

  it('is refused from nobody', async () => {
    for (const caller of [null, {}, { client: 'x' }, { client: '', automations: 'demo' }]) {
      expect(await post({ caller })).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
  });
});

describe('the same request again', () => {
  it('with a key is the same item', async () => {
    const first = await keyed('k-1');
    const second = await keyed('k-1');

    expect(second).toMatchObject({ status: 200, body: { id: first.body.id, duplicate: true } });
    expect(items()).toHaveLength(1);
  });

  it('with a key is the same item also when its body is written in another order', async () => {
    const first = await keyed('k-1', '{"subject":"a","text":"b"}');
    const second = await keyed('k-1', ' {"text":"b", "subject":"a"}');

    expect(second.body.id).toBe(first.body.id);
  });

  it('with a key and another body is a conflict that names the first item', async () => {
    const first = await keyed('k-1');
    const second = await keyed('k-1', { text: 'something else' });

    expect(second).toMatchObject({ status: 409, body: { id: first.body.id } });
    expect(items()).toHaveLength(1);
  });

  it('with another key, or from another client, is another item', async () => {
    await keyed('k-1');
    await keyed('k-2');
    await post({ headers: { 'idempotency-key': 'k-1' }, caller: { client: 'bank', automations: 'demo' } });

    expect(items()).toHaveLength(3);
  });

  it('without a key is the same item for ten minutes, and a new one after them', async () => {
    const first = await post();
    time.advance(599);
    expect((await post()).body.id).toBe(first.body.id);
    time.advance(2);
    const third = await post();

    expect(third.status).toBe(202);
    expect(third.body.id).not.toBe(first.body.id);
  });

  it('with a key is the same item for as long as the item is kept', async () => {
    const first = await keyed('k-1');
    time.advance(399 * 86_400);

    expect((await keyed('k-1')).body.id).toBe(first.body.id);
  });

  it('is told that its item is gone where it is', async () => {
    const { body } = await keyed('k-1');
    world.tables.rows('items').delete(body.id);
    time.advance(3601);

    expect(await keyed('k-1')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('no longer kept') },
    });
  });

  it('queues an item again that still waits to be picked up, and no other', async () => {
    const { body } = await keyed('k-1');
    await keyed('k-1');
    expect(queued()).toHaveLength(2);

    world.tables.put('items', { ...items()[0], id: body.id, status: 'done' });
    await keyed('k-1');
    expect(queued()).toHaveLength(2);
  });

  it('does not queue an item beside its own message: a second one comes a minute after the first', async () => {
    await keyed('k-1');
    await keyed('k-1');
    time.advance(40);
    await keyed('k-1');
    expect(world.delays.map(({ seconds }) => seconds)).toEqual([0, 60, 20]);

    time.advance(20);
    await keyed('k-1');
    expect(world.delays.at(-1)?.seconds).toBe(0);
  });

  it('is one item when twenty come at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => keyed('k-1')));

    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(items()).toHaveLength(1);
  });

  it('makes one item that is queued, wherever the first worker died', async () => {
    await keyed('k-0');
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        world.crashAt(point, after);
        await keyed('k-1');
        world.revive();

        const again = await keyed('k-1');

        const where = `call ${point}, after: ${after}`;
        expect([200, 202], where).toContain(again.status);
        expect(items(), where).toHaveLength(1);
        expect(
          queued().map(({ itemId }) => itemId),
          where,
        ).toContain(again.body.id);
        expect(world.content.has(`bucket/${items()[0]?.bodyKey}`), where).toBe(true);
      }
    }
  });
});

describe('a caller who waits', () => {
  const waiting = (status: string) => {
    world.fault = (call, input) => {
      if (call.includes('GetCommand') && input.TableName === 'items') {
        time.advance(10);
        const [row] = items();
        if (row) world.tables.put('items', { ...row, status });
      }
    };
    return post({ headers: { prefer: 'respond-async, wait=20' } });
  };

  it('gets the finished item', async () => {
    expect(await waiting('done')).toMatchObject({
      status: 200,
      body: { status: 'done', timeline: [{ event: 'received' }] },
    });
  });

  it('gets a receipt when it takes longer', async () => {
    const { status, body } = await waiting('processing');

    expect([status, body.status, body.timeline]).toEqual([202, 'processing', undefined]);
  });

  it('is told nothing but that it failed when something broke', async () => {
    world.fault = () => {
      throw named('ResourceNotFoundException', { message: 'table items-4111 not found' });
    };

    const { status, body, headers } = await post();

    expect([status, headers['content-type']]).toEqual([500, 'application/problem+json']);
    expect(JSON.stringify(body)).not.toContain('items-4111');
  });

  it('sees the item of a duplicate that was finished meanwhile', async () => {
    const { body } = await keyed('k-1');
    world.tables.put('items', itemRow({ id: body.id, status: 'done', label: 'Billing' }));

    const again = await post({ headers: { 'idempotency-key': 'k-1', prefer: 'wait=5' } });

    expect(again).toMatchObject({ status: 200, body: { status: 'done', label: 'Billing', duplicate: true } });
  });

  it('leaves no item and no message when the worker dies before the item', async () => {
    world.fault = (call, { TableName }) => {
      if (call.includes('Put') && TableName === 'items') throw named('Crash');
    };
    await post();

    expect(items()).toEqual([]);
    expect(queued()).toEqual([]);
  });
});
