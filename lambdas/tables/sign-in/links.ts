import { epochSeconds, isoNow } from '../../kit/clock.ts';
import { addressHash, newLinkToken, sha256 } from '../../kit/digest.ts';
import {
  above,
  absent,
  all,
  atMost,
  either,
  get,
  present,
  put,
  remove,
  update,
} from '../../kit/dynamo/rows.ts';

export const LINK_MINUTES = 15;

/** One mail per address and minute: a mailbox is not filled by somebody who types its address. */
const MAIL_SECONDS = 60;

/** The control table's row of a mailed link. The secret itself is in the mail alone. */
export interface SignInLink {
  /** `signin#` and the SHA-256 of the link's secret. */
  id: string;
  email: string;
  /** The page to go to. */
  next: string;
  usedAt?: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

interface MailRow {
  id: string;
  sentAt: number;
  expiresAt: number;
}

function mailId(email: string): string {
  return `signin-mail#${addressHash(email)}`;
}

/** Whether this address may have a mail in this minute; then no other one may follow in it. */
export function mayMail(table: string, email: string): Promise<boolean> {
  const row: MailRow = {
    id: mailId(email),
    sentAt: epochSeconds(),
    expiresAt: epochSeconds(2 * MAIL_SECONDS),
  };
  return put(table, row, either(absent('id'), atMost('sentAt', epochSeconds(-MAIL_SECONDS))));
}

/** The mail was not sent: the next one is not too soon. */
export async function notMailed(table: string, email: string): Promise<void> {
  await remove(table, mailId(email));
}

/** A new link for an address. @returns its secret part, which is kept nowhere */
export async function newLink(table: string, email: string, next: string): Promise<string> {
  const token = newLinkToken();
  const link: SignInLink = { id: idOf(token), email, next, expiresAt: epochSeconds(LINK_MINUTES * 60) };
  await put(table, link);
  return token;
}

/** Changes nothing. Whether it may still be used is for `isGood` to say. */
export async function readLink(table: string, token: string): Promise<SignInLink | undefined> {
  if (!/^[\w-]{43}$/.test(token)) return undefined;
  return get(table, idOf(token));
}

/** The table forgets late, so the time is looked at here. */
export function isGood({ usedAt, expiresAt }: SignInLink): boolean {
  return usedAt === undefined && expiresAt > epochSeconds();
}

/** Uses a link up: one conditional write, so that one of two presses counts. The row stays for the second. */
export function useLink(table: string, { id }: SignInLink): Promise<boolean> {
  return update<SignInLink>(table, id, {
    set: { usedAt: isoNow() },
    when: all(present('id'), absent('usedAt'), above('expiresAt', epochSeconds())),
  });
}

function idOf(token: string): string {
  return `signin#${sha256(token)}`;
}
