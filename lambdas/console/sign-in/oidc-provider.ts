import '#start';
import * as oauth from 'oauth4webapi';
import type { ApprovalSettings } from '../../contract/approval-settings.ts';
import { clock } from '../../kit/clock.ts';
import { SystemError, TransientError } from '../../kit/errors.ts';
import { readSecret } from '../../kit/secrets.ts';
import type { Attempt } from '../../tables/sign-in/oidc-attempts.ts';

/** A sign-in makes at most three requests, and API Gateway waits 30 seconds for all of them. */
const TIMEOUT_MS = 5_000;

/**
 * If a provider moves its endpoints, we follow at most this much later; its keys are read every five minutes.
 */
const KEEP_MS = 60 * 60 * 1000;

export type OidcSettings = NonNullable<ApprovalSettings['oidc']>;

export interface Party {
  oidc: OidcSettings;
  /** The secret that holds `{"clientSecret": "…"}`. */
  secretId: string;
  redirectUri: string;
}

/** Why the provider's answer signs nobody in; the reason is for the log and quotes no token. */
export interface Refused {
  refused: 'declined' | 'unproven' | 'nameless' | 'unverified';
  reason: string;
}

/**
 * The provider's sign-in page.
 * @throws TransientError if the provider is down, SystemError if it or the secret is not set up
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

/** Both are needed at the end: better to fail now than after somebody has typed their password. */
export async function checkParty(party: Party): Promise<void> {
  await Promise.all([serverOf(party), clientSecret(party)]);
}

/**
 * Turns the provider's answer into an address. An ID token counts if issuer, audience, nonce, times and
 * signature fit.
 * @throws TransientError if the provider is down, SystemError if it refuses us
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
  if (verified !== undefined && verified !== true && verified !== 'true') {
    return { refused: 'unverified', reason: 'email_verified' };
  }
  // Ignoring case can turn other letters into an approver's address: the Kelvin sign becomes a k.
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

/** The configuration allows `http` only for this machine. */
function isInsecure({ oidc }: Party): boolean {
  return oidc.issuer.startsWith('http:');
}

async function call(url: string, init: oauth.CustomFetchOptions<string, unknown>): Promise<Response> {
  const unheard = (cause: unknown): never => {
    throw new TransientError('the identity provider did not answer', { cause });
  };
  // A connection kept over a freeze may be dead, and a code is valid for one request.
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

/** The library's fixed messages quote nothing. Their causes quote tokens. */
function reasonOf(error: unknown): string {
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
    return error.message;
  }
  return error instanceof Error ? error.name : typeof error;
}

/** A standard error name, or nothing of what the provider sent instead. */
function word(text: string): string {
  return /^[a-z_]{1,40}$/.test(text) ? text : 'no known word';
}
