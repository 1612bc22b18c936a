import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser, house } from '../support/console.ts';
import { reset } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import {
  arrived,
  askedBy,
  begun,
  expectNobody,
  FORGED,
  freshProvider,
  idp,
  pressed,
  session,
  written,
} from './oidc-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshProvider);

afterEach(() => idp.stub.close());

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
