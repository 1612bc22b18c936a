import { createHash } from 'node:crypto';

/** Senders whose mails may come from anybody. */
const UNVERIFIED = 0;
const DOMAINS = 32;
const ADDRESSES = 4;

/**
 * Which share of the queue a mail is served on: all mails of an automation are of one client, and one sender's flood must not hold up the
 * others. Shares are bounded, so that nobody gets more of them by sending under more names: 32 for domains (by their last two labels), four
 * of each for its addresses. So few bits tell nothing of who it was.
 */
export function shareOf(from: string | undefined, verified: boolean): number {
  if (!verified || from === undefined) return UNVERIFIED;
  const address = from.toLowerCase();
  const domain = address
    .slice(address.lastIndexOf('@') + 1)
    .split('.')
    .slice(-2)
    .join('.');
  return 1 + (numberOf(domain) % DOMAINS) * ADDRESSES + (numberOf(address) % ADDRESSES);
}

function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE();
}
