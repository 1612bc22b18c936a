import { NodeHttpHandler } from '@smithy/node-http-handler';
import { logAwsCall } from '../aws.ts';
import { sleep } from '../clock.ts';
import { SystemError, TransientError } from '../errors.ts';
import { signerOf } from '../signed/signer.ts';

/*
 * Calls to a bucket, with the signer and the connections of the AWS SDK, which every function carries: the S3 client alone would make
 * intake half as large again.
 */

/** For what is small, and for whole files. */
const TIMEOUT_MS = 5_000;
const LONG_TIMEOUT_MS = 60_000;

function wayOut() {
  return {
    // S3 alone takes a path as it is, and wants the digest of the body.
    signer: signerOf('s3', { uriEscapePath: false, applyChecksum: true }),
    http: new NodeHttpHandler({ connectionTimeout: 2_000 }),
  };
}

let out: ReturnType<typeof wayOut> | undefined;

function urlOf(bucket: string, key: string): URL {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const host = endpoint
    ? `${endpoint}/${bucket}`
    : `https://${bucket}.s3.${process.env.AWS_REGION}.amazonaws.com`;
  return new URL(`${host}/${encodedKey(key)}`);
}

/** As S3 signs it: every sign but these, and what parts a key. A part `.` or `..` is none that a URL can hold. */
export function encodedKey(key: string): string {
  const signs = (part: string) =>
    encodeURIComponent(part).replaceAll(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return key.split('/').map(signs).join('/');
}

export interface Call {
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  headers?: Record<string, string>;
  query?: Record<string, string>;
  body?: string | Uint8Array;
  /** Answers below 500 that say something to the caller, instead of being a fault. @default none */
  means?: readonly number[];
  /** A whole file is on its way. @default false */
  large?: boolean;
}

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  bytes: Buffer;
}

/** Every verb here may be repeated; a connection that was kept open while the function was frozen may be dead. */
const TRIES = 3;

/** @throws TransientError | SystemError for any status from 300 on that means nothing to the caller */
export async function call(bucket: string, key: string, asked: Call): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await once(bucket, key, asked);
    if (!(answer instanceof Error)) return answer;
    if (attempt === TRIES || !(answer instanceof TransientError)) throw answer;
    await sleep(50 * attempt ** 2);
  }
}

/** One line per call, under the name of its permission. */
export function record(operation: string, bucket: string, key: string): void {
  logAwsCall('s3', operation, [`${bucket}/${key}`]);
}

async function once(bucket: string, key: string, asked: Call): Promise<Answer | Error> {
  const { method, means = [] } = asked;
  const answer = await whole(urlOf(bucket, key), asked).catch(
    (cause: unknown) => new TransientError('content bucket: no answer', { cause }),
  );
  if (answer instanceof Error || answer.status < 300 || means.includes(answer.status)) return answer;
  const fault = `content bucket: ${method} answered ${answer.status}`;
  // 409: somebody else writes it in this moment.
  return answer.status >= 500 || [409, 429].includes(answer.status)
    ? new TransientError(fault)
    : new SystemError(fault);
}

async function whole(url: URL, { method, headers, query, body, large }: Call): Promise<Answer> {
  out ??= wayOut();
  const request = await out.signer.sign({
    ...partsOf(method, url, headers, query),
    ...(body === undefined ? {} : { body }),
  });
  const { response } = await out.http.handle(request as never, {
    abortSignal: AbortSignal.timeout(large ? LONG_TIMEOUT_MS : TIMEOUT_MS),
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) };
}

function partsOf(
  method: string,
  url: URL,
  headers: Record<string, string> = {},
  query: Record<string, string> = {},
) {
  const { protocol, hostname, port, host, pathname: path } = url;
  return {
    ...{ method, protocol, hostname, path, query, headers: { ...headers, host } },
    ...(port ? { port: Number(port) } : {}),
  };
}

/**
 * A link with which anybody may make this one call, with these headers, for so many seconds: what differs from them is refused by its
 * signature. It ends with the credentials of the function, if they end earlier.
 */
export async function presigned(
  bucket: string,
  key: string,
  { method, headers }: Pick<Call, 'method'> & { headers: Record<string, string> },
  seconds: number,
): Promise<string> {
  out ??= wayOut();
  const url = urlOf(bucket, key);
  const unsigned = { ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const { query } = await out.signer.presign(partsOf(method, url, unsigned), { expiresIn: seconds });
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value));
  // A plus means a blank to some.
  return url.href.replaceAll('+', '%20');
}
