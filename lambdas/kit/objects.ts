import { createHash } from 'node:crypto';
import { call, record } from './bucket/wire.ts';
import { newLinkToken } from './digest.ts';

/* Values in the content bucket. */

/** What lies beside a value, as metadata of its object: it is read with it, and goes with it. Plain characters, 2 kB in all. */
export type Beside = Readonly<Record<string, string>>;

/** Stores a JSON value. Writing the same key again replaces it. @throws TransientError | SystemError */
export async function putContent(
  bucket: string,
  key: string,
  value: unknown,
  beside: Beside = {},
): Promise<void> {
  record('PutObject', bucket, key);
  const body = JSON.stringify(value);
  const headers = { ...metadata(beside), 'content-type': 'application/json' };
  await call(bucket, key, { method: 'PUT', headers, body });
}

/** Stores a JSON value unless something is there: then false. @throws TransientError | SystemError */
export function putOnce(bucket: string, key: string, value: unknown): Promise<boolean> {
  return putFirst(bucket, key, value);
}

/** The same, with a random `salt` beside it for digests that outlive it. */
export async function putSalted(bucket: string, key: string, value: unknown): Promise<void> {
  await putFirst(bucket, key, value, { salt: newLinkToken() });
}

async function putFirst(bucket: string, key: string, value: unknown, beside: Beside = {}): Promise<boolean> {
  record('PutObject', bucket, key);
  const body = JSON.stringify(value);
  const headers = {
    ...metadata(beside),
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

const METADATA = 'x-amz-meta-';

function metadata(beside: Beside): Record<string, string> {
  return Object.fromEntries(Object.entries(beside).map(([name, value]) => [`${METADATA}${name}`, value]));
}

/** Reads a JSON value. @throws SystemError if it is not there (expired, or never written) */
export async function getContent<T>(bucket: string, key: string): Promise<T> {
  return (await getWith<T>(bucket, key)).value;
}

/** The same, with what lies beside it. */
export async function getWith<T>(bucket: string, key: string): Promise<{ value: T; beside: Beside }> {
  record('GetObject', bucket, key);
  const { bytes, headers } = await call(bucket, key, { method: 'GET' });
  const beside = Object.entries(headers)
    .filter(([name]) => name.startsWith(METADATA))
    .map(([name, value]) => [name.slice(METADATA.length), value]);
  return { value: JSON.parse(bytes.toString()) as T, beside: Object.fromEntries(beside) };
}
