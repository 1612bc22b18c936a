import { beforeEach, describe, expect, it, vi } from 'vitest';
import { erasureSchema } from '../../../lambdas/api/openapi/operator-schemas.ts';
import { onChange } from '../../../lambdas/approve/on-change.ts';
import { personHash } from '../../../lambdas/kit/digest.ts';
import { itemsAbout, subjectHashes } from '../../../lambdas/tables/subjects/subjects.ts';
import { row as approval, question } from '../../support/desk.ts';
import { ENV, itemRow, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { content, document, erase, ID, idOf, places, planted, REF, reading, WORDS, ZOE } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const about = async (subject = ZOE) => {
  const [hash = ''] = await subjectHashes('signalbox/subjects', [subject]);
  return (await itemsAbout('subjects', 'demo', hash, { after: undefined, most: 25 })).items.map(
    ({ item }) => item,
  );
};
const audit = () => world.tables.all('audit').map(({ command }) => command);

describe('an item that went through every room', () => {
  it('leaves facts, and the fact that it was erased', async () => {
    await planted({ tokenBook: { key: `items/${ID}/tokens-b.json`, digest: 'b'.repeat(64) } });
    expect(places().length).toBeGreaterThan(15);

    const { status, body } = await erase();

    expect(status).toBe(200);
    expect(erasureSchema.parse(body)).toEqual(body);
    expect(body.items).toMatchObject([{ id: ID, status: 'done', outcome: 'erased' }]);
    expect(body.removed).toEqual({ content: 6, files: 3, readings: 4, answers: 3, uploads: 3 });
    expect(places()).toEqual([]);
    expect([...world.content.keys(), ...world.files.keys()]).toEqual([]);
    expect(stored(ID)).toMatchObject({
      ...{ status: 'done', erasedAt: new Date(time.at).toISOString() },
      documents: [{ ref: REF, bytes: 9, status: 'read', type: 'pdf', pages: 1 }],
      timeline: [{ event: 'received' }, { event: 'erased', by: 'ops' }],
    });
    for (const field of ['reference', 'callbackUrl', 'proposalKey', 'tokenBook'])
      expect(stored(ID)).not.toHaveProperty(field);
    expect(stored(ID).documents?.[0]).not.toHaveProperty('sha256');
    expect(await about()).toEqual([]);
  });

  it('is in the audit by the hash of its subject, before it is touched', async () => {
    await planted();
    world.fault = (call) => {
      if (call === 's3 DeleteObject' && audit().length < 2) expect.unreachable();
    };
    const { body } = await erase();
    expect(audit()).toEqual([`erase ${body.subject}`, `erased ${body.subject}`]);
    expect(world.tables.all('audit')).toMatchObject([
      { by: 'ops', automation: '*', comment: 'asked us to' },
      { by: 'ops', automation: 'demo', itemId: ID },
    ]);
    expect(JSON.stringify([body, world.tables.all('audit'), world.tables.all('subjects')])).not.toContain(
      ZOE,
    );
  });

  it.each(['Zoe+shop@Example.com', 'ZOE@EXAMPLE.COM'])(
    'is found by the same mailbox as %s',
    async (subject) => {
      await planted();
      expect((await erase({ subject })).body.items).toHaveLength(1);
    },
  );

  it.each([
    ['+49 (0)170 123-45 67', '0049 170 1234567'],
    ['C-4711', 'c-4711'],
    ['Kunde  12', 'kunde 12'],
  ])('is found by %s and by %s alike', async (kept, asked) => {
    await planted({}, [kept]);
    expect((await erase({ subject: asked })).body.items).toHaveLength(1);
  });

  it('stays for a subject that is another', async () => {
    await planted();
    const { body } = await erase({ subject: 'zo@example.com' });
    expect([body.items, body.removed, places().length > 15]).toEqual([[], {}, true]);
  });

  it('is found although its row is gone, as its content may be there', async () => {
    await planted();
    world.tables.rows('items').clear();
    time.advance(15 * 60);
    const { body } = await erase();
    expect(body.items).toMatchObject([{ id: ID, outcome: 'erased' }]);
    // Its uploads are known by its row alone: they expire by themselves, a day later at most.
    expect(places().filter((place) => !/upload\/|_upload#/.test(place))).toEqual([]);
  });

  it('is counted, and nothing of it is touched, in a dry run', async () => {
    await planted();
    const before = world.tables.snapshot();
    const { body } = await erase({ dryRun: true });
    expect(body).toMatchObject({ dryRun: true, items: [{ outcome: 'found', status: 'done' }] });
    expect(body.removed).toMatchObject({ content: 6, files: 3, readings: 4, answers: 3, uploads: 3 });
    expect(audit()).toEqual([`erase ${body.subject} (dry run)`]);
    world.tables.rows('audit').clear();
    expect(world.tables.snapshot()).toBe(before);
  });
});

describe('what another item has as well', () => {
  const OTHER = idOf('b2');

  it('stays until the last of them is erased', async () => {
    await planted();
    world.tables.put(
      'items',
      itemRow({ id: OTHER, status: 'done', documents: [document(OTHER, 'doc-other')] }),
    );
    await erase();
    expect(world.content.has(`bucket/${reading()}`)).toBe(true);

    await planted({ id: OTHER }, ['yan@example.com']);
    await erase({ subject: 'yan@example.com' });
    expect(places()).toEqual([]);
  });

  it('is found for an item that was taken back while its document was read', async () => {
    const row = await planted({ status: 'withdrawn', updatedAt: new Date(time.at).toISOString() });
    world.tables.put('items', { ...row, documents: [{ ref: REF, bytes: 9, status: 'uploaded' }] });
    const { body } = await erase();
    expect(body.items).toMatchObject([{ outcome: 'unsettled' }]);
    // The reader ends now, and leaves what it has read.
    content(reading());

    time.advance(15 * 60);
    expect((await erase()).body.items).toMatchObject([{ outcome: 'erased' }]);
    expect(places()).toEqual([]);
  });
});

describe('an item that is not at its end', () => {
  it.each(['received', 'processing', 'deferred', 'suspended', 'quarantined', 'parked'] as const)(
    'is taken back first where it is %s',
    async (status) => {
      await planted({ status });
      const { body } = await erase();
      expect(body.items).toMatchObject([{ status: 'withdrawn', outcome: 'unsettled' }]);
      expect(places()).toEqual([]);
      expect(stored(ID).timeline.map(({ event }) => event)).toEqual(['received', 'withdrawn', 'erased']);
    },
  );

  it('has its question closed, whose words go, and its run ends', async () => {
    const before = question(undefined, { comment: WORDS, edits: [{ field: 'a', from: WORDS, to: WORDS }] });
    await planted({ ...stored(ID), status: 'waiting_approval' });
    const words = { at: '2026-12-01T08:40:00.000Z', event: 'approved' as const, comment: WORDS };
    world.tables.put('approvals', {
      ...before,
      facts: { ...before.facts, summary: WORDS, requester: personHash(ZOE) },
      trail: [words],
    });

    const { body } = await erase();
    await onChange(approval(), before, ENV);

    expect(body.items).toMatchObject([{ status: 'withdrawn', removed: { approvals: 1 } }]);
    expect(places().filter((place) => !place.startsWith('audit'))).toEqual([]);
    expect(approval()).toMatchObject({ status: 'withdrawn', facts: { summary: 'its content was erased' } });
    // Anybody could try addresses on a hash that has no key.
    expect(places(personHash(ZOE)).filter((place) => !place.startsWith('audit'))).toEqual([]);
    expect(approval().trail).toMatchObject([{ event: 'approved', inAudit: true }, { event: 'withdrawn' }]);
    expect(world.answers).toMatchObject([{ token: 'token-1', error: 'SystemError' }]);
  });

  it('is not touched while it acts, and said to act', async () => {
    const action = { name: 'pay', status: 'acting' as const, idempotencyKey: 'k' };
    await planted({ status: 'acting', action });
    const before = places();
    const { body } = await erase();
    expect(body.items).toEqual([
      { id: ID, automation: 'demo', status: 'acting', outcome: 'acts', removed: {} },
    ]);
    expect(places()).toEqual(before);
    expect(await about()).toEqual([ID]);
  });

  it('stays parked where it may have acted, without its words', async () => {
    const action = { name: 'pay', status: 'failed' as const, idempotencyKey: 'k' };
    await planted({ status: 'parked', action });
    expect((await erase()).body.items).toMatchObject([{ status: 'parked', outcome: 'erased' }]);
    expect(places()).toEqual([]);
  });

  it('says why it was taken back in nobody’s words', async () => {
    const told = { at: '2026-12-01T08:00:00.000Z', event: 'withdrawn', by: 'shop', reason: WORDS };
    await planted({ status: 'withdrawn', timeline: [told] });
    await erase();
    expect(places()).toEqual([]);
    expect(stored(ID).timeline[0]).toEqual({ at: told.at, event: 'withdrawn', by: 'shop' });
  });
});
