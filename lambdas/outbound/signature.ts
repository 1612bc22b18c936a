import { createHmac } from 'node:crypto';
import { epochSeconds } from '../kit/clock.ts';

/**
 * `Signalbox-Signature` of what we send: `t=<unix>,v1=<hex HMAC-SHA256 of "t.<part>.<part>…">`. Every part but the last must be
 * free of dots: otherwise what is signed for one key and item could be read as another key and item.
 */
export function signature(signingKey: string, parts: readonly string[], at = epochSeconds()): string {
  if (parts.slice(0, -1).some((part) => part.includes('.')))
    throw new Error('a signed part with a dot in it could be read as two');
  return `t=${at},v1=${createHmac('sha256', signingKey)
    .update([at, ...parts].join('.'))
    .digest('hex')}`;
}
