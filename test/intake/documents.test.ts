import { beforeEach, describe, expect, it, vi } from 'vitest';
import { automation } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { announce, PDF, post, put, reading, uploaded } from './documents-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const items = () => world.tables.all('items');
const BANK = { caller: { client: 'bank', automations: 'demo,demo2', role: 'client' } };
const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

describe('an item with documents', () => {
  it('has its own copy of each, names them in order, and waits to be read', async () => {
    const [a, b] = [await uploaded(), await uploaded()];
    const { status, body } = await post([b, a]);

    expect(status).toBe(202);
    expect(items()).toMatchObject([
      {
        unread: true,
        documents: [
          { ref: b, bytes: 4, type: 'pdf', status: 'uploaded' },
          { ref: a, bytes: 4, type: 'pdf', status: 'uploaded' },
        ],
      },
    ]);
    expect([...world.files.keys()]).toContain(`uploads/documents/${body.id}/${a}`);
    expect(world.sent('reads')).toEqual([{ itemId: body.id, generation: 1 }]);
    expect(world.sent('work')).toEqual([]);
    expect(JSON.parse(world.content.get(`bucket/items/${body.id}/body.json`) ?? '')).toEqual({
      text: 'please pay',
    });
    expect(world.content.get(`bucket/items/${body.id}/documents.json`)).toContain('Rechnung 7.pdf');
    expect(world.tables.snapshot()).not.toContain('Rechnung');
  });

  it('without any goes straight to work', async () => {
    for (const none of [[], undefined]) await post(none);

    expect(world.sent('reads')).toEqual([]);
    expect(items()[0]).not.toHaveProperty('unread');
  });

  it('is an unknown field where the automation takes no documents', async () => {
    const { status, body } = await post([await uploaded()], {}, automation);

    expect([status, body.errors]).toEqual([400, [{ pointer: '/documents', message: expect.any(String) }]]);
  });

  it('is one with the same request again, and its documents are read once', async () => {
    const ref = await uploaded();
    const first = await post([ref], keyed('k'));
    const second = await post([ref], keyed('k'));
    const byContent = await post([await uploaded()]);

    expect(second).toMatchObject({ status: 200, body: { id: first.body.id, duplicate: true } });
    expect(byContent.body.id).not.toBe(first.body.id);
    expect(items()).toHaveLength(2);
  });

  it('is another body when other documents are named', async () => {
    await post([await uploaded()], keyed('k'));

    expect((await post([await uploaded()], keyed('k'))).status).toBe(409);
  });
});

describe('a reference that cannot be used', () => {
  const refused = async (documents: unknown, given = {}, of = reading) => {
    const { status, body } = await post(documents, given, of);
    return [status, body.errors];
  };

  it('is told in the same words, whatever is the matter', async () => {
    const foreign = await uploaded(BANK);
    const notUploaded = String((await announce()).body.documentRef);
    const used = await uploaded();
    await post([used]);
    const old = await uploaded();
    const elsewhere = await uploaded();
    const demo2 = { ...reading, name: 'demo2' };
    const both = { caller: { client: 'shop', automations: 'demo,demo2', role: 'client' } };
    const answers = [
      await refused([foreign]),
      await refused([notUploaded]),
      await refused([used], keyed('another')),
      await refused([`doc-${'0'.repeat(32)}`]),
      await refused(['../../etc/passwd']),
      await refused([elsewhere], both, demo2),
    ];
    time.advance(86_401);
    answers.push(await refused([old]));

    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toEqual([
      400,
      [{ pointer: '/documents/0', message: expect.stringContaining('is no upload') }],
    ]);
    expect(items()).toHaveLength(1);
  });

  it('leaves the idempotency key free for a better body', async () => {
    expect((await post([`doc-${'0'.repeat(32)}`], keyed('k'))).status).toBe(400);
    expect((await post([await uploaded()], keyed('k'))).status).toBe(202);
  });

  it.each([
    ['more bytes', '%PDF-1.7', 'application/pdf', 'has 8 bytes, and 4 were announced'],
    ['fewer bytes', 'x', 'application/pdf', 'has 1 bytes, and 4 were announced'],
    ['another type', '%PDF', 'text/html', 'another Content-Type'],
  ])('came with %s than were announced, though the link let it through', async (_, bytes, type, says) => {
    const { body } = await announce();
    put(body.documentRef, bytes, type);

    expect(await refused([body.documentRef])).toEqual([
      400,
      [{ pointer: '/documents/0', message: expect.stringContaining(says) }],
    ]);
  });

  it.each([
    ['named twice', 2, '/documents/1'],
    ['more than it takes', 4, '/documents'],
  ])('is %s', async (_, times, pointer) => {
    const ref = await uploaded();
    const refs = times === 2 ? [ref, ref] : [ref, await uploaded(), await uploaded(), await uploaded()];

    expect(await refused(refs)).toEqual([400, [{ pointer, message: expect.any(String) }]]);
  });

  it.each([['a text'], [5], [[7]], [{}], [null]])('is no list of references: %j', async (documents) => {
    expect((await post(documents)).status).toBe(400);
  });
});

describe('a document beside one that is refused in the last moment', () => {
  /** Refuses the second of two, after both were compared. */
  const torn = async (good: string, bad: string, key = 'k') => {
    const { fault } = world;
    world.fault = (call) => {
      if (call === 's3 CopyObject') put(bad, 'evil');
    };
    const { status } = await post([good, bad], keyed(key));
    world.fault = fault;
    return status;
  };

  it('is free for another item: nothing came of the first', async () => {
    const [good, bad] = [await uploaded(), await uploaded()];
    expect(await torn(good, bad)).toBe(400);
    expect(items()).toEqual([]);
    expect((await post([good], keyed('other'))).status).toBe(202);
    expect((await post([good], keyed('third'))).status).toBe(400);
  });

  it('stays the document of an item that an earlier delivery of the same request made', async () => {
    const [good, bad] = [await uploaded(), await uploaded()];
    expect((await post([good, bad], keyed('k'))).status).toBe(202);
    await torn(good, bad);
    expect((await post([good], keyed('other'))).status).toBe(400);
    expect(items()).toHaveLength(1);
  });
});

describe('a document under attack', () => {
  it('is what was compared, also where its bytes are changed in the last moment', async () => {
    const ref = await uploaded();
    world.fault = (call) => {
      if (call === 's3 CopyObject') put(ref, 'evil');
    };

    expect((await post([ref])).status).toBe(400);
    expect([...world.files.keys()].filter((key) => key.startsWith('uploads/documents/'))).toEqual([]);
  });

  it('is changed by nobody once its item is there', async () => {
    const ref = await uploaded();
    const { body } = await post([ref]);
    put(ref, 'evil');

    expect(world.files.get(`uploads/documents/${body.id}/${ref}`)?.bytes.toString()).toBe('%PDF');
  });

  it('belongs to one of twenty items that name it at the same moment', async () => {
    const ref = await uploaded();
    const all = await Promise.all(Array.from({ length: 20 }, (_, at) => post([ref], keyed(`k${at}`))));

    expect(all.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(items()).toHaveLength(1);
  });
});

describe('a worker that dies', () => {
  it('anywhere leaves an item that its retry completes, read once', async () => {
    let point = 1;
    for (let died = true; died; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        const ref = await uploaded();
        world.crashAt(point, after);
        await post([ref], keyed('k'));
        died = world.dead;
        world.revive();
        time.advance(10);
        const retry = await post([ref], keyed('k'));

        expect([200, 202], `at ${point}`).toContain(retry.status);
        expect(items(), `at ${point}`).toHaveLength(1);
        expect(items()[0]).toMatchObject({ id: retry.body.id, unread: true, documents: [{ ref }] });
        expect(new Set(world.sent('reads').map((it) => JSON.stringify(it))).size).toBe(1);
        const copies = [...world.files.keys()].filter((key) => key.startsWith('uploads/documents/'));
        expect(copies).toEqual([`uploads/documents/${retry.body.id}/${ref}`]);
      }
    }
    expect(point).toBeGreaterThan(10);
  });
});

it('the name of an upload is nobody else’s words', async () => {
  const { body } = await announce({ ...PDF, name: '../../evil.pdf' });

  expect(body.uploadUrl).not.toContain('evil');
});
