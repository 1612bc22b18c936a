import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'hono';
import type { Presence } from '../../contract/approval.ts';
import { dynamo } from '../../kit/aws.ts';
import { epochSeconds } from '../../kit/clock.ts';
import { newLinkToken, sha256 } from '../../kit/digest.ts';
import { keepCookie, readCookie } from '../../pages/cookies.ts';
import { cookieHome, type Site } from '../site.ts';

export const SESSION_COOKIE = 'signalbox-session';

/** The control table's row of a browser that is signed in. Its cookie is kept as a hash: who reads the table is nobody. */
export interface Session {
  /** `session#` and the SHA-256 of the cookie. */
  id: string;
  email: string;
  authenticatedBy: Presence['authenticatedBy'];
  /** Seconds since 1970. */
  expiresAt: number;
}

/** A new session with a new cookie, whatever cookie the browser had before: nobody can prepare one for somebody else. */
export async function beginSession(
  c: Context,
  site: Site,
  table: string,
  { email, authenticatedBy }: Pick<Session, 'email' | 'authenticatedBy'>,
  hours: number,
): Promise<void> {
  // Without a word on the old cookie: two about one name would be a race.
  await forget(c, site, table);
  const token = newLinkToken();
  const session: Session = { id: idOf(token), email, authenticatedBy, expiresAt: epochSeconds(hours * 3600) };
  await dynamo().send(new PutCommand({ TableName: table, Item: session }));
  const kept = { sameSite: 'Lax', maxAge: Math.round(hours * 3600) } as const;
  keepCookie(c, cookieHome(site), SESSION_COOKIE, token, kept);
}

/** The session of a request. The table forgets late, so the time is looked at here. */
export async function readSession(c: Context, site: Site, table: string): Promise<Session | undefined> {
  const token = tokenOf(c, site);
  if (!token) return undefined;
  const get = new GetCommand({ TableName: table, Key: { id: idOf(token) }, ConsistentRead: true });
  const session = (await dynamo().send(get)).Item as Session | undefined;
  return session && session.expiresAt > epochSeconds() ? session : undefined;
}

export async function endSession(c: Context, site: Site, table: string): Promise<void> {
  await forget(c, site, table);
  keepCookie(c, cookieHome(site), SESSION_COOKIE, '', { sameSite: 'Lax', maxAge: 0 });
}

async function forget(c: Context, site: Site, table: string): Promise<void> {
  const token = tokenOf(c, site);
  if (token) await dynamo().send(new DeleteCommand({ TableName: table, Key: { id: idOf(token) } }));
}

/** What stands for the browser in the nonces of a session. */
export function browserOf({ id }: Pick<Session, 'id'>): string {
  return sha256(id).slice(0, 16);
}

function tokenOf(c: Context, site: Site): string | undefined {
  const token = readCookie(c, site, SESSION_COOKIE);
  return token && /^[\w-]{43}$/.test(token) ? token : undefined;
}

function idOf(token: string): string {
  return `session#${sha256(token)}`;
}
