import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SystemError, TransientError } from '../../../lambdas/kit/errors.ts';
import { ID } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { arrived, files, item, lives, REFS, read, reader, told } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const WORK = { itemId: ID, generation: 1 };

describe('the documents of an item', () => {
  it('are read one after the other, and the item goes on with what they are', async () => {
    arrived(['%PDF one', '%PDF two']);
    const by = reader();
    await read(by);

    expect(by.seen).toEqual(['%PDF one', '%PDF two']);
    expect(item()).toMatchObject({
      status: 'received',
      documents: [
        { ref: REFS[0], type: 'pdf', pages: 1, status: 'read', sha256: expect.any(String) },
        { ref: REFS[1], readingKey: expect.stringMatching(/^items\/demo_reading\/[0-9a-f]{64}\.json$/) },
      ],
    });
    for (const field of ['unread', 'reading', 'leaseBy']) expect(item()).not.toHaveProperty(field);
    expect(world.sent('work')).toEqual([WORK]);
    expect(told().slice(-3)).toEqual(['reading', 'reading', 'read']);
  });

  it('leave no word in the row, and no copy of the upload beside the item’s own', async () => {
    arrived();
    await read();

    expect(world.tables.snapshot()).not.toMatch(/PDF one|Secret/);
    expect(files('uploads')).toEqual([]);
    expect(files('documents')).toEqual([`uploads/documents/${ID}/${REFS[0]}`]);
  });

  it('are read once where the same file comes twice, in one item or in two', async () => {
    arrived(['%PDF same', '%PDF same']);
    const by = reader();
    await read(by);
    arrived(['%PDF same']);
    await read(by);

    expect(by.seen).toEqual(['%PDF same']);
    expect(item().documents?.[0]).toMatchObject({ status: 'read', pages: 1 });
  });

  it('that were read long ago are kept as long as the newest item needs them', async () => {
    arrived();
    const by = reader();
    await read(by);
    const key = `bucket/${item().documents?.[0]?.readingKey}`;
    time.advance(80 * 86_400);
    arrived();
    await read(by);

    expect(by.seen).toHaveLength(1);
    expect(world.contentAt.get(key)).toBe(time.at);
    expect(world.contentAt.get(key.replace('.json', '/text.json'))).toBe(time.at);
    expect(world.files.get(key.replace('.json', '/page-1.png'))?.at).toBe(time.at);
  });

  it('tell at most ten events of their progress, however often they are begun', async () => {
    arrived(['%PDF 1', '%PDF 2']);
    const busy = reader((text) => (text.endsWith('2') ? new TransientError('busy') : {}));
    for (const receives of [1, 2, 3]) await expect(read(busy, receives)).rejects.toThrow('busy');
    await read(reader(), 4);

    expect(told().filter((name) => name === 'reading')).toHaveLength(2);
  });

  it('that one function has no time for are read by the next', async () => {
    arrived(['%PDF one', '%PDF two']);
    const slow = reader(async () => {
      await lives(300);
      return {};
    });
    await read(slow);
    expect([slow.seen, world.taken('reads')]).toEqual([['%PDF one'], [WORK]]);
    expect(item()).toMatchObject({ unread: true, documents: [{ status: 'read' }, { status: 'uploaded' }] });
    await read(slow);

    expect(slow.seen).toEqual(['%PDF one', '%PDF two']);
    expect(world.sent('work')).toEqual([WORK]);
  });

  it('of an item that went on are read no more', async () => {
    arrived([], { status: 'withdrawn' });
    arrived(['%PDF one'], { status: 'withdrawn' });
    const by = reader();
    await read(by);
    await read(by, 1, { generation: 2 });

    expect([by.seen, world.sent('work')]).toEqual([[], []]);
  });

  it('that were read already let the item go on: the worker before may have died', async () => {
    arrived();
    await read();
    world.taken('work');
    await read();

    expect(world.sent('work')).toEqual([WORK]);
  });
});

describe('a document that is refused', () => {
  it('quarantines its item, by its number and the reason’s name', async () => {
    arrived(['%PDF one', '%PDF two']);
    await read(reader((text) => (text.endsWith('two') ? 'encrypted' : {})));

    expect(item()).toMatchObject({
      status: 'quarantined',
      error: { class: 'InputError', message: 'document 2 of 2 was refused: encrypted' },
      documents: [{ status: 'read' }, { status: 'refused', refusal: 'encrypted' }],
    });
    expect(item().timeline.at(-1)).toMatchObject({ event: 'quarantined', stage: 'read' });
    expect(world.sent('work')).toEqual([]);
  });

  it('lies in quarantine and nowhere else', async () => {
    arrived();
    await read(reader(() => 'malware-test'));

    expect([files('uploads'), files('documents')]).toEqual([[], []]);
    expect(files('quarantine')).toEqual([`uploads/quarantine/${ID}/${REFS[0]}`]);
    expect([...world.content.keys()].filter((key) => /_reading(?!.*\/of\/)/.test(key))).toEqual([]);
  });

  it.each([
    ['pdf', 'csv', 'refused'],
    ['csv', 'text', 'read'],
    ['xml', 'pdf', 'refused'],
    [undefined, 'pdf', 'read'],
  ] as const)('is announced as %s and is %s: %s', async (announced, type, status) => {
    const { type: _, ...plain } = { ref: REFS[0] ?? '', bytes: 8, status: 'uploaded' as const, type: 'x' };
    arrived(['%PDF one'], { documents: [{ ...plain, ...(announced ? { type: announced } : {}) }] });
    await read(reader(() => ({ type })));

    expect(item().documents?.[0]?.status).toBe(status);
  });

  it('stays refused when its item is let go on', async () => {
    arrived();
    await read(reader(() => 'archive'));
    world.tables.put('items', { ...item(), status: 'received', generation: 2 } as never);
    const by = reader();
    await read(by, 1, { generation: 2 });

    expect([by.seen, item().status]).toEqual([[], 'quarantined']);
  });

  it('is one whose bytes are kept no more', async () => {
    arrived();
    world.files.clear();
    await read();

    expect(item()).toMatchObject({ status: 'quarantined', documents: [{ refusal: 'not-kept' }] });
  });
});

describe('a reader', () => {
  it('that is not there now is tried again, and at last parks the item', async () => {
    arrived();
    const down = reader(() => new TransientError('no room'));
    await expect(read(down, 1)).rejects.toThrow('no room');
    expect(world.visibility.at(-1)?.seconds).toBe(5);
    expect(item()).toMatchObject({ status: 'received', unread: true });
    expect(item()).not.toHaveProperty('leaseBy');
    await read(down, 4);

    expect(item()).toMatchObject({ status: 'parked', unread: true, error: { class: 'TransientError' } });
  });

  it('with a bug parks the item at once', async () => {
    arrived();
    await read(reader(() => new SystemError('a wrong setting')));

    expect(item()).toMatchObject({ status: 'parked', error: { message: 'a wrong setting' } });
  });

  it('has an item to itself', async () => {
    arrived(['%PDF one'], { leaseUntil: time.at + 30_000, leaseBy: 'another' });
    const by = reader();
    await expect(read(by)).rejects.toThrow('another delivery is at work');

    expect([by.seen, world.visibility.at(-1)?.seconds]).toEqual([[], 30]);
  });

  it('is one of ten that begin at the same moment', async () => {
    arrived();
    const by = reader();
    await Promise.allSettled(Array.from({ length: 10 }, () => read(by)));

    expect(by.seen).toHaveLength(1);
    expect(item().documents?.[0]?.status).toBe('read');
  });
});

describe('a document that kills its reader', () => {
  const die = async (receives: number, bad: string) => {
    const killed = reader((text) => {
      if (text !== bad) return {};
      world.crashAt(1, false);
      return {};
    });
    await read(killed, receives).catch(() => {});
    world.revive();
    time.advance(61);
    return killed;
  };

  it('is refused when two have ended over it, and its item is the only one', async () => {
    arrived(['%PDF good', '%PDF bad']);
    await die(1, '%PDF bad');
    expect(item().reading).toEqual({ document: 2, tries: 1 });
    await die(2, '%PDF bad');
    const third = reader();
    await read(third, 3);

    expect(third.seen).toEqual([]);
    expect(item()).toMatchObject({
      status: 'quarantined',
      error: { class: 'InputError', message: 'document 2 of 2 was refused: killed-its-reader' },
      documents: [{ status: 'read' }, { status: 'refused' }],
    });
    expect(files('quarantine')).toHaveLength(1);
  });

  it('is not blamed for a reader that says why it failed', async () => {
    arrived();
    for (const receives of [1, 2, 3])
      await expect(
        read(
          reader(() => new TransientError('busy')),
          receives,
        ),
      ).rejects.toThrow('busy');
    await read(reader(), 4);

    expect(item().documents?.[0]?.status).toBe('read');
  });
});

describe('a worker that dies', () => {
  it.each([
    ['read', undefined],
    ['quarantined', 'macros'],
  ] as const)('anywhere leaves an item that is %s in the end, and no copy astray', async (end, refusal) => {
    const how = () => refusal ?? {};
    let point = 1;
    for (let died = true; died; point += 1)
      for (const after of [false, true]) {
        world.reset();
        time.freeze();
        arrived(['%PDF one', '%PDF two']);
        world.crashAt(point, after);
        await read(reader(how)).catch(() => {});
        died = world.dead;
        world.revive();
        time.advance(61);
        if (died) await read(reader(how), 2);

        if (end === 'read') {
          expect(item().documents, `at ${point}`).toMatchObject([{ status: 'read' }, { status: 'read' }]);
          expect(item()).not.toHaveProperty('unread');
          expect(new Set(world.sent('work').map((it) => JSON.stringify(it))).size).toBe(1);
          expect(files('documents')).toHaveLength(2);
        } else {
          expect(item().status, `at ${point}`).toBe('quarantined');
          expect(files('documents')).toEqual([`uploads/documents/${ID}/${REFS[1]}`]);
          expect(files('quarantine')).toEqual([`uploads/quarantine/${ID}/${REFS[0]}`]);
        }
      }
    expect(point).toBeGreaterThan(8);
  });
});
