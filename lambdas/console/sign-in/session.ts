import type { Context } from 'hono';
import { sha256 } from '../../kit/digest.ts';
import { keepCookie, readCookie } from '../../pages/cookies.ts';
import { getSession, newSession, removeSession, type Session } from '../../tables/sign-in/sessions.ts';
import { cookieHome, type Site } from '../site.ts';

export const SESSION_COOKIE = 'signalbox-session';

/** A new session with a new cookie, whatever cookie the browser had: nobody can plant one. */
export async function beginSession(
  c: Context,
  site: Site,
  table: string,
  { email, authenticatedBy }: Pick<Session, 'email' | 'authenticatedBy'>,
  hours: number,
): Promise<void> {
  // The old cookie is not cleared: two headers for one name would race.
  await forget(c, site, table);
  const token = await newSession(table, { email, authenticatedBy }, hours);
  const kept = { sameSite: 'Lax', maxAge: Math.round(hours * 3600) } as const;
  keepCookie(c, cookieHome(site), SESSION_COOKIE, token, kept);
}

export async function readSession(c: Context, site: Site, table: string): Promise<Session | undefined> {
  const token = tokenOf(c, site);
  return token ? getSession(table, token) : undefined;
}

export async function endSession(c: Context, site: Site, table: string): Promise<void> {
  await forget(c, site, table);
  keepCookie(c, cookieHome(site), SESSION_COOKIE, '', { sameSite: 'Lax', maxAge: 0 });
}

async function forget(c: Context, site: Site, table: string): Promise<void> {
  const token = tokenOf(c, site);
  if (token) await removeSession(table, token);
}

/** Stands for the browser in the nonces of a session. */
export function browserOf({ id }: Pick<Session, 'id'>): string {
  return sha256(id).slice(0, 16);
}

function tokenOf(c: Context, site: Site): string | undefined {
  const token = readCookie(c, site, SESSION_COOKIE);
  return token && /^[\w-]{43}$/.test(token) ? token : undefined;
}
