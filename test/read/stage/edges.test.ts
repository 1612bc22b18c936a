import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../../lambdas/kit/digest.ts';
import { ID } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { arrived, item, REFS, read, reader } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a message of the read queue', () => {
  it('comes again where the other delivery’s lease ended in the moment that it was refused', async () => {
    arrived(['%PDF one'], { leaseUntil: time.at + 500, leaseBy: 'a worker that is gone' });
    // The condition is made, and the answer comes, on two sides of the lease's end.
    world.fault = (call) => {
      if (call.startsWith('dynamodb Update')) time.advance(1);
    };
    await expect(read()).rejects.toThrow('another delivery is at work');
    world.fault = undefined;
    await read(reader(), 2);
    expect(item().documents?.[0]?.status).toBe('read');
  });

  it('of an item that was taken back while it was read changes nothing of it', async () => {
    arrived();
    const by = reader(() => {
      world.tables.put('items', { ...item(), status: 'withdrawn' });
      return {};
    });
    await read(by).catch(() => {});
    await read(by, 2);
    expect([by.seen.length, item().status, world.sent('work')]).toEqual([1, 'withdrawn', []]);
  });
});

describe('a document that cannot be had', () => {
  it('is not removed for it, and is read once it can be had and its item is let go on', async () => {
    arrived();
    const at = `uploads/documents/${ID}/${REFS[0]}`;
    const file = world.files.get(at);
    world.files.delete(at);
    // S3 says the same of what is not there and of what this function may not read just now.
    world.fault = (call) => {
      if (call === 's3 DeleteObject' && file) world.files.set('removed', file);
    };
    await read();
    expect(item()).toMatchObject({ status: 'quarantined', documents: [{ refusal: 'not-kept' }] });
    expect(world.files.has('removed')).toBe(false);

    world.fault = undefined;
    if (file) world.files.set(at, file);
    const { error: _, ...row } = item();
    world.tables.put('items', { ...row, status: 'processing' });
    await read(reader(), 2);
    expect(item()).toMatchObject({ documents: [{ status: 'read' }] });
    expect(item().documents?.[0]).not.toHaveProperty('refusal');
  });
});

describe('what is remembered of a file', () => {
  const keyOf = () => `bucket/${item().documents?.[0]?.readingKey}`;

  it.each(['text.json', 'page-1.png'])('is read anew where a part of it expired first: %s', async (part) => {
    const page = { text: 'one', words: [], source: 'text' as const, width: 595, height: 842 };
    arrived();
    await read(reader(() => ({ pages: [page] })));
    const key = keyOf();
    const gone = key.replace('.json', `/${part}`);
    world.content.delete(gone);
    world.files.delete(gone);
    time.advance(90 * 86_400);
    arrived();
    await read(reader(() => ({ pages: [page] })));

    expect(item()).toMatchObject({ documents: [{ status: 'read' }] });
    expect(world.content.has(gone) || world.files.has(gone)).toBe(true);
    // All of it lasts as long as the newest item.
    expect(world.contentAt.get(key)).toBe(time.at);
    expect(world.sent('work').at(-1)).toEqual({ itemId: ID, generation: 1 });
  });
});

describe('what is kept of a document', () => {
  it('is pictures of its pages, its words with places, and text without', async () => {
    arrived();
    await read();
    const key = item().documents?.[0]?.readingKey ?? '';
    const folder = `bucket/${key.replace('.json', '')}`;

    expect(world.content.get(`bucket/${key}`)).toContain('"box"');
    expect(world.content.get(`${folder}/text.json`)).not.toContain('"box"');
    expect(world.files.get(`${folder}/page-1.png`)?.contentType).toBe('image/png');
    expect(world.content.get(`${folder}/text.json`)).toContain(`"pictureDigest":"${sha256('png 1')}"`);
  });
});
