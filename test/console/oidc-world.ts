import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { expect, vi } from 'vitest';
import { logger } from '../../lambdas/kit/telemetry.ts';
import { Browser, freshHouse, hidden, house, mainOf, SETTINGS, type Seen } from '../support/console.ts';
import { ENV } from '../support/fixtures.ts';
import { type Seen as Call, type Stub, stubServer } from '../support/http.ts';
import { world } from '../support/world.ts';

/*
 * An identity provider on the loopback: it keeps what it was asked, checks what a real one checks, and lies
 * when told to.
 */

export const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const FORGED = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const SECRET = 'client secret/1+ü';
export const SECRET_ENCODED = 'client+secret%2F1%2B%C3%BC';

export type Claims = Record<string, unknown>;

export interface Answered {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export const idp = {
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

export const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
export const issuer = () => house.settings.oidc?.issuer ?? '';

export function tokenFor(asked: URLSearchParams): string {
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
export function tokenAnswer({ body, headers }: Call): Answered {
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

export function serve(response: ServerResponse, call: Call): void {
  const { pathname, searchParams } = new URL(call.path, issuer());
  const { status, body, headers } = answered(pathname, call) ?? {
    ...{ status: 302, body: '', headers: { location: answerTo(searchParams) } },
  };
  const type = { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers }).end(JSON.stringify(body));
}

export function answered(path: string, call: Call): Answered | undefined {
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
export function answerTo(asked: URLSearchParams, more: Record<string, string> = {}): string {
  const code = `code-${idp.codes.size + 1}`;
  idp.codes.set(code, asked);
  const query = new URLSearchParams({ code, state: asked.get('state') ?? '', ...more });
  return `${asked.get('redirect_uri')}?${query}`;
}

export const written: string[] = [];
for (const level of ['info', 'warn', 'error'] as const)
  vi.spyOn(logger, level).mockImplementation((...line) => {
    written.push(JSON.stringify(line).replaceAll('\\"', '"'));
  });

let tests = 0;
export async function freshProvider(): Promise<void> {
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
}

/** Presses the button on the sign-in page. */
export async function pressed(browser: Browser, page = '/console/sign-in'): Promise<Seen> {
  const { text } = await browser.get(page);
  const form = mainOf(text).split('</form>')[0] ?? '';
  return browser.post('/console/sign-in/oidc', hidden(form));
}

/** What the provider is asked, in the address that the browser is sent to. */
export function askedBy({ headers }: Seen): URLSearchParams {
  return new URL(/^0; url=(.+)$/.exec(headers.get('refresh') ?? '')?.[1] ?? '').searchParams;
}

/** The address that the browser comes back to, as the house sees it. */
export async function begun(browser: Browser, more: Record<string, string> = {}): Promise<string> {
  return answerTo(askedBy(await pressed(browser)), more).replace(house.baseUrl, '');
}

export async function arrived(browser = new Browser()): Promise<Seen> {
  return browser.get(await begun(browser));
}

export const session = () => world.tables.all('control').find(({ id }) => String(id).startsWith('session#'));

/** Nobody was signed in, and neither the page nor the log quotes what nobody may read. */
export function expectNobody(seen: Seen, status: number, ...words: string[]): void {
  expect(seen.status).toBe(status);
  for (const text of words) expect(seen.text).toContain(text);
  expect(seen.text).not.toMatch(/OAUTH_|access-1|eyJ|Error\b/);
  expect(session()).toBeUndefined();
  expect(seen.headers.getSetCookie().join()).not.toContain('__Host-signalbox-session');
  const secrets = ['access-1', 'eyJ', 'code-1', SECRET, 'client_secret', '@example.com'];
  for (const secret of secrets) expect(written.join()).not.toContain(secret);
}
