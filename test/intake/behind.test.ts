import { beforeEach, describe, expect, it, vi } from 'vitest';
import { acceptedSchema } from '../../lambdas/api/openapi/schemas.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { type Behind, clearBehind, readBehind, writeBehind } from '../../lambdas/tables/control/backlog.ts';
import { type Request, through } from '../support/api.ts';
import { automation, ENV } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: () => {},
  logger: {
    error: () => {},
    debug: () => {},
    info: () => {},
    warn: (...words: unknown[]) => warned.push(words),
  },
}));

const warned: unknown[][] = [];
let delays: unknown[] = [];

beforeEach(() => {
  world.reset();
  time.freeze();
  warned.length = 0;
  listen();
});

function listen(): void {
  delays = [];
  world.fault = (call, { DelaySeconds }) => {
    if (call.includes('SendMessage')) delays.push(DelaySeconds);
  };
}

const iso = (afterSeconds = 0) => new Date(time.at + afterSeconds * 1000).toISOString();
const busy = () => writeBehind('control', 'demo', iso(-7200));

function post(given: Request & { priority?: string; whenBehind?: 'defer' | 'shed' } = {}) {
  const { priority = 'low', whenBehind, headers, ...request } = given;
  const approval = { ...automation.approval, ...(whenBehind && { whenBehind }) };
  return through((event, caller) => postItem(event, caller, { ...automation, approval } as never, ENV), {
    ...request,
    headers: { 'signalbox-priority': priority, ...headers },
  });
}
const keyed = (key: string, given: Parameters<typeof post>[0] = {}) =>
  post({ ...given, headers: { 'idempotency-key': key } });

const items = () => world.tables.all('items') as unknown as ItemRow[];
const queued = () => world.sent('work');

describe('low-priority work while approvers are behind', () => {
  it('is kept for later, and the caller is told so', async () => {
    await busy();

    const { status, headers, body } = await post();

    const [row] = items();
    expect(status).toBe(202);
    expect(headers).not.toHaveProperty('retry-after');
    expect(acceptedSchema.parse(body)).toEqual(body);
    expect(body).toEqual({
      id: row?.id,
      automation: 'demo',
      status: 'deferred',
      deferredUntil: iso(900),
      links: { self: `/v1/items/${row?.id}` },
    });
    expect(row).toMatchObject({
      status: 'deferred',
      deferredUntil: iso(900),
      generation: 1,
      priority: 'low',
    });
    expect(row?.timeline).toMatchObject([
      { event: 'received' },
      { at: iso(), event: 'deferred', until: iso(900), reason: 'the approvers are behind' },
    ]);
    expect(queued()).toEqual([{ itemId: row?.id, generation: 1 }]);
    expect(delays).toEqual([900]);
    expect(world.content.has(`bucket/${row?.bodyKey}`)).toBe(true);
  });

  it('is turned away where the policy says so, and nothing of it is kept', async () => {
    await busy();

    const { status, headers, body } = await post({ whenBehind: 'shed' });

    expect([status, headers['retry-after'], body.accepted]).toEqual([429, '900', false]);
    expect(body.detail).toMatch(/was not kept/);
    expect(body).not.toHaveProperty('id');
    expect([items(), world.tables.all('idempotency'), queued()]).toEqual([[], [], []]);
    expect(world.content.size).toBe(0);
  });

  it('does not keep the caller waiting', async () => {
    await busy();

    const { status, body } = await post({ headers: { prefer: 'wait=20' } });

    expect([status, body.status]).toEqual([202, 'deferred']);
    expect(world.calls.filter((call) => call.includes('Get items'))).toEqual([]);
  });

  it('is refused for its own faults first', async () => {
    await busy();

    expect((await post({ whenBehind: 'shed', body: '{"text":1}' })).status).toBe(400);
  });

  it.each(['urgent', 'normal'])(
    'is no matter for %s work, which pays nothing for the question',
    async (priority) => {
      await busy();
      world.calls = [];

      expect((await post({ priority, whenBehind: 'shed' })).status).toBe(202);

      expect(world.calls).not.toContain('dynamodb GetCommand');
      expect(delays).toEqual([undefined]);
    },
  );

  it.each([
    ['has caught up', () => clearBehind('control', 'demo')],
    ['was not looked at lately', async () => time.advance(180)],
    [
      'of another automation alone is behind',
      async () => {
        await clearBehind('control', 'demo');
        await writeBehind('control', 'other', iso());
      },
    ],
  ])('is taken in as ever when the group %s', async (_name, change) => {
    await busy();
    await change();

    expect((await post({ whenBehind: 'shed' })).status).toBe(202);
    expect(items()[0]).not.toHaveProperty('deferredUntil');
  });

  it('is taken in where nobody can say how busy approvers are', async () => {
    world.fault = (call, { TableName }) => {
      if (TableName === 'control' && call.includes('Get'))
        throw named('ThrottlingException', { message: 'of 4111' });
    };

    expect((await post({ whenBehind: 'shed' })).status).toBe(202);

    expect(items()).toHaveLength(1);
    expect(warned).toEqual([
      ['backlog not read', { automation: 'demo', reason: 'aws: ThrottlingException' }],
    ]);
  });
});

describe('the same low-priority request again', () => {
  it('is the item that was postponed', async () => {
    await busy();
    const first = await keyed('k-1');

    const second = await keyed('k-1');

    expect(second).toMatchObject({
      status: 200,
      body: { id: first.body.id, status: 'deferred', duplicate: true },
    });
    expect(items()).toHaveLength(1);
  });

  it('is the item that was taken in before approvers fell behind, also where work is turned away now', async () => {
    const first = await keyed('k-1', { whenBehind: 'shed' });
    await busy();

    const second = await keyed('k-1', { whenBehind: 'shed' });
    const third = await keyed('k-1', { whenBehind: 'shed', body: { text: 'other' } });

    expect(second).toMatchObject({ status: 200, body: { id: first.body.id, duplicate: true } });
    expect(third.status).toBe(409);
  });

  it('is new, and turned away, where the key of the earlier one has run out', async () => {
    await post({ whenBehind: 'shed' });
    time.advance(601);
    await busy();

    expect(await post({ whenBehind: 'shed' })).toMatchObject({ status: 429, body: { accepted: false } });
  });

  it('without a key is the same item also when it comes after the time it was told to wait', async () => {
    await busy();
    const { body } = await post();
    time.advance(901);
    await busy();

    expect(await post()).toMatchObject({ status: 200, body: { id: body.id } });
    time.advance(600);
    expect((await post()).status).toBe(202);
  });

  it('sends another message, late while the item waits and at once when its time is over', async () => {
    await busy();
    await keyed('k-1');
    time.advance(899);
    await keyed('k-1');
    time.advance(1);
    await keyed('k-1');

    expect(delays).toEqual([900, 900, undefined]);
  });

  it('makes one item that is queued, wherever the first worker died', async () => {
    await busy();
    await keyed('k-0');
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        await busy();
        world.crashAt(point, after);
        await keyed('k-1');
        world.revive();

        const again = await keyed('k-1');

        const where = `call ${point}, after: ${after}`;
        expect([200, 202], where).toContain(again.status);
        expect(items(), where).toMatchObject([{ id: again.body.id, status: 'deferred' }]);
        expect(queued(), where).toContainEqual({ itemId: again.body.id, generation: 1 });
      }
    }
  });
});

describe('the row that says that approvers are behind', () => {
  const row = () => world.tables.row<Behind>('control', 'demo_approvals#behind');

  it('says since when, by which question, and until when it holds', async () => {
    await busy();

    expect(row()).toEqual({
      id: 'demo_approvals#behind',
      since: iso(),
      oldestAt: iso(-7200),
      until: time.at + 180_000,
      expiresAt: time.at / 1000 + 86_400,
    });
  });

  it('keeps its beginning while it is renewed, and begins anew after a gap', async () => {
    const first = iso();
    await busy();
    time.advance(179);
    await busy();
    expect(row()).toMatchObject({ since: first, oldestAt: iso(-7200), until: time.at + 180_000 });

    time.advance(180);
    expect(await readBehind('control', 'demo')).toBeUndefined();
    await busy();
    expect(await readBehind('control', 'demo')).toMatchObject({ since: iso() });
  });

  it('is gone when it is cleared, once or twice', async () => {
    await busy();
    await clearBehind('control', 'demo');
    await clearBehind('control', 'demo');

    expect(row()).toBeUndefined();
    expect(await readBehind('control', 'demo')).toBeUndefined();
  });
});
