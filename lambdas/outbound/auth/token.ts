import { clock } from '../../kit/clock.ts';
import { TooManyBytes } from '../bounded-fetch.ts';
import { OutwardFailure } from '../failure.ts';
import { InwardAddress } from '../post.ts';
import { rateHeaders } from '../rate-headers.ts';
import { at, jsonOf } from '../refusal.ts';
import { type Got, type Outgoing, sendOutward } from '../send.ts';
import type { Held } from './held.ts';
import type { Authorised, Authorising, Token } from './types.ts';

/* Tokens of OAuth 2.0, for client credentials (RFC 6749, section 4.4). */

const MOST_BYTES = 100_000;
/** A token is not used in its last minute, or its last half: the call takes time, and clocks differ. */
const MARGIN_MS = 60_000;
/** Where the server does not say how long it lasts. */
const SILENT_MS = 300_000;
const MOST_MS = 12 * 3_600_000;

const kept = new Map<string, Token>();
const asked = new Map<string, UnderWay>();

/** A request for a token, for all who need it at the same moment. It lasts as long as one of them waits, and no longer. */
interface UnderWay {
  token: Promise<Token>;
  waiting: number;
  end: AbortController;
}

/** The token that is kept, or a new one; those who need one at the same moment ask once. @throws OutwardFailure, SystemError */
export function tokenOf(who: Authorised, held: Held, authorising: Authorising): Promise<Token> {
  const { kind, name, secretId, tokenUrl, scope, audience } = who;
  const key = JSON.stringify([kind, name, secretId, tokenUrl, scope, audience]);
  const now = kept.get(key);
  if (now && now.until > clock.now() && now.text !== authorising.instead?.text) return Promise.resolve(now);
  return waitFor(key, asked.get(key) ?? begin(key, who, held, authorising), who, authorising.signal);
}

function begin(key: string, who: Authorised, held: Held, { local }: Authorising): UnderWay {
  const end = new AbortController();
  const token = newToken(who, held, { signal: end.signal, local })
    .then((given) => {
      kept.set(key, given);
      return given;
    })
    .finally(() => {
      if (asked.get(key) === request) asked.delete(key);
    });
  // All who waited may have left.
  void token.catch(() => {});
  const request: UnderWay = { token, waiting: 0, end };
  asked.set(key, request);
  return request;
}

/** Each waits for its own time, however short that of the others is. */
async function waitFor(
  key: string,
  request: UnderWay,
  { kind, name }: Authorised,
  signal: AbortSignal,
): Promise<Token> {
  request.waiting += 1;
  const leave = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const over = () => reject(noAnswer(`${kind} '${name}'`, signal.reason));
    if (signal.aborted) over();
    signal.addEventListener('abort', over, { once: true, signal: leave.signal });
  });
  try {
    return await Promise.race([request.token, late]);
  } finally {
    leave.abort();
    request.waiting -= 1;
    if (request.waiting === 0 && asked.get(key) === request) {
      asked.delete(key);
      request.end.abort();
    }
  }
}

function noAnswer(what: string, cause: unknown): OutwardFailure {
  return new OutwardFailure('transient', `${what}: no answer of its token server`, { cause });
}

async function newToken(who: Authorised, held: Held, { signal, local }: Authorising): Promise<Token> {
  const { kind, name } = who;
  const what = `${kind} '${name}'`;
  const outward = { ...(local === undefined ? {} : { local }), anyPort: true };
  const bounds = { ...outward, signal, mostBytes: MOST_BYTES };
  const got = await sendOutward(requestFor(who, held), bounds).catch((cause: unknown) => {
    if (cause instanceof InwardAddress)
      throw new OutwardFailure('request', `${what}: its token server's address leads inward`, { cause });
    if (cause instanceof TooManyBytes)
      throw new OutwardFailure('request', `${what}: its token server's answer is no token`, { cause });
    throw noAnswer(what, cause);
  });
  return tokenIn(what, got);
}

function requestFor(who: Authorised, held: Held): Outgoing {
  const { tokenUrl = '', scope, audience, tokenAuth = 'basic' } = who;
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope) form.set('scope', scope);
  if (audience) form.set('audience', audience);
  const headers: Record<string, string> = {
    ...{ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
  };
  const [id, secret] = [held('clientId'), held('clientSecret')];
  if (tokenAuth === 'body') {
    form.set('client_id', id);
    form.set('client_secret', secret);
  } else {
    // The standard encodes both before it joins them.
    const pair = [id, secret].map((one) => new URLSearchParams({ '': one }).toString().slice(1)).join(':');
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return { method: 'POST', url: new URL(tokenUrl), headers, body: form.toString() };
}

function tokenIn(what: string, { status, header, text }: Got): Token {
  const { retryAfterMs } = rateHeaders({ get: (name) => header(name) ?? null });
  if (status === 429)
    throw new OutwardFailure('rate', `${what}: its token server has too many requests`, { retryAfterMs });
  if (status >= 500 || status === 408)
    throw new OutwardFailure('transient', `${what}: its token server answered ${status}`, { retryAfterMs });
  if (status >= 400)
    throw new OutwardFailure('key', `${what}: its token server refused us with ${status}: check its secret`);
  const said = jsonOf(text);
  const token = at(said, 'access_token');
  const type = at(said, 'token_type');
  const isToken = typeof token === 'string' && /^[\x21-\x7e]{1,16000}$/.test(token);
  if (status >= 300 || !isToken || (typeof type === 'string' && !/^bearer$/i.test(type)))
    throw new OutwardFailure('request', `${what}: its token server's answer is no token`);
  const seconds = Number(at(said, 'expires_in'));
  const lastsMs = seconds > 0 ? Math.min(MOST_MS, seconds * 1000) : SILENT_MS;
  return { text: token, until: clock.now() + Math.max(lastsMs / 2, lastsMs - MARGIN_MS) };
}
