import type { Priority } from '../contract/item/status.ts';
import type { Source, SourceRequest } from '../contract/outside/source.ts';
import { SystemError } from '../kit/errors.ts';
import { below } from './address.ts';
import { sendAuthorised } from './auth/send.ts';
import { TooManyBytes } from './bounded-fetch.ts';
import { OutwardFailure } from './failure.ts';
import { enter, waitingFor } from './permit.ts';
import { InwardAddress } from './post.ts';
import { rateHeaders } from './rate-headers.ts';
import { kindOf } from './refusal.ts';
import { reportFailure, reportSuccess } from './report.ts';
import type { Got, Outgoing } from './send.ts';

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
  /** What is not there (404, 410) is an answer: `null`. @default it is a fault of the request */
  mayLack?: boolean;
}

/**
 * Asks, and gives the answer: the value of its JSON, or its text.
 * @throws Waiting while it is busy or its breaker is open; TransientError while it is down, or its answer is no JSON; SystemError where
 *   configuration or code must be mended first
 */
export async function askSource(source: Source, request: SourceRequest, asking: Asking): Promise<unknown> {
  const { table, automation, priority = 'normal', item } = asking;
  const outgoing = outgoingOf(source, request);
  const permit = await enter(table, source, { tokens: 0, priority, automation, item });
  if ('refused' in permit) throw waitingFor(source, permit, automation);
  try {
    const answer = read(source, request, await send(source, outgoing, asking), asking);
    await reportSuccess(table, source, permit);
    return answer;
  } catch (error) {
    if (!(error instanceof OutwardFailure)) throw error;
    const { heard } = error;
    if (heard) await reportFailure(table, source, permit, heard);
    else await reportSuccess(table, source, permit);
    throw error.errorOf(source);
  }
}

function outgoingOf(source: Source, request: SourceRequest): Outgoing {
  const { body, path, as } = request;
  const url = below(source, request);
  const headers = { accept: as === 'text' ? '*/*' : 'application/json' };
  if (body === undefined) return { method: 'GET', url, headers };
  if (!source.readsByPost?.includes(path))
    throw new SystemError(
      `source '${source.name}': a POST needs a path of its 'readsByPost', where it only reads`,
    );
  const typed = { ...headers, 'content-type': 'application/json' };
  return { method: 'POST', url, headers: typed, body: JSON.stringify(body) };
}

function send(source: Source, outgoing: Outgoing, { local = false }: Asking): Promise<Got> {
  const { name, timeoutSeconds, mostBytes } = source;
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  const bounds = { local, anyPort: true, mostBytes, signal };
  return sendAuthorised(source, outgoing, bounds).catch((cause: unknown) => {
    if (cause instanceof OutwardFailure || cause instanceof SystemError) throw cause;
    if (cause instanceof TooManyBytes)
      throw new OutwardFailure(
        'request',
        `source '${name}': its answer has more than ${mostBytes} bytes: ask for less at a time`,
      );
    if (cause instanceof InwardAddress)
      throw new OutwardFailure('request', `source '${name}': its url leads inward`, { cause });
    throw new OutwardFailure('transient', `source '${name}': no answer`, { cause });
  });
}

function read(
  { name }: Source,
  { as = 'json' }: SourceRequest,
  { status, header, text }: Got,
  { mayLack = false }: Asking,
): unknown {
  const what = `source '${name}' answered ${status}`;
  if (mayLack && (status === 404 || status === 410)) return null;
  if (status >= 200 && status < 300) {
    if (as === 'text') return text;
    try {
      return JSON.parse(text);
    } catch {
      // Its words are not repeated; some page stands before it, and will not for ever.
      throw new OutwardFailure('transient', `${what}, and with no JSON`);
    }
  }
  const { retryAfterMs } = rateHeaders({ get: (key) => header(key) ?? null });
  const kind = kindOf({ status, names: [], words: '', flagged: false, retryAfterMs: undefined });
  if (kind === 'transient') throw new OutwardFailure('transient', what, { retryAfterMs });
  if (kind === 'rate') throw new OutwardFailure('rate', `${what}: too many requests`, { retryAfterMs });
  if (kind === 'key') throw new OutwardFailure('key', `${what}: check its secret`);
  if (status < 400) throw new OutwardFailure('request', `${what}: a redirect, correct its url`);
  throw new OutwardFailure('request', `${what}: it refuses the request`);
}
