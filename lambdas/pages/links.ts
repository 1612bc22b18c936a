import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { clock } from '../kit/clock.ts';

/** A page left open longer than this must be reloaded. */
const NONCE_MS = 12 * 60 * 60 * 1000;

/** What a form is bound to: whose page it is (a link, a session), its document, and its browser. */
export interface Binding {
  /** Hash of the link's token, or id of the session. */
  subject: string;
  approvalId: string;
  digest: string;
  /** Round of the approval: an undo ends it, and voids all its pages. @default 0 */
  round?: number;
  browser: string;
}

/** Proof that we made a form's page for this person, browser and document, and when. Nothing is stored. */
export function makeNonce(key: string, bound: Binding, at = clock.now()): string {
  const { subject, approvalId, digest, round = 0, browser } = bound;
  const text = [subject, approvalId, digest, round, browser, at].join('|');
  return `${at}.${browser}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

/** Milliseconds since 1970 at which the page was made, or undefined for a forged, foreign or old nonce. */
export function nonceTime(
  key: string,
  nonce: string,
  bound: Omit<Binding, 'browser'>,
  request: { cookie: string | undefined; browser: boolean },
  goodForMs = NONCE_MS,
): number | undefined {
  const [time = '', browser = ''] = nonce.split('.');
  const at = Number(time);
  if (!Number.isSafeInteger(at) || clock.now() - at > goodForMs || at > clock.now()) return undefined;
  // A browser sends the page's cookie along. A script with the link attacks nobody: see ADR 0013.
  if (request.cookie === undefined ? request.browser : request.cookie !== browser) return undefined;
  const given = Buffer.from(nonce);
  const expected = Buffer.from(makeNonce(key, { ...bound, browser }, at));
  return given.length === expected.length && timingSafeEqual(given, expected) ? at : undefined;
}

export const PAGE_COOKIE = 'signalbox-page';

export function newBrowserId(): string {
  return randomBytes(12).toString('base64url');
}

/** A value that we gave; anything else counts as none. */
export function browserId(cookie: string | undefined): string | undefined {
  return cookie && /^[\w-]{16}$/.test(cookie) ? cookie : undefined;
}
