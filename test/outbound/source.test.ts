import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Source } from '../../lambdas/contract/outside/source.ts';
import { askSource } from '../../lambdas/outbound/source.ts';
import { Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let server: Stub;

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  server = await stubServer({ status: 200, body: { found: true } });
});
afterEach(() => server.close());

const asking = { table: 'control', automation: 'demo', local: true };
const source = (more: Partial<Source> = {}): Source => ({
  ...{ kind: 'source', name: 'erp', url: `${server.url}/api/`, timeoutSeconds: 1, mostBytes: 1000 },
  ...more,
});
const ask = (more: Partial<Source> = {}, path = '/orders') => askSource(source(more), { path }, asking);

describe('a source', () => {
  it('is asked below its URL, with the query apart, and gives what its JSON says', async () => {
    const query = { id: 'a&b=c', none: undefined, page: 2 };
    expect(await askSource(source(), { path: '/orders/%2Fx', query }, asking)).toEqual({ found: true });
    expect(server.seen[0]).toMatchObject({ method: 'GET', path: '/api/orders/%2Fx?id=a%26b%3Dc&page=2' });
    expect(server.seen[0]?.headers).toMatchObject({ accept: 'application/json' });
  });

  it('is asked by POST where that only reads, and nowhere else', async () => {
    const readsByPost = ['/search'];
    const body = { order: '4711' };
    await askSource(source({ readsByPost }), { path: '/search', body }, asking);
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/api/search', body: '{"order":"4711"}' });
    expect(server.seen[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    for (const path of ['/search/x', '/orders', '/search/'])
      await expect(askSource(source({ readsByPost }), { path, body }, asking)).rejects.toMatchObject({
        name: 'SystemError',
        message: "source 'erp': a POST needs a path of its 'readsByPost', where it only reads",
      });
    expect(server.seen).toHaveLength(1);
  });

  it.each([404, 410])('lacks what is not there, where that is an answer: %i', async (status) => {
    server.answers = [{ status, body: 'words' }];
    expect(await askSource(source(), { path: '/x' }, { ...asking, mayLack: true })).toBeNull();
    await expect(ask()).rejects.toMatchObject({ name: 'SystemError' });
  });

  it('gives its text where that is asked for', async () => {
    server.answers = [{ status: 200, body: 'no;words\n1;a' }];
    expect(await askSource(source(), { path: '/csv', as: 'text' }, asking)).toBe('no;words\n1;a');
  });

  it.each([
    ['bearer', { token: ' t0ken ' }, { authorization: 'Bearer t0ken' }],
    ['basic', { user: 'u', password: 'p:w' }, { authorization: `Basic ${btoa('u:p:w')}` }],
    ['header', { key: 'k' }, { 'x-key': 'k' }],
  ] as const)('knows us by %s', async (auth, held, sent) => {
    world.secrets.erp = JSON.stringify(held);
    await ask({ auth, secretId: 'erp', ...(auth === 'header' ? { keyHeader: 'x-key' } : {}) });
    expect(server.seen[0]?.headers).toMatchObject(sent);
  });

  it.each([{}, { token: '' }, { token: 'a\r\nx: y' }, { token: 7 }])(
    'whose secret holds no key is not called, and no word of it is said: %j',
    async (held) => {
      world.secrets.erp = JSON.stringify(held);
      const asked = ask({ auth: 'bearer', secretId: 'erp' });
      await expect(asked).rejects.toMatchObject({
        ...{
          name: 'SystemError',
          message: `source 'erp': its secret has no "token": fill it as the README says`,
        },
      });
      expect(server.seen).toEqual([]);
    },
  );
});

describe('what goes wrong at a source', () => {
  it.each([
    [503, 'TransientError', "source 'erp' answered 503"],
    [408, 'TransientError', "source 'erp' answered 408"],
    [429, 'TransientError', "source 'erp' answered 429: too many requests"],
    [401, 'SystemError', "source 'erp' answered 401: check its secret"],
    [404, 'SystemError', "source 'erp' answered 404: it refuses the request"],
    [301, 'SystemError', "source 'erp' answered 301: a redirect, correct its url"],
  ])('has the class of what happens next: %i', async (status, name, message) => {
    server.answers = [{ status, body: 'words of the source', headers: { location: 'http://127.0.0.1/' } }];
    await expect(ask()).rejects.toMatchObject({ name, message });
    expect(server.seen).toHaveLength(1);
  });

  it('is transient where there is no answer, none in time, or none that is JSON', async () => {
    server.answers = [(response) => response.destroy(), () => {}, { status: 200, body: '<html>' }];
    for (const message of [/no answer/, /no answer/, /with no JSON/])
      await expect(ask()).rejects.toMatchObject({
        name: 'TransientError',
        message: expect.stringMatching(message),
      });
  });

  it('is a fault to be mended where the answer is longer than was allowed', async () => {
    server.answers = [{ status: 200, body: 'x'.repeat(1001) }];
    await expect(ask()).rejects.toMatchObject({ name: 'SystemError' });
  });

  it('opens its breaker, which is its own', async () => {
    server.answers = [{ status: 503 }];
    for (let n = 0; n < 40; n += 1) await ask().catch(() => {});
    await expect(ask()).rejects.toBeInstanceOf(Waiting);
    expect(server.seen.length).toBeLessThan(40);
    expect(world.tables.row('control', 'source#erp')).toMatchObject({ breaker: 'open' });
  });

  it('pauses it for as long as it says', async () => {
    server.answers = [{ status: 429, headers: { 'retry-after': '120' } }];
    await ask().catch(() => {});
    await expect(ask()).rejects.toMatchObject({ message: "source 'erp': it is busy" });
    expect(server.seen).toHaveLength(1);
  });
});

describe('an address', () => {
  it.each([
    '/../x',
    '/%2e%2e/x',
    '/a/../../x',
    '//h/x',
    'x',
    '',
    '/a?b',
    '/a#b',
    '/a\\b',
    '/a b',
    '/a/..%2f..%2fx',
    '/a/%2e%2E%5cx',
    '/a%2f..%2f..%2fx',
    '/..%252fx',
    '/a%00',
    '/%zz',
  ])('does not leave what the configuration names: %j', async (path) => {
    await expect(ask({}, path)).rejects.toMatchObject({ name: 'SystemError' });
    expect(server.seen).toEqual([]);
  });

  it('that leads inward is not called, in whichever environment it is not this machine', async () => {
    const elsewhere = { ...asking, local: false };
    for (const url of [
      server.url,
      'https://10.0.0.1:8443',
      'https://db.internal',
      'https://127.0.0.1.nip.io',
    ])
      await expect(askSource(source({ url }), { path: '/x' }, elsewhere)).rejects.toMatchObject({
        name: 'SystemError',
      });
    expect(server.seen).toEqual([]);
  });
});
