import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Collections } from '../../lambdas/knowledge/collections.ts';
import { buildIndex } from '../../lambdas/knowledge/index/build.ts';
import { Index } from '../../lambdas/knowledge/index/open.ts';
import { currentKey, indexKey } from '../../lambdas/tables/object-keys.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));

const BUCKET = 'knowledge';
const fileOf = (text: string) => buildIndex([{ source: 'a.md', title: '', place: '', text }]);

function put(text: string): string {
  const file = fileOf(text);
  const { version } = Index.open(file).header;
  const contentType = 'x';
  const put = (key: string, bytes: Uint8Array) =>
    world.files.set(`${BUCKET}/${key}`, { bytes, contentType, at: 0 });
  put(indexKey('handbook', version), file);
  put(currentKey('handbook'), Buffer.from(JSON.stringify({ version })));
  return version;
}

const reads = () => world.calls.filter((name) => name === 's3 GetObject').length;
const textIn = (index: Index) => index.passage(0).text;

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a collection of the bucket', () => {
  it('is loaded once, however many ask at once, and looked at again after a minute', async () => {
    put('one');
    const collections = new Collections({}, BUCKET);
    const all = await Promise.all(Array.from({ length: 10 }, () => collections.open('handbook')));
    expect(new Set(all).size).toBe(1);
    expect(reads()).toBe(2);
    time.advance(59);
    await collections.open('handbook');
    expect(reads()).toBe(2);
    time.advance(2);
    expect(await collections.open('handbook')).toBe(all[0]);
    expect(reads()).toBe(3);
  });

  it('is another one after it was synchronised', async () => {
    put('one');
    const collections = new Collections({}, BUCKET);
    expect(textIn(await collections.open('handbook'))).toBe('one');
    put('two');
    expect(textIn(await collections.open('handbook'))).toBe('one');
    time.advance(61);
    expect(textIn(await collections.open('handbook'))).toBe('two');
  });

  it('stays as it was while the bucket falters, or what is there cannot be read', async () => {
    put('one');
    const collections = new Collections({}, BUCKET);
    await collections.open('handbook');
    const version = put('two');
    world.files.set(`${BUCKET}/${indexKey('handbook', version)}`, {
      bytes: Buffer.from('half'),
      contentType: 'x',
      at: 0,
    });
    time.advance(61);
    expect(textIn(await collections.open('handbook'))).toBe('one');
    put('two');
    time.advance(61);
    expect(textIn(await collections.open('handbook'))).toBe('two');
  });

  it('that was never synchronised says how', async () => {
    await expect(new Collections({}, BUCKET).open('handbook')).rejects.toThrow(
      "the collection 'handbook' was never synchronised: run 'npm run signalbox -- knowledge sync handbook <folder>'",
    );
  });

  it('whose index is gone says so, and is found once it is back', async () => {
    const version = put('one');
    const collections = new Collections({}, BUCKET);
    world.files.delete(`${BUCKET}/${indexKey('handbook', version)}`);
    await expect(collections.open('handbook')).rejects.toThrow(/lacks its index .*: synchronise it again/);
    put('one');
    expect(textIn(await collections.open('handbook'))).toBe('one');
  });
});

it('a collection of the folder needs no bucket', async () => {
  const collections = new Collections({ articles: fileOf('here').toString('base64') }, 'none');
  const index = await collections.open('articles');
  expect(textIn(index)).toBe('here');
  expect(await collections.open('articles')).toBe(index);
  expect(reads()).toBe(0);
});
