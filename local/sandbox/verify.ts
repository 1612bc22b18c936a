import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { readJson } from '../state.ts';
import { header } from './http.ts';

/** The signing key of a destination, or undefined where no run has made one. */
export type SigningKey = (destination: string) => Promise<string | undefined>;

/** As `npm start` made them. They are kept in a file that the run writes after the sandbox has started. */
export function signingKeys(stateDir: string | undefined): SigningKey {
  const known = new Map<string, string>();
  return async (destination) => {
    if (stateDir === undefined || known.has(destination)) return known.get(destination);
    const secrets = await readJson<{ signingKeys?: Record<string, string> }>(join(stateDir, 'secrets.json'));
    for (const [name, key] of Object.entries(secrets?.signingKeys ?? {}))
      known.set(name.split('/').at(-1) ?? '', key);
    return known.get(destination);
  };
}

/** Longest between the signing of a call and its arrival. */
const WINDOW_SECONDS = 300;

/** Whether the signature is of this key, this item and these bytes, made now. */
export function signedWith(
  signingKey: string,
  request: Pick<IncomingMessage, 'headers'>,
  body: string,
): boolean {
  const [, t = '', v1 = ''] =
    /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header(request, 'signalbox-signature') ?? '') ?? [];
  const parts = [header(request, 'idempotency-key') ?? '', header(request, 'signalbox-item') ?? ''];
  if (!v1 || Math.abs(Date.now() / 1000 - Number(t)) > WINDOW_SECONDS) return false;
  // A dot in them could be the one that joins two other parts.
  if (parts.some((part) => part === '' || part.includes('.'))) return false;
  const expected = createHmac('sha256', signingKey)
    .update([t, ...parts, body].join('.'))
    .digest();
  return timingSafeEqual(expected, Buffer.from(v1, 'hex'));
}
