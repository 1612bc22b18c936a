import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApprovalRow } from '../shared/approval.ts';
import { clock } from '../shared/clock.ts';
import { sha256 } from '../shared/digest.ts';

/** Whom a link was sent to, or undefined when it is not a link of this approval. */
export function recipientOf(
  approval: ApprovalRow,
  token: string,
): { email: string; group: string } | undefined {
  // The row of a question that expired before it was put holds nothing but that.
  const { links }: Partial<ApprovalRow> = approval;
  return links?.[sha256(token)];
}

/** A page left open longer than this has to be loaded again. */
const NONCE_MS = 12 * 60 * 60 * 1000;

/**
 * Proof that a form comes from a page we made for this link and this proposal. It also says when the page was made, which
 * gives the time per decision without any script. Nothing is stored: showing a page must not change anything.
 */
export function makeNonce(key: string, approval: ApprovalRow, token: string, at = clock.now()): string {
  const mac = createHmac('sha256', key).update(`${approval.id}|${sha256(token)}|${approval.digest}|${at}`);
  return `${at}.${mac.digest('base64url')}`;
}

/** Milliseconds since 1970 at which the page was made, or undefined for a forged, foreign or old nonce. */
export function nonceTime(
  key: string,
  approval: ApprovalRow,
  token: string,
  nonce: string,
): number | undefined {
  const at = Number(nonce.split('.')[0]);
  if (!Number.isSafeInteger(at) || clock.now() - at > NONCE_MS || at > clock.now()) return undefined;
  const given = Buffer.from(nonce);
  const expected = Buffer.from(makeNonce(key, approval, token, at));
  return given.length === expected.length && timingSafeEqual(given, expected) ? at : undefined;
}
