import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { ScheduleDoor } from '../../../lambdas/contract/intake/schedules.ts';
import { arrive } from '../../../lambdas/intake/doors/arrive.ts';
import { pollKey } from '../../../lambdas/tables/keys.ts';
import { automation, type Demo, ENV, sqsRecord } from '../../support/fixtures.ts';
import { type Seen, type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../../lambdas/kit/clock.ts')>()),
  sleep: async () => {},
}));

/** An old system: its rows in order, three at a time. */
let rows: { no: number; words: unknown }[] = [];
let legacy: Stub;

const serving = (_: unknown, seen: Seen) => {
  const after = Number(new URL(seen.path, 'http://x').searchParams.get('after') ?? 0);
  return { rows: rows.filter(({ no }) => no > after).slice(0, 3) };
};

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  rows = [1, 2, 3, 4].map((no) => ({ no, words: `line ${no}` }));
  legacy = await stubServer((response, seen) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(serving(response, seen)));
  });
});
afterEach(() => legacy.close());

const lines: ScheduleDoor<Demo> = {
  ...{ source: 'legacy', every: 'rate(5 minutes)', priority: 'low' },
  request: (cursor) => ({ path: '/lines', query: { after: cursor } }),
  records(answer) {
    const found = (answer as { rows: { no: number }[] }).rows;
    const next = found.at(-1)?.no;
    return {
      records: found.map((row) => ({ id: row.no, record: row })),
      next: next === undefined ? undefined : String(next),
    };
  },
  body: (record) => ({ text: (record as { words: string }).words }),
};

const withDoor = (more: Partial<ScheduleDoor<Demo>> = {}): Automation<Demo> => ({
  ...automation,
  doors: { schedules: { lines: { ...lines, ...more } } },
});
const env = () => ({
  ...{ ...ENV, STAGE: 'local' },
  SOURCES: JSON.stringify({
    legacy: {
      kind: 'source',
      name: 'legacy',
      url: `${legacy.url}/api`,
      timeoutSeconds: 2,
      mostBytes: 10_000,
    },
  }),
});
const TICK = { door: 'schedule', name: 'lines' };
const tick = (message: object = TICK, door: Partial<ScheduleDoor<Demo>> = {}) =>
  arrive(sqsRecord(message), withDoor(door) as never, env());

const items = () => world.tables.all('items');
const texts = () =>
  items().map(({ id }) => JSON.parse(world.content.get(`bucket/items/${id}/body.json`) ?? '{}').text);
const place = () => world.tables.row('control', pollKey('demo', 'lines'));

describe('a tick', () => {
  it('makes an item of each record, page by page, and writes down how far it was read', async () => {
    await tick();

    expect(texts().sort()).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
    expect(items()[0]).toMatchObject({ client: '@schedule:lines', priority: 'low' });
    expect(items()[0]?.timeline).toMatchObject([{ event: 'received', door: 'schedule:lines' }]);
    expect(place()).toMatchObject({ cursor: '4' });
    expect(legacy.seen.map(({ path }) => path)).toEqual([
      ...['/api/lines', '/api/lines?after=3', '/api/lines?after=4'],
    ]);
    expect(world.sent('work')).toHaveLength(4);
  });

  it('goes on where the last one ended, and no record is two items', async () => {
    await tick();
    rows.push({ no: 5, words: 'line 5' });
    await tick();
    await tick();

    expect(items()).toHaveLength(5);
    expect(legacy.seen.at(-1)?.path).toBe('/api/lines?after=5');
  });

  it('that finds nothing writes nothing, and tells that the source delivers', async () => {
    rows = [];
    await tick();

    expect(items()).toEqual([]);
    expect(place()).toBeUndefined();
    expect(world.counted).toEqual(['delivered demo schedule:lines']);
  });

  it('beside another one does no harm', async () => {
    await Promise.all([tick(), tick(), tick()]);

    expect(items()).toHaveLength(4);
    expect(place()).toMatchObject({ cursor: '4' });
  });

  it('reads so many pages at a time, and goes on by a message', async () => {
    await tick(TICK, { mostPages: 1 });

    expect(items()).toHaveLength(3);
    expect(world.sent('arrivals')).toEqual([{ ...TICK, turn: 1 }]);
    await tick({ ...TICK, turn: 1 }, { mostPages: 1 });
    expect(items()).toHaveLength(4);
    // A source that has no end is left until the next tick.
    world.queues.clear();
    rows.push({ no: 5, words: 'line 5' });
    await tick({ ...TICK, turn: 50 }, { mostPages: 1 });
    expect(world.sent('arrivals')).toEqual([]);
    expect(items()).toHaveLength(5);
  });

  it('leaves a record that fits nothing as an item of its own, and takes in the others', async () => {
    rows[1] = { no: 2, words: { odd: true } };
    await tick();

    expect(items().filter(({ unfit }) => unfit)).toHaveLength(1);
    expect(items()).toHaveLength(4);
    expect(world.tables.snapshot()).not.toContain('line 1');
  });

  it('makes every record one item, and passes none over, wherever its worker dies', async () => {
    for (let point = 1, died = true; died; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        time.freezeLater();
        world.crashAt(point, after);
        died = await tick().then(
          () => world.dead,
          () => true,
        );
        world.revive();
        time.advance(400);
        await tick();

        expect(texts().sort(), `point ${point}`).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
        expect(new Set(world.sent('work').map((it) => JSON.stringify(it))).size).toBe(4);
        expect(place()).toMatchObject({ cursor: '4' });
      }
    }
  });
});

describe('a source without an answer of use', () => {
  const FAULTS: [string, Stub['answers'][number]][] = [
    ['is down', { status: 503 }],
    ['answers with a page', { status: 200, body: '<!doctype html>' }],
    ['breaks off', (response) => response.destroy()],
    ['refuses the key', { status: 401 }],
    ['sends elsewhere', { status: 302, headers: { location: 'http://169.254.169.254/' } }],
    ['says more than is read', { status: 200, body: 'x'.repeat(20_000) }],
    ['says something else', { status: 200, body: { nothing: 1 } }],
  ];

  it.each(FAULTS)(
    'that %s is asked again later, from the same place, and nothing is lost',
    async (_, fault) => {
      const { answers } = legacy;
      const good = answers[0] as Stub['answers'][number];
      await tick();
      rows.push({ no: 5, words: 'line 5' });
      legacy.answers = [fault];
      await tick();

      expect(items()).toHaveLength(4);
      expect(place()).toMatchObject({ cursor: '4', failures: 1 });
      const [again] = world.sent('arrivals') as object[];
      expect(again).toMatchObject({ ...TICK, retry: expect.any(Number) });
      expect(world.delays.at(-1)).toMatchObject({ queue: 'arrivals', seconds: 30 });
      expect(world.counted).toContain('pollsFailed');
      legacy.answers = [good];
      // What opens the breaker is asked again when that lets it.
      for (let message = again; message && items().length < 5; ) {
        time.advance((world.delays.at(-1)?.seconds ?? 0) + 1);
        world.queues.delete('arrivals');
        await tick(message);
        message = world.sent('arrivals').at(-1) as object;
      }
      expect(items()).toHaveLength(5);
      expect(place()).toEqual({ id: pollKey('demo', 'lines'), cursor: '5' });
    },
  );

  it('is left alone by other ticks while a try is due, and asked by them once that was lost', async () => {
    legacy.answers = [{ status: 503 }];
    await tick();
    const calls = legacy.seen.length;
    await tick();
    time.advance(60);
    await tick();
    expect(legacy.seen.length).toBe(calls);
    time.advance(31);
    await tick();
    expect(legacy.seen.length).toBe(calls + 1);
  });

  it('is asked again and again, more seldom, and by one chain of messages', async () => {
    legacy.answers = [{ status: 503 }];
    await tick();
    for (let n = 0; n < 8; n += 1) {
      const message = world.sent('arrivals').at(-1) as object;
      time.advance((world.delays.at(-1)?.seconds ?? 0) + 1);
      await tick(message);
    }

    expect(world.sent('arrivals')).toHaveLength(9);
    expect(world.delays.at(-1)?.seconds).toBeLessThanOrEqual(300);
    expect(place()).toMatchObject({ failures: 9 });
  });

  it('is not called while its breaker is open', async () => {
    time.advance(3600);
    world.tables.put('control', {
      ...{ id: 'source#legacy', breaker: 'open', reason: 'too many', openUntil: Date.now() + 86_400_000_000 },
    });
    await tick();

    expect(legacy.seen).toEqual([]);
    expect(world.sent('arrivals')).toHaveLength(1);
  });
});

describe('what an automation says of a poll', () => {
  it.each([
    ['a path that leaves the source', { request: () => ({ path: '/../admin' }) }],
    ['another host', { request: () => ({ path: '//evil.example/x' }) }],
    ['a query in the path', { request: () => ({ path: '/lines?after=1' }) }],
    ['a place with spaces', { records: () => ({ records: [], next: 'a b' }) }],
    ['too many records', { records: () => ({ records: Array(1001).fill({ id: 1, record: 1 }) }) }],
    ['no list', { records: () => ({}) as never }],
  ])('is a fault of the declaration, told by an alarm: %s', async (_, door) => {
    await tick(TICK, door);

    expect(items()).toEqual([]);
    expect(world.counted).toContain('pollsFailed');
    expect(legacy.seen.every(({ path }) => path.startsWith('/api/lines'))).toBe(true);
  });

  it('without an id of its own, a record is known by what it says', async () => {
    const door = {
      records: () => ({
        records: [
          { id: '', record: { words: 'a' } },
          { id: '', record: { words: 'b' } },
        ],
      }),
    };
    await tick(TICK, door);
    await tick(TICK, door);

    expect(texts().sort()).toEqual(['a', 'b']);
  });
});

it('a tick of a schedule that is gone is no item, and comes again', async () => {
  await expect(tick({ door: 'schedule', name: 'other' })).rejects.toThrow(/no door of 'demo'/);
});
