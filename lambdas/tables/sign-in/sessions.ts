import type { Presence } from '../../contract/approval.ts';
import { epochSeconds } from '../../kit/clock.ts';
import { newLinkToken, sha256 } from '../../kit/digest.ts';
import { get, put, remove } from '../../kit/dynamo/rows.ts';

/** A signed-in browser's row. Its cookie is stored as a hash: a reader of the table is nobody. */
export interface Session {
  /** `session#` and the SHA-256 of the cookie. */
  id: string;
  email: string;
  authenticatedBy: Presence['authenticatedBy'];
  /** Seconds since 1970. */
  expiresAt: number;
}

/** A new session. @returns the token of its cookie, which is kept nowhere */
export async function newSession(
  table: string,
  who: Pick<Session, 'email' | 'authenticatedBy'>,
  hours: number,
): Promise<string> {
  const token = newLinkToken();
  await put<Session>(table, { id: idOf(token), ...who, expiresAt: epochSeconds(hours * 3600) });
  return token;
}

/** The table forgets late, so the time is looked at here. */
export async function getSession(table: string, token: string): Promise<Session | undefined> {
  const session = await get<Session>(table, idOf(token));
  return session && session.expiresAt > epochSeconds() ? session : undefined;
}

export async function removeSession(table: string, token: string): Promise<void> {
  await remove(table, idOf(token));
}

function idOf(token: string): string {
  return `session#${sha256(token)}`;
}
