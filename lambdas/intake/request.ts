import * as z from 'zod/v4/core';
import en from 'zod/v4/locales/en.js';
import { type ApiEvent, Problem, waitSeconds } from '../shared/http.ts';
import { PRIORITIES, type Priority } from '../shared/item.ts';
import { readCallback } from './callback-url.ts';

z.config(en());

/** Larger documents go through an upload and are named in the body. */
export const MAX_BODY_BYTES = 1_000_000;

/** Enough to mend a body by; a body of nothing but faults must not make an answer larger than itself. */
const MOST_ERRORS = 100;

export interface Options {
  idempotencyKey: string | undefined;
  priority: Priority;
  callbackUrl: string | undefined;
  waitSeconds: number;
}

/** The request's headers, checked. @throws Problem 400 naming the header and what it may be */
export function readOptions(headers: Record<string, string | undefined>, stage: string): Options {
  const idempotencyKey = headers['idempotency-key'];
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    throw new Problem(400, "'Idempotency-Key' must be 1 to 255 printable ASCII characters without spaces");
  }
  const prefer = /(?:^|[,;\s])wait=([^,;\s]*)/i.exec(headers.prefer ?? '')?.[1];
  return {
    idempotencyKey,
    priority: readPriority(headers['signalbox-priority']),
    callbackUrl: readCallback(headers['signalbox-callback-url'], stage),
    waitSeconds: waitSeconds('Prefer: wait', prefer),
  };
}

function readPriority(text: string | undefined): Priority {
  const priority = PRIORITIES.find((known) => known === (text ?? 'normal'));
  if (priority) return priority;
  throw new Problem(400, `'Signalbox-Priority' must be one of ${PRIORITIES.join(', ')}, got '${text}'`);
}

/** The request's body as the automation's own type. @throws Problem 400 with one entry per fault, or 413 */
export function readBody<Body>(event: ApiEvent, schema: z.$ZodType<Body>): Body {
  const text = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
    : (event.body ?? '');
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) {
    throw new Problem(413, `the body may be at most ${MAX_BODY_BYTES} bytes`);
  }
  const parsed = z.safeParse(schema, parseJson(text));
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap(faults);
  throw new Problem(400, `the body does not fit the schema: ${errors.length} fault(s)`, {
    errors: errors.slice(0, MOST_ERRORS),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'the body is not JSON', {
      errors: [{ pointer: '', message: 'must be a JSON document' }],
    });
  }
}

/* An unknown field is reported where it stands, not at its parent. */
function faults(issue: z.$ZodIssue): { pointer: string; message: string }[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointer([...issue.path, key]),
      message: 'unknown field: remove it',
    }));
  }
  return [{ pointer: pointer(issue.path), message: words(issue.message) }];
}

/* "Invalid input: expected string, received undefined" says what happened; a caller wants to read what to do. */
function words(message: string): string {
  const type = /^Invalid input: expected (\w+), received (\w+)$/.exec(message);
  if (!type) return message;
  return type[2] === 'undefined'
    ? `is missing: must be a ${type[1]}`
    : `must be a ${type[1]}, got ${type[2]}`;
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
