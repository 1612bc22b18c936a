import type { Source, SourceRequest } from '../contract/intake/sources.ts';
import type { Priority } from '../contract/item/status.ts';
import { SystemError, TransientError } from '../kit/errors.ts';
import { readSecret } from '../kit/secrets.ts';
import { TooManyBytes } from './bounded-fetch.ts';
import { AFTER } from './classify.ts';
import { type Got, getOutward } from './get.ts';
import { enter, waitingFor } from './permit.ts';
import { InwardAddress } from './post.ts';
import { rateHeaders } from './rate-headers.ts';
import { kindOf, type RefusalKind } from './refusal.ts';
import { type Failure, reportFailure, reportSuccess } from './report.ts';

/* One question to a source: a read-only system of the configuration. What goes wrong has the words of `classify.ts`. */

export interface Asking {
  /** The table of breakers. */
  table: string;
  automation: string;
  priority?: Priority;
  /** Whose call it is for. @default nobody else's */
  item?: string;
  /** The whole product runs on this machine, its sources too. @default false */
  local?: boolean;
}

/** What became of a call that brought no answer. */
class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
  readonly kind: RefusalKind;
  readonly retryAfterMs: number | undefined;
  constructor(kind: RefusalKind, message: string, retryAfterMs?: number, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Asks, and gives the answer: the value of its JSON, or its text.
 * @throws Waiting while it is busy or its breaker is open; TransientError while it is down, or its answer is no JSON; SystemError where
 *   configuration or code must be mended first
 */
export async function askSource(source: Source, request: SourceRequest, asking: Asking): Promise<unknown> {
  const { table, automation, priority = 'normal', item } = asking;
  const url = urlOf(source, request);
  const headers = { accept: request.as === 'text' ? '*/*' : 'application/json', ...(await keyOf(source)) };
  const permit = await enter(table, source, { tokens: 0, priority, automation, item });
  if ('refused' in permit) throw waitingFor(source, permit, automation);
  try {
    const answer = read(source, request, await get(source, url, headers, asking));
    await reportSuccess(table, source, permit);
    return answer;
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    const { breaker: kind } = AFTER[error.kind];
    if (kind === 'none') await reportSuccess(table, source, permit);
    else {
      const failure: Failure = { kind, retryAfterMs: error.retryAfterMs };
      await reportFailure(table, source, permit, failure);
    }
    throw heard(error);
  }
}

function heard(failure: SourceFailure): Error {
  const { kind, retryAfterMs } = failure;
  if (AFTER[kind].error !== 'TransientError') return new SystemError(failure.message, { cause: failure });
  const retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000);
  return new TransientError(failure.message, { cause: failure, retryAfterSeconds });
}

/** Below the source's own, whatever a cursor or an item has put into the path. */
function urlOf({ name, url: base }: Source, { path, query = {} }: SourceRequest): URL {
  const url = new URL(base);
  const root = url.pathname.replace(/\/+$/, '');
  if (typeof path !== 'string' || !/^\/(?!\/)[^\s\\?#]*$/.test(path) || climbs(path)) throw outside(name);
  url.pathname = `${root}${path}`;
  if (!url.pathname.startsWith(`${root}/`) || url.origin !== new URL(base).origin) throw outside(name);
  for (const [field, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(field, String(value));
  return url;
}

/** Whether a path leads upwards for whoever decodes it: our parser once, a proxy and the system behind it perhaps once more each. */
function climbs(path: string): boolean {
  let decoded = path;
  try {
    for (let more = true; more; ) {
      const next = decodeURIComponent(decoded);
      more = next !== decoded;
      decoded = next;
    }
  } catch {
    return true;
  }
  return decoded.includes('\0') || decoded.split(/[/\\]/).some((part) => part === '.' || part === '..');
}

function outside(name: string): SystemError {
  return new SystemError(
    `source '${name}': a request needs a 'path' below its url that begins with "/", its query apart`,
  );
}

async function keyOf({ name, auth, keyHeader = 'x-api-key', secretId }: Source) {
  if (!auth || !secretId) return {};
  const held = (await readSecret<Record<string, unknown> | null>(secretId)) ?? {};
  const field = (key: string): string => {
    const value = held[key];
    const text = typeof value === 'string' ? value.trim() : '';
    // A header takes nothing else, and whoever tries fails with words that hold the key.
    if (!/^[\x20-\x7e]+$/.test(text))
      throw new SystemError(`source '${name}': its secret has no "${key}": fill it as the README says`);
    return text;
  };
  if (auth === 'bearer') return { authorization: `Bearer ${field('token')}` };
  if (auth === 'header') return { [keyHeader]: field('key') };
  const pair = Buffer.from(`${field('user')}:${field('password')}`).toString('base64');
  return { authorization: `Basic ${pair}` };
}

function get(
  { name, timeoutSeconds, mostBytes }: Source,
  url: URL,
  headers: Readonly<Record<string, string>>,
  { local = false }: Asking,
): Promise<Got> {
  const call = { headers, mostBytes, timeoutMs: timeoutSeconds * 1000 };
  return getOutward(url, call, { local, anyPort: true }).catch((cause: unknown) => {
    if (cause instanceof TooManyBytes)
      throw new SourceFailure(
        'request',
        `source '${name}': its answer has more than ${mostBytes} bytes: ask for less at a time`,
      );
    if (cause instanceof InwardAddress)
      throw new SourceFailure('request', `source '${name}': its url leads inward`, undefined, { cause });
    throw new SourceFailure('transient', `source '${name}': no answer`, undefined, { cause });
  });
}

function read({ name }: Source, { as = 'json' }: SourceRequest, { status, header, text }: Got): unknown {
  const what = `source '${name}' answered ${status}`;
  if (status >= 200 && status < 300) {
    if (as === 'text') return text;
    try {
      return JSON.parse(text);
    } catch {
      // Its words are not repeated; some page stands before it, and will not for ever.
      throw new SourceFailure('transient', `${what}, and with no JSON`);
    }
  }
  const { retryAfterMs } = rateHeaders({ get: (key) => header(key) ?? null });
  const kind = kindOf({ status, names: [], words: '', flagged: false, retryAfterMs: undefined });
  if (kind === 'transient') throw new SourceFailure('transient', what, retryAfterMs);
  if (kind === 'rate') throw new SourceFailure('rate', `${what}: too many requests`, retryAfterMs);
  if (kind === 'key') throw new SourceFailure('key', `${what}: check its secret`);
  if (status < 400) throw new SourceFailure('request', `${what}: a redirect, correct its url`);
  throw new SourceFailure('request', `${what}: it refuses the request`);
}
