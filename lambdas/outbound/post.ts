import { lookup as systemLookup } from 'node:dns';
import type { ClientRequest, RequestOptions } from 'node:http';
import type { LookupFunction } from 'node:net';
import { isPublicAddress, outwardFault } from './address.ts';

/** The address leads inward: it is not called, now or later. */
export class InwardAddress extends Error {
  override readonly name = 'InwardAddress';
}

export interface Post {
  headers: Readonly<Record<string, string>>;
  body: string;
  timeoutMs: number;
}

export interface Outward {
  /** This machine may be called as well, by http too: where the whole product runs on it. @default false */
  local?: boolean;
  /** @default the system's */
  lookup?: typeof systemLookup;
  /** Any port: of an address that the configuration names. @default false */
  anyPort?: boolean;
}

/**
 * Posts to an address that a client has named, and gives the status of the answer. The addresses that its name stands for are looked up
 * once and judged, and the connection goes to one of those and to no other: a name that leads elsewhere a moment later gains nothing.
 * Redirects are not followed. @throws InwardAddress, or the connection's own error
 */
export function postOutward(address: string, post: Post, outward: Outward = {}): Promise<number> {
  return send(new URL(address), post, outward);
}

/** How a connection to the address finds its way; none is made yet. @throws InwardAddress */
export function wayTo(url: URL, outward: Outward): RequestOptions {
  if (outward.local === true && ['127.0.0.1', 'localhost'].includes(url.hostname)) return {};
  const judged = new URL(url);
  if (outward.anyPort) judged.port = '';
  const fault = outwardFault(judged);
  if (fault) throw new InwardAddress(`the address ${fault}`);
  return { lookup: guarded(outward.lookup ?? systemLookup) };
}

async function send(url: URL, { headers, body, timeoutMs }: Post, outward: Outward): Promise<number> {
  const options = wayTo(url, outward);
  // The module of plain HTTP brings Node's `fetch` with it, which takes half of a function's import.
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  const bytes = Buffer.from(body);
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        ...options,
        method: 'POST',
        // A connection that is kept would outlive what was judged.
        agent: false,
        headers: { ...headers, 'content-length': String(bytes.length) },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        // Nothing of the body is wanted, however long it is.
        response.destroy();
      },
    );
    rejectsUnheard(call, reject);
    call.end(bytes);
  });
}

/**
 * Rejects where a request ends without an answer. A server that changes the protocol (101) ends it without an error, too: nobody would
 * hear of it again.
 */
export function rejectsUnheard(call: ClientRequest, reject: (error: Error) => void): void {
  let heard = false;
  call.once('response', () => {
    heard = true;
  });
  call.on('error', reject);
  call.on('close', () => {
    if (!heard) reject(new Error('the connection ended without an answer'));
  });
}

/** Looks a name up, and gives its addresses only if every one of them is public. */
export function guarded(lookup: typeof systemLookup): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0);
      const addresses = found as { address: string; family: number }[];
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
        return done(new InwardAddress('the name stands for an address that leads inward'), '', 0);
      if (options.all) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };
}
