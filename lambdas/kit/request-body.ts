import { isUtf8 } from 'node:buffer';
import * as z from 'zod/v4/core';
import en from 'zod/v4/locales/en.js';
import { type ApiEvent, Problem } from './http.ts';
import { cutText } from './text.ts';

z.config(en());

/** Larger documents go through an upload and are named in the body. */
export const MAX_BODY_BYTES = 1_000_000;

/** Enough to mend a body by; a body of nothing but faults must not make an answer larger than itself. */
const MOST_ERRORS = 100;

export interface Fault {
  /** JSON pointer of the field. */
  pointer: string;
  message: string;
}

/** A request's body in the shape of a schema. @throws Problem 400 with one entry per fault, or 413 */
export function readBody<Body>(event: ApiEvent, schema: z.$ZodType<Body>): Body {
  return fitting(schema, parseJson(bytesOf(event), event.headers));
}

/**
 * A request's body in the shape of a schema, but for one field of the house's own beside it. Without that field it is a body like any
 * other. @throws Problem as `readBody` does
 */
export function readBodyBeside<Body, Own>(
  event: ApiEvent,
  schema: z.$ZodType<Body>,
  field: string,
  own: z.$ZodType<Own>,
): { body: Body; own: Own | undefined } {
  const value = parseJson(bytesOf(event), event.headers);
  const has =
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, field);
  if (!has) return { body: fitting(schema, value), own: undefined };
  const { [field]: given, ...rest } = value as Record<string, unknown>;
  const beside = new z.$ZodObject({ type: 'object', shape: { [field]: own as z.$ZodType } });
  const fits = fitting(beside, { [field]: given }) as Record<string, Own>;
  return { body: fitting(schema, rest), own: fits[field] };
}

/** The same of a call whose body may be left out: none at all is an empty one. */
export function readOptionalBody<Body>(event: ApiEvent, schema: z.$ZodType<Body>): Body {
  const bytes = bytesOf(event);
  const none = bytes.length < 100 && bytes.toString('utf8').trim() === '';
  return fitting(schema, none ? {} : parseJson(bytes, event.headers));
}

/** A request's body as text, for who parses it. @throws Problem 400 for what is no UTF-8, or 413 */
export function textOf(event: ApiEvent): string {
  return bytesOf(event).toString('utf8');
}

export function wrongBody(errors: readonly Fault[]): Problem {
  return new Problem(
    400,
    `the body does not fit the schema: ${errors.length} ${errors.length === 1 ? 'fault' : 'faults'}`,
    {
      errors: errors.slice(0, MOST_ERRORS),
    },
  );
}

function bytesOf(event: ApiEvent): Buffer {
  const { bytes } = sentBytes(event);
  requireUtf8(bytes, event.headers);
  return bytes;
}

/** A body as it came, of whatever kind. */
export interface Sent {
  bytes: Buffer;
  /** By its Content-Type. */
  charset?: string;
  /** API Gateway has mended it on the way: what it was cannot be told. */
  damaged: boolean;
}

/** @throws Problem 413 */
export function sentBytes({ body = '', isBase64Encoded, headers }: ApiEvent): Sent {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES)
    throw new Problem(413, `the body may be at most ${MAX_BODY_BYTES} bytes`);
  const [, charset] = CHARSET.exec(headers['content-type'] ?? '') ?? [];
  return { bytes, ...(charset === undefined ? {} : { charset }), damaged: isDamaged(bytes, headers) };
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]{1,40})/i;

function isDamaged(bytes: Buffer, headers: ApiEvent['headers']): boolean {
  const sent = headers['content-length'];
  return sent !== undefined && Number(sent) !== bytes.length && bytes.includes('\uFFFD');
}

/** Names of UTF-8 itself, and of what is UTF-8 already. */
const UTF8 = /^(?:utf-?8|us-ascii)$/i;

/**
 * Two bodies that differ must not become one by being mended: what is not UTF-8 is refused. API Gateway mends a body that it
 * passes on as text; then it has another length than was sent, and holds the character that stands for damage.
 */
function requireUtf8(bytes: Buffer, headers: ApiEvent['headers']): void {
  const [, charset = 'utf-8'] = CHARSET.exec(headers['content-type'] ?? '') ?? [];
  const wrong = !UTF8.test(charset)
    ? `is '${charset}' by its Content-Type`
    : !isUtf8(bytes) || isDamaged(bytes, headers)
      ? 'holds bytes that are not UTF-8'
      : '';
  if (wrong && !packed(bytes, headers))
    throw new Problem(400, `the charset of the body must be UTF-8, but it ${wrong}: send it as UTF-8`, {
      errors: [{ pointer: '', message: `must be UTF-8, but ${wrong}` }],
    });
}

/* Gzip begins with 1f, and so does nothing that is JSON. */
const packed = (bytes: Buffer, headers: ApiEvent['headers']) =>
  (headers['content-encoding'] ?? 'identity') !== 'identity' || bytes[0] === 0x1f;

function parseJson(bytes: Buffer, headers: ApiEvent['headers']): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    const message = `must be a JSON document${hint(bytes, headers)}`;
    throw new Problem(400, 'the body is not JSON', { errors: [{ pointer: '', message }] });
  }
}

/* What cannot be seen in an editor must be said. */
function hint(bytes: Buffer, headers: ApiEvent['headers']): string {
  if (packed(bytes, headers)) return ': send it as plain UTF-8, without Content-Encoding';
  if (bytes.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf))) return ': send it without a byte order mark';
  const [kind = ''] = (headers['content-type'] ?? 'application/json')
    .trim()
    .toLowerCase()
    .split(/[;,\s]/, 1);
  return /^application\/(?:[\w.-]+\+)?json$/.test(kind)
    ? ''
    : `, sent with 'Content-Type: application/json'; it came as '${cutText(kind, 80)}'`;
}

/** A value in the shape of a schema. @throws Problem 400 with one entry per fault */
export function fitting<Body>(schema: z.$ZodType<Body>, body: unknown): Body {
  if (isDeep(body))
    throw wrongBody([{ pointer: '', message: `must not be nested more than ${MOST_LEVELS} deep` }]);
  const parsed = z.safeParse(schema, body);
  if (parsed.success) {
    const halves = halvesIn(parsed.data, []);
    if (halves.length === 0) return parsed.data;
    throw wrongBody(halves);
  }
  throw wrongBody(parsed.error.issues.flatMap((issue) => faults(issue, body)));
}

/** Whoever walks through a value calls itself for each level of it: with more, some step after this one would have no stack left. */
const MOST_LEVELS = 500;

/** Whether a value is nested deeper than anybody writes. */
export function isDeep(value: unknown, levels = MOST_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeep(member, levels - 1));
}

/** An escape such as \`\\ud83d\` without its second half is no character: UTF-8 would change it. */
function halvesIn(value: unknown, path: readonly PropertyKey[]): Fault[] {
  if (typeof value === 'string')
    return value.isWellFormed()
      ? []
      : [{ pointer: pointer(path), message: 'must hold whole characters, got one half of a surrogate pair' }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...halvesIn(member, [...path, key]),
    ...(key.isWellFormed() ? [] : halvesIn(key, path)),
  ]);
}

/* An unknown field is reported where it stands, not at its parent. */
function faults(issue: z.$ZodIssue, body: unknown): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointer([...issue.path, key]),
      message: 'unknown field: remove it',
    }));
  }
  const absent = ['invalid_type', 'invalid_value'].includes(issue.code) && !isThere(body, issue.path);
  return [
    {
      pointer: pointer(issue.path),
      message: `${absent ? 'is missing: ' : ''}${words(issue.message, absent)}`,
    },
  ];
}

function isThere(body: unknown, path: readonly PropertyKey[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return body !== undefined;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, first)) return false;
  return isThere((body as Record<PropertyKey, unknown>)[first], rest);
}

/** As JSON calls them, where zod has a name of its own. */
const KINDS: Record<string, string> = {
  int: 'a whole number',
  record: 'an object',
  object: 'an object',
  array: 'an array',
};

/* "Invalid input: expected string, received number" says what happened; a caller wants to read what to do. */
function words(message: string, absent: boolean): string {
  const [, expected, received] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (!expected) return message;
  const must = `must be ${KINDS[expected] ?? `a ${expected}`}`;
  return absent ? must : `${must}, got ${received}`;
}

/** A key may be as long as a body. */
const MOST_KEY = 100;

function pointer(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${cutText(String(part), MOST_KEY).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
