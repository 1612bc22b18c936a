import { describe, expect, it, vi } from 'vitest';
import { time, world } from '../../support/world.ts';
import { items, legacy, lines, place, rows, TICK, texts, tick } from './schedule-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../../lambdas/kit/clock.ts')>()),
  sleep: async () => {},
}));

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
    rows.length = 0;
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

  const itself = () => {
    const own: unknown[] = [];
    own.push(own);
    return own;
  };
  const throwing = () => ({
    toJSON: () => {
      throw new Error('no');
    },
  });
  it.each<[string, () => unknown, string]>([
    ['holds a number that JSON has not', () => ({ n: 1n }), 'not-json'],
    ['holds itself', itself, 'nested-too-deep'],
    ['is nested beyond reason', () => JSON.parse('['.repeat(5000) + ']'.repeat(5000)), 'nested-too-deep'],
    ['is a function', () => () => 1, 'not-json'],
    ['throws when it is read', throwing, 'not-json'],
  ])('quarantines by name a record that %s, and goes on', async (_, poison, name) => {
    const records = (answer: unknown) => {
      const { records: found, next } = lines.records(answer, undefined);
      // Without an id of its own: by what it says.
      const bad = { id: '', record: poison() };
      return { records: found.map((it) => (it.id === 2 ? bad : it)), next };
    };
    await tick(TICK, { records });
    await tick(TICK, { records });

    expect(items()).toHaveLength(4);
    expect(items().flatMap(({ refused }) => refused ?? [])).toEqual([name]);
    expect(place()).toMatchObject({ cursor: '4' });
    expect(texts().filter(Boolean).sort()).toEqual(['line 1', 'line 3', 'line 4']);
  });

  it('quarantines a record of which its mapping makes what is no JSON, and goes on', async () => {
    const body = (record: unknown) => ({
      text: (record as { words: string }).words,
      ...((record as { no: number }).no === 2 ? { subject: 1n as never } : {}),
    });
    await tick(TICK, { body });
    expect(items()).toHaveLength(4);
    expect(items().filter(({ unfit }) => unfit)).toHaveLength(1);
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
