import { createHmac } from 'node:crypto';
import { epochSeconds } from './clock.ts';

/** `Signalbox-Signature` of a body we send: `t=<unix>,v1=<hex HMAC-SHA256 of "t.body">`. */
export function signature(signingKey: string, body: string, at = epochSeconds()): string {
  return `t=${at},v1=${createHmac('sha256', signingKey).update(`${at}.${body}`).digest('hex')}`;
}
