import { createHash } from 'node:crypto';
import { call, record } from './bucket/wire.ts';
import { newLinkToken } from './digest.ts';

/* Values in the content bucket. */

/** Stores a JSON value. Writing the same key again replaces it. @throws TransientError | SystemError */
export async function putContent(bucket: string, key: string, value: unknown): Promise<void> {
  record('PutObject', bucket, key);
  const body = JSON.stringify(value);
  const headers = { 'content-type': 'application/json' };
  await call(bucket, key, { method: 'PUT', headers, body });
}

/** Stores a JSON value unless something is there: then false. @throws TransientError | SystemError */
export function putOnce(bucket: string, key: string, value: unknown): Promise<boolean> {
  return putFirst(bucket, key, value);
}

/**
 * The same, with a random salt beside it for digests that outlive it: whoever may read the value may read that, and both go together.
 */
export async function putSalted(bucket: string, key: string, value: unknown): Promise<void> {
  await putFirst(bucket, key, value, { [SALT]: newLinkToken() });
}

async function putFirst(bucket: string, key: string, value: unknown, more: object = {}): Promise<boolean> {
  record('PutObject', bucket, key);
  const body = JSON.stringify(value);
  const headers = {
    ...more,
    'content-type': 'application/json',
    'if-none-match': '*',
    // A bucket with a lock on its objects takes none without it.
    'content-md5': createHash('md5').update(body).digest('base64'),
  };
  const { status } = await call(bucket, key, { method: 'PUT', headers, body, means: [THERE_ALREADY] });
  return status !== THERE_ALREADY;
}

/** The answer to a condition that does not hold. */
const THERE_ALREADY = 412;

const SALT = 'x-amz-meta-salt';

/** Reads a JSON value. @throws SystemError if it is not there (expired, or never written) */
export async function getContent<T>(bucket: string, key: string): Promise<T> {
  return (await getSalted<T>(bucket, key)).value;
}

/** The same, with its salt if it was stored with one. */
export async function getSalted<T>(bucket: string, key: string): Promise<{ value: T; salt?: string }> {
  record('GetObject', bucket, key);
  const { bytes, headers } = await call(bucket, key, { method: 'GET' });
  const salt = headers[SALT];
  return { value: JSON.parse(bytes.toString()) as T, ...(salt ? { salt } : {}) };
}
