import { createHash, createHmac } from 'node:crypto';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import { logAwsCall } from './aws.ts';
import { sleep } from './clock.ts';
import { SystemError, TransientError } from './errors.ts';

/*
 * The content bucket, with the signer and the connections of the AWS SDK, which every function carries: the S3 client alone would
 * make intake half as large again.
 */

type Hash = Pick<ReturnType<typeof createHmac>, 'update' | 'digest'>;
type Hashed = Parameters<Hash['update']>[0];

/** As the signer wants it: with a key, or without. */
class Sha256 {
  #hash: Hash;
  readonly #key: Hashed | undefined;
  constructor(key?: unknown) {
    this.#key = key as Hashed | undefined;
    this.#hash = this.#begun();
  }
  #begun(): Hash {
    return this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key);
  }
  update(data: unknown): void {
    this.#hash.update(data as Hashed);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    this.#hash = this.#begun();
  }
}

const TIMEOUT_MS = 5_000;

function wayOut() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
  return {
    signer: new SignatureV4({
      ...{ service: 's3', region: AWS_REGION ?? 'us-east-1', credentials, sha256: Sha256 },
      // S3 alone takes a path as it is, and wants the digest of the body.
      ...{ uriEscapePath: false, applyChecksum: true },
    }),
    http: new NodeHttpHandler({ connectionTimeout: 2_000 }),
  };
}

let out: ReturnType<typeof wayOut> | undefined;

function urlOf(bucket: string, key: string): URL {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const host = endpoint
    ? `${endpoint}/${bucket}`
    : `https://${bucket}.s3.${process.env.AWS_REGION}.amazonaws.com`;
  return new URL(`${host}/${key}`);
}

/** Stores a JSON value. Writing the same key again replaces it. @throws TransientError | SystemError */
export async function putContent(bucket: string, key: string, value: unknown): Promise<void> {
  record('PutObject', bucket, key);
  const body = JSON.stringify(value);
  const headers = { 'content-type': 'application/json' };
  await send('PUT', bucket, key, { headers, body });
}

/** Stores a JSON value unless something is there: then false. @throws TransientError | SystemError */
export async function putOnce(bucket: string, key: string, value: unknown): Promise<boolean> {
  record('PutObject', bucket, key);
  const body = JSON.stringify(value);
  const headers = {
    'content-type': 'application/json',
    'if-none-match': '*',
    // A bucket with a lock on its objects takes none without it.
    'content-md5': createHash('md5').update(body).digest('base64'),
  };
  const response = await send('PUT', bucket, key, { headers, body });
  return response.status !== THERE_ALREADY;
}

/** The answer to a condition that does not hold. */
const THERE_ALREADY = 412;

/** Reads a JSON value. @throws SystemError if it is not there (expired, or never written) */
export async function getContent<T>(bucket: string, key: string): Promise<T> {
  record('GetObject', bucket, key);
  const response = await send('GET', bucket, key, {});
  return JSON.parse(response.text) as T;
}

function record(operation: string, bucket: string, key: string): void {
  logAwsCall('s3', operation, [`${bucket}/${key}`]);
}

interface Extra {
  headers?: Record<string, string>;
  body?: string;
}

interface Answer {
  status: number;
  text: string;
}

/** Both verbs may be repeated; a connection that was kept open while the function was frozen may be dead. */
const TRIES = 3;

async function send(method: string, bucket: string, key: string, extra: Extra): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await once(method, bucket, key, extra);
    if (!(answer instanceof Error)) return answer;
    if (attempt === TRIES || !(answer instanceof TransientError)) throw answer;
    await sleep(50 * attempt ** 2);
  }
}

async function once(method: string, bucket: string, key: string, extra: Extra): Promise<Answer | Error> {
  const answer = await whole(method, urlOf(bucket, key), extra).catch(
    (cause: unknown) => new TransientError('content bucket: no answer', { cause }),
  );
  if (answer instanceof Error || answer.status < 300 || answer.status === THERE_ALREADY) return answer;
  const fault = `content bucket: ${method} answered ${answer.status}`;
  // 409: somebody else writes it in this moment.
  return answer.status >= 500 || [409, 429].includes(answer.status)
    ? new TransientError(fault)
    : new SystemError(fault);
}

async function whole(method: string, url: URL, { headers, body }: Extra): Promise<Answer> {
  const { protocol, hostname, port, host, pathname: path } = url;
  out ??= wayOut();
  const request = await out.signer.sign({
    ...{ method, protocol, hostname, path, query: {}, headers: { ...headers, host } },
    ...(port ? { port: Number(port) } : {}),
    ...(body === undefined ? {} : { body }),
  });
  const { response } = await out.http.handle(request as never, {
    abortSignal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return { status: response.statusCode, text: Buffer.concat(chunks).toString() };
}
