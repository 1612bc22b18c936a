import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';

/* Calls over connections that stay open, as a service of the shop would make them. */

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** From the first byte sent to the last one received. */
  ms: number;
}

export interface Poster {
  post(body: object): Promise<Answer>;
  close(): void;
}

export interface Caller {
  call(
    method: 'GET' | 'POST',
    path: string,
    headers?: Record<string, string>,
    body?: string,
  ): Promise<Answer>;
  close(): void;
}

/** Nobody waits longer for an answer. */
const MOST_MS = 60_000;

export function caller(base: string, connections: number): Caller {
  const secure = base.startsWith('https:');
  const options = { keepAlive: true, maxSockets: connections };
  const agent = secure ? new SecureAgent(options) : new Agent(options);
  return {
    call: (method, path, headers = {}, body = '') =>
      new Promise((resolve, reject) => {
        const at = performance.now();
        const sized = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
        const call = (secure ? secureRequest : request)(
          base + path,
          { agent, method, timeout: MOST_MS, headers: { ...headers, ...sized } },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () =>
              resolve({
                ...{ status: response.statusCode ?? 0, headers: response.headers },
                ...{ body: Buffer.concat(chunks).toString(), ms: performance.now() - at },
              }),
            );
          },
        );
        call.on('timeout', () => call.destroy(new Error(`no answer within ${MOST_MS / 1000} s`)));
        call.on('error', reject);
        call.end(body);
      }),
    close: () => agent.destroy(),
  };
}

export function poster(url: string, connections: number, headers: () => Record<string, string>): Poster {
  const { call, close } = caller(url, connections);
  const post = (body: object) =>
    call('POST', '', { ...headers(), 'content-type': 'application/json' }, JSON.stringify(body));
  return { post, close };
}

/** As many at a time until all are made; the results in no order. */
export async function inParallel<T>(
  count: number,
  atATime: number,
  one: (number: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let taken = 0;
  const worker = async () => {
    while (taken < count) {
      taken += 1;
      results.push(await one(taken));
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const seconds = (count: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, count * 1000));
