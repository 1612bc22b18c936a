import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { logAwsCall } from './aws.ts';
import { sleep } from './clock.ts';
import { SystemError, TransientError } from './errors.ts';

/* The content bucket, by signed fetch: the S3 client alone would make intake half as large again. */

let client: AwsClient | undefined;

function signer(): AwsClient {
  client ??= new AwsClient({
    accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? '',
    ...(process.env.AWS_SESSION_TOKEN ? { sessionToken: process.env.AWS_SESSION_TOKEN } : {}),
    service: 's3',
    region: process.env.AWS_REGION ?? 'us-east-1',
    retries: 0,
  });
  return client;
}

function objectUrl(bucket: string, key: string): string {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const host = endpoint
    ? `${endpoint}/${bucket}`
    : `https://${bucket}.s3.${process.env.AWS_REGION}.amazonaws.com`;
  return `${host}/${key}`;
}

/** Stores a JSON value. Writing the same key again replaces it. @throws TransientError | SystemError */
export async function putContent(bucket: string, key: string, value: unknown): Promise<void> {
  logAwsCall('s3', 'PutObject', [`${bucket}/${key}`]);
  const body = JSON.stringify(value);
  const headers = { 'content-type': 'application/json' };
  await send('PUT', bucket, key, { body, headers });
}

/** Stores a JSON value unless something is there: then false. @throws TransientError | SystemError */
export async function putOnce(bucket: string, key: string, value: unknown): Promise<boolean> {
  logAwsCall('s3', 'PutObject', [`${bucket}/${key}`]);
  const body = JSON.stringify(value);
  const headers = {
    'content-type': 'application/json',
    'if-none-match': '*',
    // A bucket with a lock on its objects takes none without it.
    'content-md5': createHash('md5').update(body).digest('base64'),
  };
  const response = await send('PUT', bucket, key, { body, headers });
  return response.status !== THERE_ALREADY;
}

/** The answer to a condition that does not hold. */
const THERE_ALREADY = 412;

/** Reads a JSON value. @throws SystemError if it is not there (expired, or never written) */
export async function getContent<T>(bucket: string, key: string): Promise<T> {
  logAwsCall('s3', 'GetObject', [`${bucket}/${key}`]);
  const response = await send('GET', bucket, key, {});
  return (await response.json().catch((cause: unknown) => {
    throw new TransientError('content bucket: its answer broke off', { cause });
  })) as T;
}

/** Both verbs may be repeated; a connection that was kept open while the function was frozen may be dead. */
const TRIES = 3;
const TIMEOUT_MS = 5_000;

async function send(method: string, bucket: string, key: string, init: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const fault = await once(method, bucket, key, init);
    if (fault instanceof Response) return fault;
    if (attempt === TRIES || !(fault instanceof TransientError)) throw fault;
    await sleep(50 * attempt ** 2);
  }
}

async function once(
  method: string,
  bucket: string,
  key: string,
  init: RequestInit,
): Promise<Response | Error> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await signer()
    .fetch(objectUrl(bucket, key), { method, signal, ...init })
    .catch((cause: unknown) => new TransientError('content bucket: no answer', { cause }));
  if (response instanceof Error || response.ok) return response;
  await response.body?.cancel();
  if (response.status === THERE_ALREADY) return response;
  const fault = `content bucket: ${method} answered ${response.status}`;
  // 409: somebody else writes it in this moment.
  return response.status >= 500 || [409, 429].includes(response.status)
    ? new TransientError(fault)
    : new SystemError(fault);
}
