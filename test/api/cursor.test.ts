import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Cursors } from '../../lambdas/api/door/cursor.ts';
import { waitForRest } from '../../lambdas/tables/items/view.ts';
import { type Answered, OPERATOR, type Request, SHOP, through } from '../support/api.ts';
import { itemRow } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const registry = [{ name: 'demo' }, { name: 'other' }] as never;

function get(path: string, given: Request = {}): Promise<Answered> {
  const route = `GET ${path}`;
  return through((event, caller) => answer(event, caller, registry), {
    route,
    path,
    ...given,
  });
}

const minute = (at: number) => new Date(time.at - at * 60_000).toISOString();

function put(id: string, client: string, minutesAgo: number, automation = 'demo'): void {
  const receivedAt = minute(minutesAgo);
  world.tables.put('items', itemRow({ id, client, automation, receivedAt, order: `${receivedAt}#${id}` }));
}

const decoded = (cursor: string) =>
  ['base64url', 'base64', 'hex', 'utf8'].map((coding) =>
    Buffer.from(cursor, coding as BufferEncoding).toString('latin1'),
  );

describe('a cursor', () => {
  const seal = (place: string, caller = 'shop', kind: 'items' | 'audit' = 'items') =>
    new Cursors('signalbox/cursors', caller, kind).seal(place);
  const open = (cursor: string, caller = 'shop', kind: 'items' | 'audit' = 'items') =>
    new Cursors('signalbox/cursors', caller, kind).open(cursor);

  it('stands for its place, and shows nothing of it, not even its length', async () => {
    const place = '2026-12-01T09:00:00.000Z#demo_a1a1#0001';
    const cursor = await seal(place);

    expect(await open(cursor)).toBe(place);
    expect(cursor).not.toBe(await seal(place));
    expect(cursor).toHaveLength((await seal('0')).length);
    for (const text of decoded(cursor)) expect(text).not.toMatch(/2026|demo|a1a1|0001/);
  });

  it('is no option of a command line: none begins with a dash', async () => {
    const cursors = await Promise.all(Array.from({ length: 2000 }, () => seal('place')));
    expect(cursors.filter((cursor) => cursor.startsWith('-'))).toEqual([]);
    for (const cursor of cursors.slice(0, 100)) expect(await open(cursor)).toBe('place');
  });

  it('is none for another caller or another list, and cannot be made or changed', async () => {
    const cursor = await seal('place');

    expect(await open(cursor, 'bank')).toBeUndefined();
    expect(await open(cursor, 'shop', 'audit')).toBeUndefined();
    // The last sign carries bits that decode to nothing: every other sign there is none of ours either.
    for (const at of [0, 7, 100, cursor.length - 2, cursor.length - 1])
      for (const other of 'ABCDQghwx-_') {
        if (other === cursor[at]) continue;
        expect(await open(cursor.slice(0, at) + other + cursor.slice(at + 1))).toBeUndefined();
      }
    for (const none of [
      '',
      'AAAA',
      Buffer.from('place').toString('base64url'),
      cursor.slice(1),
      `${cursor}A`,
    ])
      expect(await open(none)).toBeUndefined();
  });

  const hold = (name: string, key: string, ...before: string[]) => {
    world.secrets[name] = JSON.stringify({ key, before });
  };

  it('is good after a change of the root, and none once the earlier one is gone', async () => {
    const cursors = () => new Cursors('cursors-changed', 'shop', 'items');
    hold('cursors-changed', 'one');
    const early = await cursors().seal('early');
    hold('cursors-changed', 'three', 'two', 'one');
    time.advance(301);
    expect(await cursors().open(early)).toBe('early');
    const late = await cursors().seal('late');
    hold('cursors-changed', 'three');
    time.advance(301);
    expect([await cursors().open(early), await cursors().open(late)]).toEqual([undefined, 'late']);
  });

  it('of a container that knows the new root already is opened by one that does not', async () => {
    hold('cursors-there', 'two', 'one');
    const cursor = await new Cursors('cursors-there', 'shop', 'items').seal('place');
    const here = new Cursors('cursors-here', 'shop', 'items');
    hold('cursors-here', 'one');
    await here.seal('place');
    hold('cursors-here', 'two', 'one');
    time.advance(11);
    expect(await here.open(cursor)).toBe('place');
  });

  it('that is none has the keys read once in ten seconds, however many are sent', async () => {
    const cursors = new Cursors('cursors-tried', 'shop', 'items');
    hold('cursors-tried', 'one');
    const none = await new Cursors('signalbox/cursors', 'shop', 'items').seal('place');
    const reads = async () => {
      world.calls = [];
      for (let turn = 0; turn < 20; turn += 1) expect(await cursors.open(none)).toBeUndefined();
      return world.calls.length;
    };
    expect(await reads()).toBe(1);
    time.advance(11);
    expect(await reads()).toBe(1);
  });

  it('of one client is refused for another', async () => {
    for (let at = 0; at < 5; at += 1) put(`item-${at}`, 'shop', at);
    const { body } = await get('/v1/items', { query: { limit: '2' } });
    const bank = { ...SHOP, client: 'bank' };

    const { status, body: refused } = await get('/v1/items', {
      query: { cursor: body.cursor },
      caller: bank,
    });

    expect([status, refused.errors]).toEqual([
      400,
      [{ pointer: '/cursor', message: "must be the 'cursor' of an earlier page" }],
    ]);
  });
});

describe('the list of a client', () => {
  it('is the same, and costs the same, however much others have posted', async () => {
    for (let at = 0; at < 3; at += 1) put(`demo_mine-${at}`, 'shop', at * 100);
    const list = async () => {
      world.calls = [];
      const { body } = await get('/v1/items', { query: { limit: '10' } });
      return { items: body.items, cursor: body.cursor, calls: world.calls.length };
    };
    const alone = await list();
    for (let at = 0; at < 3000; at += 1) put(`demo_theirs-${at}`, 'bank', at / 10);

    expect(await list()).toEqual(alone);
    expect(alone.items).toHaveLength(3);
    expect(alone.cursor).toBeUndefined();
  });

  it('holds its own items alone, of the automations that it may use', async () => {
    put('demo_a', 'shop', 1);
    put('demo_b', 'bank', 2);
    put('other_c', 'shop', 3, 'other');

    expect((await get('/v1/items')).body.items.map(({ id }: { id: string }) => id)).toEqual(['demo_a']);
    const all = await get('/v1/items', { caller: OPERATOR });
    expect(all.body.items).toHaveLength(3);
  });
});

describe('a wait for an item', () => {
  it('of somebody else is answered as quickly as for none', async () => {
    put('demo_theirs', 'bank', 1);
    const asked = async (id: string) => {
      world.calls = [];
      const before = time.at;
      const given = { route: 'GET /v1/items/{id}', params: { id }, query: { wait: '25' } };
      const { status, body } = await get(`/v1/items/${id}`, given);
      return { status, detail: body.detail.replace(id, 'X'), calls: world.calls, waited: time.at - before };
    };

    const foreign = await asked('demo_theirs');
    expect(foreign).toEqual(await asked('demo_nobodys'));
    expect([foreign.status, foreign.calls.length]).toEqual([404, 1]);
    expect(await waitForRest('items', 'demo_theirs', 0)).toBeDefined();
  });
});
