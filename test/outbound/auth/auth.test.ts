import { createHmac } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Source } from '../../../lambdas/contract/outside/source.ts';
import { sha256 } from '../../../lambdas/kit/digest.ts';
import { askSource } from '../../../lambdas/outbound/source.ts';
import { Waiting } from '../../../lambdas/outbound/waiting-error.ts';
import { type Answer, type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

let server: Stub;
let tokens: Stub;
let made = 0;
let source: Source;

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  server = await stubServer({ status: 200, body: { found: true } });
  tokens = await stubServer(grant('t1'));
  made += 1;
  // Tokens are kept by name: each test has a source of its own.
  source = {
    ...{ kind: 'source', name: `erp-${made}`, url: `${server.url}/api`, timeoutSeconds: 1, mostBytes: 1000 },
    ...{ auth: 'oauth', secretId: 'erp', tokenUrl: `${tokens.url}/token` },
  };
  world.secrets.erp = JSON.stringify({ clientId: 'the:client', clientSecret: 'p w+%' });
});
afterEach(() => Promise.all([server.close(), tokens.close()]));

const grant = (token: string, more: object = {}) => ({
  status: 200,
  body: { access_token: token, token_type: 'Bearer', expires_in: 3600, ...more },
});
const asking = { table: 'control', automation: 'demo', local: true };
const ask = (more: Partial<Source> = {}, path = '/orders', body?: unknown) =>
  askSource({ ...source, ...more }, { path, ...(body === undefined ? {} : { body }) }, asking);
const sent = () => server.seen.map(({ headers }) => headers.authorization);

describe('a token', () => {
  it('comes of the client credentials, both encoded, and goes with the request', async () => {
    await ask({ scope: 'orders.read', audience: 'erp' });
    expect(tokens.seen).toHaveLength(1);
    const [{ method, path, headers, body } = { headers: {} as Record<string, string> }] = tokens.seen;
    expect({ method, path, body }).toEqual({
      ...{ method: 'POST', path: '/token' },
      body: 'grant_type=client_credentials&scope=orders.read&audience=erp',
    });
    expect(headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${btoa('the%3Aclient:p+w%2B%25')}`,
    });
    expect(sent()).toEqual(['Bearer t1']);
  });

  it('is asked for with the secret in the body where the server wants it there', async () => {
    await ask({ tokenAuth: 'body' });
    const [seen] = tokens.seen;
    expect(seen?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(seen?.body))).toEqual({
      ...{ grant_type: 'client_credentials', client_id: 'the:client', client_secret: 'p w+%' },
    });
  });

  it('is kept until a minute before its end, and asked for once by many', async () => {
    await Promise.all([ask(), ask(), ask()]);
    time.advance(3539);
    await ask();
    expect(tokens.seen).toHaveLength(1);
    tokens.answers = [grant('t2')];
    time.advance(2);
    await ask();
    expect(tokens.seen).toHaveLength(2);
    expect(sent()).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  it.each([
    ['60', 29, 31],
    [undefined, 239, 241],
    ['soon', 239, 241],
    [1e9, 43_000, 43_200],
  ])('that lasts %s seconds is kept for what is safe', async (expires_in, kept, over) => {
    tokens.answers = [grant('t1', { expires_in })];
    await ask();
    time.advance(kept);
    await ask();
    expect(tokens.seen).toHaveLength(1);
    time.advance(over - kept);
    await ask();
    expect(tokens.seen).toHaveLength(2);
  });

  it('that is refused is asked for anew, once', async () => {
    server.answers = [{ status: 401 }, { status: 200, body: { found: 1 } }];
    tokens.answers = [grant('old'), grant('new')];
    expect(await ask()).toEqual({ found: 1 });
    expect(sent()).toEqual(['Bearer old', 'Bearer new']);
    server.answers = [{ status: 401 }];
    await expect(ask()).rejects.toMatchObject({
      message: `source '${source.name}' answered 401: check its secret`,
    });
    expect(server.seen).toHaveLength(4);
  });

  it.each([
    ['401', { status: 401 }, 'SystemError', /: its token server refused us with 401: check its secret$/],
    ['400', { status: 400, body: { error: 'invalid_client' } }, 'SystemError', /refused us with 400/],
    ['503', { status: 503 }, 'TransientError', /: its token server answered 503$/],
    ['429', { status: 429 }, 'TransientError', /: its token server has too many requests$/],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1/' } }, 'SystemError', /is no token/],
    ['a page', { status: 200, body: '<html>' }, 'SystemError', /is no token/],
    ['two headers', grant('a\r\nx-evil: 1'), 'SystemError', /is no token/],
    ['another type', grant('t', { token_type: 'mac' }), 'SystemError', /is no token/],
    ['a flood', { status: 200, body: 'x'.repeat(100_001) }, 'SystemError', /is no token/],
  ] as const)('that does not come is the failure of its source: %s', async (_, answer, name, message) => {
    tokens.answers = [answer];
    await expect(ask()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
    expect(server.seen).toEqual([]);
  });

  it('of a server that is down opens the breaker of the source', async () => {
    tokens.answers = [{ status: 503 }];
    for (let n = 0; n < 40; n += 1) await ask().catch(() => {});
    await expect(ask()).rejects.toBeInstanceOf(Waiting);
    expect(tokens.seen.length).toBeLessThan(40);
  });

  it('and its call have one time together', async () => {
    const late: Answer = (response) =>
      void setTimeout(() => response.end(JSON.stringify({ access_token: 't', found: true })), 700);
    tokens.answers = [late];
    server.answers = [late];
    await expect(ask()).rejects.toMatchObject({ message: `source '${source.name}': no answer` });
    // The token alone came in time, and so does the answer.
    expect(await ask()).toMatchObject({ found: true });
  });

  it('is waited for by each in its own time, and asked for once', async () => {
    const late: Answer = (response) =>
      void setTimeout(() => response.end(JSON.stringify({ access_token: 't9' })), 500);
    tokens.answers = [late];
    const hasty = ask({ timeoutSeconds: 0.2 });
    const patient = ask({ timeoutSeconds: 5 });

    await expect(hasty).rejects.toMatchObject({
      message: `source '${source.name}': no answer of its token server`,
    });
    expect(await patient).toMatchObject({ found: true });
    expect([tokens.seen.length, sent()]).toEqual([1, ['Bearer t9']]);
  });

  it('that nobody waits for any more is asked for anew', async () => {
    tokens.answers = [() => {}, grant('fresh')];
    await expect(ask({ timeoutSeconds: 0.2 })).rejects.toMatchObject({ name: 'TransientError' });
    expect(await ask()).toMatchObject({ found: true });
    expect([tokens.seen.length, sent()]).toEqual([2, ['Bearer fresh']]);
  });

  it('is fetched from no private network', async () => {
    const asked = askSource(
      { ...source, url: 'https://erp.example.com', tokenUrl: 'https://10.0.0.1/token' },
      { path: '/x' },
      { ...asking, local: false },
    );
    await expect(asked).rejects.toMatchObject({
      ...{ name: 'SystemError', message: expect.stringMatching(/token server's address leads inward/) },
    });
  });
});

describe('a secret that was rotated', () => {
  const rotating =
    (secret: object): Answer =>
    (response) => {
      world.secrets.erp = JSON.stringify(secret);
      response.writeHead(401).end();
    };

  it.each([
    ['bearer', { token: 'old' }, { token: 'new' }, 'authorization', ['Bearer old', 'Bearer new']],
    ['header', { key: 'old' }, { key: 'new' }, 'x-api-key', ['old', 'new']],
  ] as const)('is read anew once the old one is refused: %s', async (auth, before, after, header, both) => {
    world.secrets.erp = JSON.stringify(before);
    server.answers = [rotating(after), { status: 200, body: { found: 1 } }];
    expect(await ask({ auth })).toEqual({ found: 1 });
    expect(server.seen.map(({ headers }) => headers[header])).toEqual(both);
  });

  it('is tried once', async () => {
    world.secrets.erp = JSON.stringify({ token: 'old' });
    server.answers = [rotating({ token: 'new' }), { status: 401 }];
    await expect(ask({ auth: 'bearer' })).rejects.toMatchObject({ name: 'SystemError' });
    expect(server.seen).toHaveLength(2);
  });
});

describe('a signature', () => {
  it('covers method, body, path and query, with a time', async () => {
    world.secrets.erp = JSON.stringify({ signingKey: 'k' });
    const hmac: Partial<Source> = { auth: 'hmac', keyHeader: 'x-mac', readsByPost: ['/search.json'] };
    await ask(hmac, '/search.json', { q: 1 });
    const given = String(server.seen[0]?.headers['x-mac']);
    const [, t, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(given) ?? [];
    const text = `${t}.POST.${sha256('{"q":1}')}./api/search.json`;
    expect(mac).toBe(createHmac('sha256', 'k').update(text).digest('hex'));
  });

  it('of AWS is the one that another signer makes', async () => {
    world.secrets.erp = JSON.stringify({ accessKeyId: 'AKID', secretAccessKey: 'secret' });
    const query = { q: "a b+c/d'(e)*é", z: '', a: '1' };
    const request = { path: '/orders/a%20b%2Fc', query };
    await askSource({ ...source, auth: 'sigv4', region: 'eu-central-1' }, request, asking);
    const [seen] = server.seen;
    const { authorization, 'x-amz-date': date } = seen?.headers ?? {};
    // It leaves some headers out, as servers do not need them; all that ours signed are named.
    const named = /SignedHeaders=([^,]+)/.exec(String(authorization))?.[1]?.split(';') ?? [];
    expect(named).toEqual(['accept', 'host', 'x-amz-content-sha256', 'x-amz-date']);
    const { headers } = await new AwsV4Signer({
      ...{ accessKeyId: 'AKID', secretAccessKey: 'secret', region: 'eu-central-1', service: 'execute-api' },
      ...{ url: `${server.url}${seen?.path}`, datetime: String(date), allHeaders: true },
      headers: { accept: 'application/json', 'x-amz-content-sha256': sha256('') },
    }).sign();
    expect(authorization).toBe(headers.get('authorization'));
  });
});
