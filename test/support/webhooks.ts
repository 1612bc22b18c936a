import { createHmac } from 'node:crypto';
import type { NamedScheme } from '../../lambdas/contract/intake/webhooks.ts';

/* Calls as their senders sign them, written from the senders' own descriptions and not from our code. */

export type Sender = NamedScheme['kind'];
export const SENDERS: readonly Sender[] = ['stripe', 'github', 'slack', 'standard'];

export interface Signing {
  secret: string;
  /** Unix seconds. */
  at: number;
  id?: string;
}

/** The headers of a call of that sender with this body. */
export function signedBy(
  sender: Sender,
  body: string | Uint8Array,
  { secret, at, id = 'evt-1' }: Signing,
): Record<string, string> {
  const hmac = (key: string | Uint8Array, before: string) =>
    createHmac('sha256', key).update(before).update(body);
  switch (sender) {
    case 'stripe':
      return {
        'stripe-signature': `t=${at},v0=${'0'.repeat(64)},v1=${hmac(secret, `${at}.`).digest('hex')}`,
      };
    case 'github':
      return { 'x-hub-signature-256': `sha256=${hmac(secret, '').digest('hex')}`, 'x-github-delivery': id };
    case 'slack':
      return {
        'x-slack-request-timestamp': String(at),
        'x-slack-signature': `v0=${hmac(secret, `v0:${at}:`).digest('hex')}`,
      };
    case 'standard': {
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const signature = hmac(key, `${id}.${at}.`).digest('base64');
      return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
    }
    default:
      return sender satisfies never;
  }
}
