import { createHash } from 'node:crypto';
import type { Browser as Chromium } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../lambdas/kit/digest.ts';
import { violations } from '../support/accessibility.ts';
import { launchBrowser } from '../support/browser.ts';
import { Browser, hidden, house, mainOf, SETTINGS, served } from '../support/console.ts';
import { ENV } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import {
  answerTo,
  arrived,
  askedBy,
  type Claims,
  expectNobody,
  freshProvider,
  idp,
  issuer,
  pressed,
  session,
  written,
} from './oidc-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshProvider);

afterEach(() => idp.stub.close());

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

it('a real browser goes there and back, across sites, without scripts', async () => {
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
