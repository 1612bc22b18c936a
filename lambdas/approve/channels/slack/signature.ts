import { createHmac, timingSafeEqual } from 'node:crypto';
import { epochSeconds } from '../../../kit/clock.ts';

/** Slack's own advice: anything older may be a recording of an earlier click. */
const WINDOW_SECONDS = 5 * 60;

export interface SignedRequest {
  timestamp: string | undefined;
  signature: string | undefined;
  /** Exactly as received: the signature covers every byte. */
  body: string;
}

export type SignatureFault = 'no signing secret' | 'no signature' | 'outside the time window' | 'forged';

/** Why a request is not Slack's, or undefined if it is. */
export function signatureFault(
  signingSecret: unknown,
  { timestamp = '', signature = '', body }: SignedRequest,
): SignatureFault | undefined {
  // HMAC accepts an empty key: anybody could sign with it.
  if (typeof signingSecret !== 'string' || signingSecret.trim() === '') return 'no signing secret';
  if (!/^\d{1,12}$/.test(timestamp) || signature === '') return 'no signature';
  if (Math.abs(epochSeconds() - Number(timestamp)) > WINDOW_SECONDS) return 'outside the time window';
  const expected = createHmac('sha256', signingSecret.trim()).update(`v0:${timestamp}:${body}`).digest('hex');
  return same(`v0=${expected}`, signature) ? undefined : 'forged';
}

function same(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
