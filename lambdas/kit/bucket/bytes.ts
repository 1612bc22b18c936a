import { TransientError } from '../errors.ts';
import { type Answer, call, encodedKey, record } from './wire.ts';

/* Files in a bucket, as they are. */

/** What is told of an object without reading it. */
export interface Head {
  bytes: number;
  contentType: string;
  /** Names this content: another has another. */
  etag: string;
  /** Milliseconds since 1970. */
  writtenAt: number;
}

/**
 * Who may not list a bucket hears 403 of what is not there, as it may be of no concern to them. That the function may read what it
 * asks for is its policy's, and a test's.
 */
const NOT_THERE = [403, 404];

/** Undefined if there is none. @throws TransientError | SystemError */
export async function headOf(bucket: string, key: string): Promise<Head | undefined> {
  // HeadObject has no permission of its own.
  record('GetObject', bucket, key);
  const answer = await call(bucket, key, { method: 'HEAD', means: NOT_THERE });
  return NOT_THERE.includes(answer.status) ? undefined : headIn(answer);
}

/** Undefined if there is none. @throws TransientError | SystemError */
export async function getBytes(bucket: string, key: string): Promise<Buffer | undefined> {
  record('GetObject', bucket, key);
  const answer = await call(bucket, key, { method: 'GET', means: NOT_THERE, large: true });
  return NOT_THERE.includes(answer.status) ? undefined : answer.bytes;
}

/** Writing the same key again replaces it. @throws TransientError | SystemError */
export async function putBytes(
  bucket: string,
  key: string,
  body: Uint8Array,
  contentType: string,
): Promise<void> {
  record('PutObject', bucket, key);
  await call(bucket, key, { method: 'PUT', headers: { 'content-type': contentType }, body, large: true });
}

/** Copies within a bucket; with `etag` only that content. False if it is gone, or another by now. */
export async function copyObject(bucket: string, from: string, to: string, etag?: string): Promise<boolean> {
  record('GetObject', bucket, from);
  record('PutObject', bucket, to);
  const headers = {
    'x-amz-copy-source': `/${bucket}/${encodedKey(from)}`,
    ...(etag === undefined ? {} : { 'x-amz-copy-source-if-match': etag }),
  };
  const means = [...NOT_THERE, 412];
  const { status, bytes } = await call(bucket, to, { method: 'PUT', headers, means, large: true });
  // S3 may begin to answer before it is done: what goes wrong then is in the body of a 200.
  if (!means.includes(status) && bytes.includes('<Error>'))
    throw new TransientError('content bucket: a copy was begun and not made');
  return !means.includes(status);
}

/** One that is not there is removed; with `etag` only that content is. @throws TransientError | SystemError */
export async function removeObject(bucket: string, key: string, etag?: string): Promise<void> {
  record('DeleteObject', bucket, key);
  const headers = etag === undefined ? {} : { 'if-match': etag };
  await call(bucket, key, { method: 'DELETE', headers, means: [404, 412] });
}

/**
 * Up to a thousand keys that begin so; more may follow once these are removed. The keys are ours: nothing in them is escaped in XML.
 * @throws TransientError | SystemError
 */
export async function keysBelow(bucket: string, prefix: string): Promise<string[]> {
  record('ListBucket', bucket, prefix);
  const query = { 'list-type': '2', prefix };
  const { bytes } = await call(bucket, '', { method: 'GET', query, large: true });
  return [...bytes.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
}

function headIn({ headers }: Answer): Head {
  return {
    bytes: Number(headers['content-length']),
    contentType: headers['content-type'] ?? '',
    etag: headers.etag ?? '',
    writtenAt: Date.parse(headers['last-modified'] ?? ''),
  };
}
