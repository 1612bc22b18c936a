import * as oauth from 'oauth4webapi';
import type { ApprovalSettings } from '../../contract/approval-settings.ts';
import { clock } from '../../kit/clock.ts';
import { SystemError, TransientError } from '../../kit/errors.ts';
import { readSecret } from '../../kit/secrets.ts';
import type { Attempt } from '../../tables/sign-in/oidc-attempts.ts';

/** A sign-in asks three times at most, and API Gateway waits 30 seconds for all of them. */
const TIMEOUT_MS = 5_000;

/** A provider that moves its endpoints is followed at most this much later; its keys are looked at every five minutes. */
const KEEP_MS = 60 * 60 * 1000;

export type OidcSettings = NonNullable<ApprovalSettings['oidc']>;

/** We, as the provider knows us. */
export interface Party {
  oidc: OidcSettings;
  /** Of `{"clientSecret": "…"}`. */
  secretId: string;
  redirectUri: string;
}

/** Why the provider's answer signs nobody in; the reason is for the log, without a word of a token. */
export interface Refused {
  refused: 'declined' | 'unproven' | 'nameless' | 'unverified';
  reason: string;
}

/**
 * The provider's page to sign in on.
 * @throws TransientError when the provider is down, SystemError when it or the secret is not set up
 */
export async function signInPage(party: Party, { state, verifier, nonce }: Attempt): Promise<string> {
  const server = await serverOf(party);
  const url = URL.parse(server.authorization_endpoint ?? '');
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isInsecure(party));
  if (!safe) throw unusable('its authorization_endpoint is no https URL');
  const { clientId, emailClaim } = party.oidc;
  const asked = {
    ...{ response_type: 'code', client_id: clientId, redirect_uri: party.redirectUri },
    scope: emailClaim === 'email' ? 'openid email' : 'openid email profile',
    ...{ state, nonce, code_challenge_method: 'S256' },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return url.href;
}

/** Both are needed at the end: what is missing is better said before somebody has typed their password elsewhere. */
export async function checkParty(party: Party): Promise<void> {
  await Promise.all([serverOf(party), clientSecret(party)]);
}

/**
 * Turns what came back with the browser into an address. The ID token is believed when issuer, audience, nonce, times and
 * the provider's signature fit.
 * @throws TransientError when the provider is down, SystemError when it refuses us
 */
export async function whoSignedIn(
  party: Party,
  answer: URLSearchParams,
  { state, verifier, nonce }: Attempt,
): Promise<{ email: string } | Refused> {
  const server = await serverOf(party);
  const secret = await clientSecret(party);
  const client: oauth.Client = { client_id: party.oidc.clientId };
  const posts = server.token_endpoint_auth_methods_supported?.includes('client_secret_post');
  const proof = posts ? oauth.ClientSecretPost(secret) : oauth.ClientSecretBasic(secret);
  const { redirectUri } = party;
  const how = requests(party);
  try {
    const code = oauth.validateAuthResponse(server, client, answer, state);
    const response = await oauth.authorizationCodeGrantRequest(
      ...([server, client, proof, code, redirectUri, verifier, how] as const),
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(server, response, how);
    return addressIn({ ...oauth.getValidatedIdTokenClaims(tokens) }, party.oidc);
  } catch (error) {
    return refusalOf(error);
  }
}

function addressIn(
  claims: Record<string, unknown>,
  { emailClaim }: OidcSettings,
): { email: string } | Refused {
  const email = claims[emailClaim];
  const verified = claims.email_verified;
  // Some providers send it as text.
  if (verified !== undefined && verified !== true && verified !== 'true') {
    return { refused: 'unverified', reason: 'email_verified' };
  }
  // Letters beyond ASCII can become an approver's when case is ignored: the Kelvin sign becomes a k.
  const fits = typeof email === 'string' && email.length <= 254 && /^[\x21-\x7e]+@[\x21-\x7e]+$/.test(email);
  return fits ? { email } : { refused: 'nameless', reason: emailClaim };
}

function refusalOf(error: unknown): Refused {
  if (error instanceof oauth.AuthorizationResponseError) {
    return { refused: 'declined', reason: word(error.error) };
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) throw strangers(`${error.status}`);
  if (error instanceof oauth.ResponseBodyError) {
    if (error.error !== 'invalid_grant') throw strangers(word(error.error));
    return { refused: 'unproven', reason: 'invalid_grant' };
  }
  if (error instanceof TransientError) throw error;
  return { refused: 'unproven', reason: reasonOf(error) };
}

const known = new Map<string, { server: oauth.AuthorizationServer; at: number }>();

async function serverOf(party: Party): Promise<oauth.AuthorizationServer> {
  const { issuer } = party.oidc;
  const hit = known.get(issuer);
  if (hit && hit.at + KEEP_MS > clock.now()) return hit.server;
  const url = new URL(issuer);
  try {
    const response = await oauth.discoveryRequest(url, requests(party));
    const server = await oauth.processDiscoveryResponse(url, response);
    known.set(issuer, { server, at: clock.now() });
    return server;
  } catch (error) {
    throw error instanceof TransientError ? error : unusable(reasonOf(error));
  }
}

async function clientSecret({ secretId }: Party): Promise<string> {
  const secret = await readSecret<{ clientSecret?: unknown } | null>(secretId);
  const value = String(secret?.clientSecret ?? '').trim();
  if (!value)
    throw new SystemError(`secret '${secretId}' holds no 'clientSecret': fill it as docs/approvals.md says`);
  return value;
}

function requests(party: Party) {
  return { [oauth.customFetch]: call, [oauth.allowInsecureRequests]: isInsecure(party) };
}

/** The configuration takes `http` for this machine alone. */
function isInsecure({ oidc }: Party): boolean {
  return oidc.issuer.startsWith('http:');
}

async function call(url: string, init: oauth.CustomFetchOptions<string, unknown>): Promise<Response> {
  const unheard = (cause: unknown): never => {
    throw new TransientError('the identity provider did not answer', { cause });
  };
  // A connection kept over a freeze may be dead, and a code is good for one request.
  const headers = { ...init.headers, connection: 'close' };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { ...(init as RequestInit), headers, signal }).catch(unheard);
  const { status } = response;
  if (status === 429 || status >= 500) throw new TransientError(`the identity provider answered ${status}`);
  const body = await response.text().catch(unheard);
  return new Response(body || null, { status, headers: response.headers });
}

function unusable(what: string): SystemError {
  return new SystemError(`the identity provider cannot be used (${what}): check 'console.oidc.issuer'`);
}

function strangers(what: string): SystemError {
  return new SystemError(
    `the identity provider refused us (${what}): check 'console.oidc.clientId' and its secret`,
  );
}

/** The library's words for what does not fit: they are fixed and quote nothing. Its causes quote tokens. */
function reasonOf(error: unknown): string {
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
    return error.message;
  }
  return error instanceof Error ? error.name : typeof error;
}

/** An error's name as the standard has them, or nothing of what stands in its place. */
function word(text: string): string {
  return /^[a-z_]{1,40}$/.test(text) ? text : 'no known word';
}
