import type { IncomingMessage } from 'node:http';
import { MOST_BYTES, TooManyBytes } from './bounded-fetch.ts';
import { type Outward, wayTo } from './post.ts';

export interface Get {
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** @default four megabytes */
  mostBytes?: number;
}

export interface Got {
  status: number;
  header(name: string): string | undefined;
  text: string;
}

/**
 * Gets what stands at an address, whole. The connection goes to addresses that were judged, and to no others; redirects are not
 * followed. @throws InwardAddress, TooManyBytes, or the connection's own error
 */
export async function getOutward(url: URL, get: Get, outward: Outward = {}): Promise<Got> {
  const { headers, timeoutMs, mostBytes = MOST_BYTES } = get;
  const way = wayTo(url, outward);
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const options = { ...way, method: 'GET', agent: false, headers, signal };
    const call = request(url, options, (response) => {
      textOf(response, mostBytes).then(
        (text) =>
          resolve({ status: response.statusCode ?? 0, header: (name) => first(response, name), text }),
        reject,
      );
    });
    call.on('error', reject);
    call.end();
  });
}

function first({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function textOf(response: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > most) throw new TooManyBytes(`a body of more than ${most} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
