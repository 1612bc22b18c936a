import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser as Chromium } from 'playwright-core';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../lambdas/kit/digest.ts';
import { logger } from '../../lambdas/kit/telemetry.ts';
import { loadConfig } from '../../lib/config.ts';
import { approvalSettings } from '../../lib/parts/approval-settings.ts';
import { violations } from '../support/accessibility.ts';
import { launchBrowser } from '../support/browser.ts';
import {
  Browser,
  freshHouse,
  hidden,
  house,
  mainOf,
  SETTINGS,
  type Seen,
  served,
} from '../support/console.ts';
import own from '../support/example.config.ts';
import { ENV } from '../support/fixtures.ts';
import { type Seen as Call, reset, type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

/* An identity provider on the loopback: it keeps what it was asked, checks what a real one checks, and lies when told to. */

const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
const FORGED = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SECRET = 'client secret/1+ü';
const SECRET_ENCODED = 'client+secret%2F1%2B%C3%BC';

type Claims = Record<string, unknown>;

interface Answered {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const idp = {
  stub: undefined as unknown as Stub,
  /** What the next token says instead; undefined leaves a claim out. */
  claims: {} as Claims,
  header: {} as Claims,
  key: KEYS.privateKey as KeyObject,
  metadata: {} as Claims,
  /** Answers of the token endpoint instead of its own. */
  token: undefined as Answered | undefined,
  signature: undefined as string | undefined,
  codes: new Map<string, URLSearchParams>(),
};

const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const issuer = () => house.settings.oidc?.issuer ?? '';

function tokenFor(asked: URLSearchParams): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    ...{ iss: issuer(), sub: 'u-1', aud: 'signalbox', iat: now, exp: now + 300 },
    ...{ nonce: asked.get('nonce'), email: 'ann@example.com', email_verified: true },
    ...idp.claims,
  };
  const text = `${b64({ alg: 'RS256', kid: 'k1', ...idp.header })}.${b64(claims)}`;
  return `${text}.${idp.signature ?? sign('sha256', Buffer.from(text), idp.key).toString('base64url')}`;
}

/** Like a real one: a code is good once, for its client, its address and its verifier. */
function tokenAnswer({ body, headers }: Call): Answered {
  if (idp.token) return idp.token;
  const form = new URLSearchParams(body);
  const asked = idp.codes.get(form.get('code') ?? '');
  idp.codes.delete(form.get('code') ?? '');
  const basic = `Basic ${Buffer.from(`signalbox:${SECRET_ENCODED}`).toString('base64')}`;
  if (form.get('client_secret') !== SECRET && headers.authorization !== basic)
    return { status: 401, body: { error: 'invalid_client' } };
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  const fits =
    asked?.get('code_challenge') === challenge && asked.get('redirect_uri') === form.get('redirect_uri');
  if (!asked || !fits) return { status: 400, body: { error: 'invalid_grant' } };
  return { status: 200, body: { access_token: 'access-1', token_type: 'Bearer', id_token: tokenFor(asked) } };
}

function serve(response: ServerResponse, call: Call): void {
  const { pathname, searchParams } = new URL(call.path, issuer());
  const { status, body, headers } = answered(pathname, call) ?? {
    ...{ status: 302, body: '', headers: { location: answerTo(searchParams) } },
  };
  const type = { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers }).end(JSON.stringify(body));
}

function answered(path: string, call: Call): Answered | undefined {
  const own = {
    issuer: issuer(),
    authorization_endpoint: `${issuer()}/authorize?tenant=1`,
    token_endpoint: `${issuer()}/token`,
    jwks_uri: `${issuer()}/keys`,
  };
  if (path === '/.well-known/openid-configuration') return { status: 200, body: { ...own, ...idp.metadata } };
  if (path === '/token') return tokenAnswer(call);
  const key = { ...KEYS.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' };
  return path === '/keys' ? { status: 200, body: { keys: [key] } } : undefined;
}

/** Signs in as whoever `idp.claims` says. @returns where the provider sends the browser */
function answerTo(asked: URLSearchParams, more: Record<string, string> = {}): string {
  const code = `code-${idp.codes.size + 1}`;
  idp.codes.set(code, asked);
  const query = new URLSearchParams({ code, state: asked.get('state') ?? '', ...more });
  return `${asked.get('redirect_uri')}?${query}`;
}

const written: string[] = [];
const spies = (['info', 'warn', 'error'] as const).map((level) =>
  vi.spyOn(logger, level).mockImplementation((...line) => {
    written.push(JSON.stringify(line).replaceAll('\\"', '"'));
  }),
);
afterAll(() => {
  for (const spy of spies) spy.mockRestore();
});

let tests = 0;
beforeEach(async () => {
  freshHouse();
  written.length = 0;
  Object.assign(idp, { claims: {}, header: {}, metadata: {}, token: undefined, signature: undefined });
  Object.assign(idp, { key: KEYS.privateKey, codes: new Map(), stub: await stubServer(serve) });
  // A name of its own for each test: secrets are kept in memory.
  ENV.OIDC_SECRET = `signalbox/oidc-${tests++}`;
  world.secrets[ENV.OIDC_SECRET] = JSON.stringify({ clientSecret: SECRET });
  house.settings = {
    ...SETTINGS,
    oidc: { issuer: idp.stub.url, clientId: 'signalbox', emailClaim: 'email', mailedLinks: true },
  };
});
afterEach(() => idp.stub.close());

/** Presses the button on the sign-in page. */
async function pressed(browser: Browser, page = '/console/sign-in'): Promise<Seen> {
  const { text } = await browser.get(page);
  const form = mainOf(text).split('</form>')[0] ?? '';
  return browser.post('/console/sign-in/oidc', hidden(form));
}

/** What the provider is asked, in the address that the browser is sent to. */
function askedBy({ headers }: Seen): URLSearchParams {
  return new URL(/^0; url=(.+)$/.exec(headers.get('refresh') ?? '')?.[1] ?? '').searchParams;
}

/** The address that the browser comes back to, as the house sees it. */
async function begun(browser: Browser, more: Record<string, string> = {}): Promise<string> {
  return answerTo(askedBy(await pressed(browser)), more).replace(house.baseUrl, '');
}

async function arrived(browser = new Browser()): Promise<Seen> {
  return browser.get(await begun(browser));
}

const session = () => world.tables.all('control').find(({ id }) => String(id).startsWith('session#'));

/** Nobody was signed in, and neither the page nor the log quotes what nobody may read. */
function expectNobody(seen: Seen, status: number, ...words: string[]): void {
  expect(seen.status).toBe(status);
  for (const text of words) expect(seen.text).toContain(text);
  expect(seen.text).not.toMatch(/OAUTH_|access-1|eyJ|Error\b/);
  expect(session()).toBeUndefined();
  expect(seen.headers.getSetCookie().join()).not.toContain('__Host-signalbox-session');
  const secrets = ['access-1', 'eyJ', 'code-1', SECRET, 'client_secret', '@example.com'];
  for (const secret of secrets) expect(written.join()).not.toContain(secret);
}

describe('signing in at the provider', () => {
  it('leads in, and says in the session how', async () => {
    const ann = new Browser();
    const seen = await pressed(ann, '/console/sign-in?next=%2Fconsole%2Fdecided%3Fmonth%3D2026-11');
    expect(seen.status).toBe(200);
    const back = answerTo(askedBy(seen)).replace(house.baseUrl, '');
    expect((await ann.get(back)).to).toBe('/console/decided?month=2026-11');

    expect(session()).toMatchObject({ email: 'ann@example.com', authenticatedBy: 'session by oidc' });
    expect((await ann.get('/console')).status).toBe(200);
    expect(written.join()).not.toMatch(/eyJ|access-1|code-1|ann@/);
  });

  it('asks for a code and nothing else, with PKCE, state and nonce', async () => {
    const seen = await pressed(new Browser());
    expect(seen.headers.get('refresh')).toMatch(`0; url=${idp.stub.url}/authorize?tenant=1&`);
    const asked = Object.fromEntries(askedBy(seen));
    expect(asked).toEqual({
      ...{ tenant: '1', response_type: 'code', client_id: 'signalbox', scope: 'openid email' },
      redirect_uri: 'https://desk.example/console/sign-in/oidc/callback',
      ...{ code_challenge_method: 'S256', code_challenge: expect.stringMatching(/^[\w-]{43}$/) },
      ...{ state: expect.stringMatching(/^[\w-]{43}$/), nonce: expect.stringMatching(/^[\w-]{43}$/) },
    });
    const row = world.tables.row('control', `oidc#${sha256(asked.state ?? '')}`);
    expect(row?.nonce).toBe(asked.nonce);
    expect(createHash('sha256').update(String(row?.verifier)).digest('base64url')).toBe(asked.code_challenge);
    expect(world.tables.snapshot()).not.toContain(asked.state);
    expect(Number(row?.expiresAt) - time.at / 1000).toBe(600);
  });

  it('keeps the state, the browser and the session apart: nothing of one is in another attempt', async () => {
    const ann = new Browser();
    const [one, two] = [askedBy(await pressed(ann)), askedBy(await pressed(ann))];
    for (const name of ['state', 'nonce', 'code_challenge']) expect(one.get(name)).not.toBe(two.get(name));
    const cookie = ann.cookies.get('__Host-signalbox-oidc') ?? '';
    expect(world.tables.snapshot()).not.toContain(cookie);
  });

  it('gives the browser a cookie that comes back with it, and with no foreign form', async () => {
    const { headers } = await new Browser().get('/console/sign-in');
    const cookie = headers.getSetCookie().find((it) => it.startsWith('__Host-signalbox-oidc')) ?? '';
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(part);
  });

  it.each(['client_secret_post', 'client_secret_basic'])(
    'shows the secret as the provider wants it: %s',
    async (method) => {
      idp.metadata = { token_endpoint_auth_methods_supported: [method] };
      expect((await arrived()).status).toBe(303);
      const call = idp.stub.seen.find(({ path }) => path === '/token');
      expect(call?.body.includes('client_secret=')).toBe(method === 'client_secret_post');
    },
  );

  it('reads where the provider is once an hour', async () => {
    const discoveries = () => idp.stub.seen.filter(({ path }) => path.startsWith('/.well-known')).length;
    await arrived();
    time.advance(3599);
    await arrived();
    expect(discoveries()).toBe(1);
    time.advance(1);
    await arrived();
    expect(discoveries()).toBe(2);
  });

  it('knows people by their configured spelling', async () => {
    idp.claims = { email: 'Ann@Example.COM', email_verified: 'true' };
    expect((await arrived()).status).toBe(303);
    expect(session()?.email).toBe('ann@example.com');
  });

  it('reads the claim that is configured, and trusts a provider that does not speak of verification', async () => {
    house.settings = {
      ...house.settings,
      oidc: { ...(house.settings.oidc as NonNullable<typeof SETTINGS.oidc>), emailClaim: 'upn' },
    };
    idp.claims = { email: 'zoe@example.com', upn: 'bob@example.com', email_verified: undefined };
    const bob = new Browser();
    const asked = askedBy(await pressed(bob));
    expect(asked.get('scope')).toBe('openid email profile');
    await bob.get(answerTo(asked).replace(house.baseUrl, ''));
    expect(session()?.email).toBe('bob@example.com');
  });

  it('works for a house below a path', async () => {
    house.baseUrl = 'http://127.0.0.1:4566/_aws/api';
    const ann = new Browser();
    const asked = askedBy(await pressed(ann));
    expect(asked.get('redirect_uri')).toBe(`${house.baseUrl}/console/sign-in/oidc/callback`);
    expect((await ann.get(answerTo(asked).replace(house.baseUrl, ''))).to).toBe('/_aws/api/console');
  });
});

describe('beginning', () => {
  it('needs a form that we gave to this browser', async () => {
    const text = mainOf((await new Browser().get('/console/sign-in')).text);
    const fields = hidden(text.split('</form>')[0] ?? '');
    const other = new Browser();
    await other.get('/console/sign-in');
    const mail = hidden(mainOf((await other.get('/console/sign-in')).text));
    for (const seen of [
      await other.post('/console/sign-in/oidc', fields),
      await other.post('/console/sign-in/oidc'),
      await other.post('/console/sign-in/oidc', mail),
      await new Browser().post('/console/sign-in/oidc', fields),
    ])
      expect(seen.status).toBe(400);
    expect(world.tables.all('control')).toEqual([]);
    expect(idp.stub.seen).toEqual([]);
  });

  it.each(['https://evil.example', '//evil.example', '/console/sign-out'])(
    'never leads out of the console (%s)',
    async (next) => {
      const ann = new Browser();
      const form = mainOf((await ann.get('/console/sign-in')).text).split('</form>')[0] ?? '';
      const seen = await ann.post('/console/sign-in/oidc', { ...hidden(form), next });
      expect((await ann.get(answerTo(askedBy(seen)).replace(house.baseUrl, ''))).to).toBe('/console');
    },
  );

  it.each<[string, object, string]>([
    ['another issuer', { issuer: 'https://evil.example' }, 'does not match the expected value'],
    ['no page to sign in on', { authorization_endpoint: undefined }, 'authorization_endpoint'],
    ['a page that is a script', { authorization_endpoint: 'javascript:alert(1)' }, 'authorization_endpoint'],
  ])('says so when the provider answers for %s', async (_name, metadata, reason) => {
    idp.metadata = metadata as Claims;
    const seen = await pressed(new Browser());
    expectNobody(seen, 500, 'does not work', 'tell your operators');
    expect(seen.headers.get('refresh')).toBeNull();
    expect(written.join()).toContain(reason);
  });

  it.each(['{"clientSecret":""}', '{}', 'null'])(
    'says so while nobody has filled the secret (%s)',
    async (value) => {
      world.secrets[ENV.OIDC_SECRET] = value;
      expectNobody(await pressed(new Browser()), 500, 'tell your operators');
      expect(written.join()).toContain(`secret '${ENV.OIDC_SECRET}' holds no 'clientSecret'`);
    },
  );
});

describe('an answer', () => {
  it('counts once: who sends it again changes nothing', async () => {
    const ann = new Browser();
    const back = await begun(ann);
    expect((await ann.get(back)).status).toBe(303);
    world.tables.rows('control').delete(String(session()?.id));
    const calls = idp.stub.seen.length;
    expectNobody(await ann.get(back), 400, 'used already');
    expect(idp.stub.seen).toHaveLength(calls);
  });

  it('counts once when it comes twice at once', async () => {
    const ann = new Browser();
    const back = await begun(ann);
    const seen = await Promise.all([ann.get(back), ann.get(back)]);
    expect(seen.map(({ status }) => status).sort()).toEqual([303, 400]);
  });

  it('in another browser, or opened by a scanner, changes nothing, and still counts in the right one', async () => {
    const [ann, thief] = [new Browser(), new Browser()];
    const back = await begun(ann);
    await begun(thief);
    const before = world.tables.snapshot();
    const calls = idp.stub.seen.length;
    for (const other of [thief, new Browser(), new Browser()])
      expectNobody(await other.get(back), 400, 'began in another browser');
    expectNobody(await ann.get(back, 'HEAD'), 400);
    expect(world.tables.snapshot()).toBe(before);
    expect(idp.stub.seen).toHaveLength(calls);

    expect((await ann.get(back)).status).toBe(303);
  });

  it.each(['', 'x'.repeat(43), 'short', '%00', 'constructor'])(
    'with a state that is not ours (%s) is refused',
    async (state) => {
      const ann = new Browser();
      await begun(ann);
      expectNobody(await ann.get(`/console/sign-in/oidc/callback?code=code-1&state=${state}`), 400);
      expect(idp.stub.seen.some(({ path }) => path === '/token')).toBe(false);
    },
  );

  it.each([
    ['599 seconds later, works', 599, 303],
    ['600 seconds later, is refused', 600, 400],
  ])('%s', async (_name, seconds, status) => {
    const ann = new Browser();
    const back = await begun(ann);
    time.advance(seconds);
    expect((await ann.get(back)).status).toBe(status);
  });

  it('that is a refusal is told in plain words, and ends the attempt', async () => {
    const ann = new Browser();
    const state = askedBy(await pressed(ann)).get('state') ?? '';
    const query = new URLSearchParams({ state, error: 'access_denied', error_description: '<b>secret</b>' });
    const seen = await ann.get(`/console/sign-in/oidc/callback?${query}`);
    expectNobody(seen, 403, 'did not sign you in');
    expect(`${seen.text}${written}`).not.toContain('secret');
    expect(written.join()).toContain('access_denied');
    expectNobody(await ann.get(`/console/sign-in/oidc/callback?${query}`), 400);
  });

  it('of another provider is refused', async () => {
    const ann = new Browser();
    expectNobody(await ann.get(await begun(ann, { iss: 'https://evil.example' })), 403, 'does not prove');
    expect(idp.stub.seen.some(({ path }) => path === '/token')).toBe(false);
  });

  const past = Math.floor(Date.now() / 1000) - 3600;
  const unsigned = (alg: string, signature: string) =>
    Object.assign(idp, {
      ...{ header: { alg }, signature, metadata: { id_token_signing_alg_values_supported: [alg] } },
    });
  it.each<[string, () => void, string]>([
    [
      'a wrong nonce',
      () => Object.assign(idp.claims, { nonce: 'x'.repeat(43) }),
      'unexpected ID Token "nonce"',
    ],
    ['no nonce', () => Object.assign(idp.claims, { nonce: undefined }), '"nonce" (nonce) claim missing'],
    ['another audience', () => Object.assign(idp.claims, { aud: 'payroll' }), 'unexpected JWT "aud"'],
    [
      'a second audience',
      () => Object.assign(idp.claims, { aud: ['signalbox', 'payroll'] }),
      'additional untrusted audiences',
    ],
    [
      'another issuer',
      () => Object.assign(idp.claims, { iss: 'https://evil.example' }),
      'unexpected JWT "iss"',
    ],
    [
      'an end in the past',
      () => Object.assign(idp.claims, { iat: past - 300, exp: past }),
      '"exp" (expiration time)',
    ],
    ['no end', () => Object.assign(idp.claims, { exp: undefined }), 'claim missing'],
    [
      'a forged signature',
      () => Object.assign(idp, { key: FORGED.privateKey }),
      'signature verification failed',
    ],
    ['an unknown key', () => Object.assign(idp.header, { kid: 'k2' }), 'no applicable keys found'],
    ['no signature', () => Object.assign(idp, { header: { alg: 'none' }, signature: '' }), '"alg"'],
    ['a shared secret for a key', () => Object.assign(idp.header, { alg: 'HS256' }), '"alg"'],
    ['no signature, as the provider allows', () => unsigned('none', ''), 'unsupported JWS "alg" identifier'],
    ['a shared secret, as the provider allows', () => unsigned('HS256', 'eHg'), 'unsupported JWS algorithm'],
    ['a signature that is no text', () => Object.assign(idp, { signature: '!' }), 'TypeError'],
  ])('whose token has %s signs nobody in', async (_name, spoil, reason) => {
    spoil();
    expectNobody(await arrived(), 403, 'does not prove who you are');
    expect(written.join()).toContain(reason);
  });

  it('without a token signs nobody in', async () => {
    idp.token = { status: 200, body: { access_token: 'access-1', token_type: 'Bearer' } };
    expectNobody(await arrived(), 403, 'does not prove who you are');
  });

  it.each([false, 'false', null, 0])(
    'with an address that is not verified (%s) signs nobody in',
    async (verified) => {
      idp.claims = { email_verified: verified };
      expectNobody(await arrived(), 403, 'has not confirmed your e-mail address');
    },
  );

  it.each([undefined, '', 7, ['ann@example.com'], 'ann', 'boB@example.com'.replace('B', '\u212a')])(
    'with no address that could be one of ours (%s) signs nobody in',
    async (email) => {
      idp.claims = { email };
      house.settings = { ...house.settings, operators: ['bok@example.com'] };
      expectNobody(await arrived(), 403, 'did not say which e-mail address');
    },
  );

  it('for an address without a role signs nobody in', async () => {
    idp.claims = { email: 'who@example.com' };
    expectNobody(await arrived(), 403, 'no role here');
  });
});

describe('a provider that', () => {
  it.each<[string, number, unknown, number, string]>([
    ['does not know our secret', 401, { error: 'invalid_client' }, 500, 'invalid_client'],
    ['says a word of its own', 400, { error: 'Bad Thing <eyJ>' }, 500, 'no known word'],
    ['does not take the code', 400, { error: 'invalid_grant' }, 403, 'invalid_grant'],
    ['is busy', 429, {}, 500, 'answered 429'],
    ['fails', 503, {}, 500, 'answered 503'],
    ['answers no object', 200, [], 403, 'must be a top level object'],
    ['leads elsewhere', 302, {}, 403, 'not a conform Token Endpoint response'],
  ])('%s is told in plain words', async (_name, status, body, shown, reason) => {
    idp.token = { status, body };
    expectNobody(await arrived(), shown, 'Nothing was changed.');
    expect(written.join()).toContain(reason);
  });

  it('challenges us is told in plain words', async () => {
    idp.token = { status: 401, body: {}, headers: { 'www-authenticate': 'Basic realm="x"' } };
    expectNobody(await arrived(), 500, 'tell your operators');
    expect(written.join()).toContain('refused us (401)');
  });

  it('is down keeps nobody from the page, and from a mailed link', async () => {
    idp.stub.answers = [reset];
    const ann = new Browser();
    expectNobody(await pressed(ann), 500, 'does not answer');
    expect(written.join()).toContain('the identity provider did not answer');
    expect(world.tables.all('control')).toEqual([]);
    await ann.signIn('ann@example.com');
    expect(session()?.authenticatedBy).toBe('session by mailed link');
  });

  it('goes down in between is told in plain words', async () => {
    const ann = new Browser();
    const back = await begun(ann);
    idp.stub.answers = [reset];
    expectNobody(await ann.get(back), 500, 'does not answer');
  });
});

describe('the sign-in page', () => {
  it('offers both ways', async () => {
    const { text } = await new Browser().get('/console/sign-in');
    expect(text).toContain(`Sign in with ${new URL(issuer()).host}`);
    expect(text).toContain('Send me a link');
  });

  it('offers the provider alone where mailed links are off, and takes none', async () => {
    const link = '/console/sign-in/x';
    const { oidc, ...without } = house.settings;
    house.settings = without;
    const ann = new Browser();
    const mail = hidden(mainOf((await ann.get('/console/sign-in')).text));
    house.settings = { ...without, oidc: { ...(oidc as NonNullable<typeof oidc>), mailedLinks: false } };

    const { text } = await ann.get('/console/sign-in');
    expect(text).toContain('Sign in with ');
    expect(text).not.toContain('Send me a link');
    expect((await ann.post('/console/sign-in', { ...mail, email: 'ann@example.com' })).status).toBe(403);
    expect((await ann.get(link)).to).toBe('/console/sign-in');
    expect(world.mails).toEqual([]);
    expect((await arrived(ann)).status).toBe(303);
  });

  it('offers no provider where none is configured', async () => {
    house.settings = SETTINGS;
    const ann = new Browser();
    expect((await ann.get('/console/sign-in')).text).not.toContain('Sign in with');
    expect((await ann.get('/console/sign-in/oidc/callback?code=1&state=1')).status).toBe(303);
    expect((await ann.post('/console/sign-in/oidc')).status).toBe(404);
  });
});

describe('in the configuration', () => {
  async function load(oidc: object) {
    const file = join(await mkdtemp(join(tmpdir(), 'signalbox-oidc-')), 'config.mjs');
    writeFileSync(file, `export default ${JSON.stringify({ ...own, console: { oidc } })};\n`);
    return loadConfig(file);
  }

  it.each([
    'https://id.example.com',
    'https://login.example.com/tenant/v2.0/',
    'http://127.0.0.1:9000',
    'http://localhost/realms/a',
  ])('%s can be an issuer', async (url) => {
    const config = await load({ issuer: url, clientId: 'c' });
    expect(config.console.oidc).toEqual({
      ...{ issuer: url, clientId: 'c', secret: 'signalbox/oidc', emailClaim: 'email', mailedLinks: true },
    });
    expect(approvalSettings(config).oidc).toEqual({
      ...{ issuer: url, clientId: 'c', emailClaim: 'email', mailedLinks: true },
    });
  });

  it.each([
    'http://id.example.com',
    'http://localhost.evil.example',
    'http://127.0.0.1@evil.example',
    'https://id.example.com/?a=b',
    'ftp://id.example.com',
    'id.example.com',
  ])('%s can not', async (url) => {
    await expect(load({ issuer: url, clientId: 'c' })).rejects.toThrow("'console.oidc.issuer'");
  });

  it('a secret itself has no place', async () => {
    await expect(load({ issuer: 'https://a.example', clientId: 'c', clientSecret: 'oops' })).rejects.toThrow(
      'clientSecret',
    );
  });
});

it('a real browser goes there and back, across sites, without scripts', { timeout: 60_000 }, async () => {
  let chromium: Chromium | undefined;
  const server = await served();
  try {
    chromium = await launchBrowser();
    // Another site than the house: a cookie that is not Lax would stay at home.
    const at = idp.stub.url.replace('127.0.0.1', 'localhost');
    house.settings = {
      ...house.settings,
      oidc: { ...(house.settings.oidc as NonNullable<typeof SETTINGS.oidc>), issuer: at },
    };
    const page = await (await chromium.newContext({ javaScriptEnabled: false })).newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(`${house.baseUrl}/console/decided`);
    await page.getByRole('button', { name: `Sign in with ${new URL(at).host}` }).click();
    await page.getByRole('navigation', { name: 'Console' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/decided');
    expect(session()?.authenticatedBy).toBe('session by oidc');

    const own = await (await chromium.newContext()).newPage();
    await own.goto(`${house.baseUrl}/console/sign-in`);
    expect(await violations(own)).toEqual([]);
  } finally {
    await chromium?.close();
    await server.close();
  }
});
