import type { IncomingMessage } from 'node:http';
import { MOST_BYTES, TooManyBytes } from './bounded-fetch.ts';
import { type Outward, rejectsUnheard, wayTo } from './post.ts';

/** What goes out, credentials included. */
export interface Outgoing {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** @default none */
  body?: string | undefined;
}

export interface Bounds extends Outward {
  /** Ends it, however far it has come: a server that sends a byte a second gains no time. */
  signal: AbortSignal;
  /** Of the answer. @default four megabytes */
  mostBytes?: number;
}

export interface Got {
  status: number;
  header(name: string): string | undefined;
  text: string;
}

/**
 * Makes one request, and gives the answer, whole. The connection goes to addresses that were judged, and to no others; redirects are
 * not followed. @throws InwardAddress, TooManyBytes, or the connection's own error
 */
export async function sendOutward({ method, url, headers, body }: Outgoing, bounds: Bounds): Promise<Got> {
  const { signal, mostBytes = MOST_BYTES } = bounds;
  const way = wayTo(url, bounds);
  // The module of plain HTTP brings Node's `fetch` with it, which takes half of a function's import.
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const length = bytes && { 'content-length': String(bytes.length) };
  return new Promise((resolve, reject) => {
    // A connection that is kept would outlive what was judged.
    const options = { ...way, method, agent: false, headers: { ...headers, ...length }, signal };
    const call = request(url, options, (response) => {
      textOf(response, mostBytes).then(
        (text) =>
          resolve({ status: response.statusCode ?? 0, header: (name) => first(response, name), text }),
        reject,
      );
    });
    rejectsUnheard(call, reject);
    call.end(bytes);
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
