import { PRIORITIES, type Priority } from '../contract/item/status.ts';
import { Problem, waitSeconds } from '../kit/http.ts';
import { readCallback } from './callback-url.ts';

export interface Options {
  idempotencyKey: string | undefined;
  priority: Priority;
  callbackUrl: string | undefined;
  waitSeconds: number;
  /** The caller can do something with the first facts, and does not wait for the rest. */
  early: boolean;
}

/** As RFC 7240 allows: with white space around the sign, and the value in quotes. */
const PREFER_EARLY = /(?:^|[,;\s])early\s*(?:$|[,;])/i;
const PREFER_WAIT = /(?:^|[,;\s])wait\s*=\s*(?:"([^"]*)"|([^,;\s]*))/i;

/** The request's headers, checked. @throws Problem 400 naming the header and what it may be */
export function readOptions(headers: Record<string, string | undefined>, environment: string): Options {
  const idempotencyKey = headers['idempotency-key'];
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    throw new Problem(400, "'Idempotency-Key' must be 1 to 255 printable ASCII characters without spaces");
  }
  const [, quoted, plain] = PREFER_WAIT.exec(headers.prefer ?? '') ?? [];
  return {
    idempotencyKey,
    priority: readPriority(headers['signalbox-priority']),
    callbackUrl: readCallback(headers['signalbox-callback-url'], environment),
    // A preference: too large a value is honoured as far as possible.
    waitSeconds: waitSeconds('Prefer: wait', quoted ?? plain, 'bounded'),
    early: PREFER_EARLY.test(headers.prefer ?? ''),
  };
}

function readPriority(text: string | undefined): Priority {
  const priority = PRIORITIES.find((known) => known === (text ?? 'normal'));
  if (priority) return priority;
  throw new Problem(400, `'Signalbox-Priority' must be one of ${PRIORITIES.join(', ')}, got '${text}'`);
}
