import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/** Where cookies are kept. A local run has no https, and a path that it shares with others. */
export interface CookieHome {
  secure: boolean;
  /** Where it is not secure; a secure cookie is for the whole host. */
  path: string;
}

interface Kept {
  sameSite: 'Lax' | 'Strict';
  maxAge?: number;
}

/**
 * As the browser knows it. `__Host-` says that the host itself has set it, over https: no neighbour on another subdomain, and nobody on the
 * way, can put a cookie of that name into the browser.
 */
function nameOf(name: string, { secure }: Pick<CookieHome, 'secure'>): string {
  return secure ? `__Host-${name}` : name;
}

export function readCookie(c: Context, home: Pick<CookieHome, 'secure'>, name: string): string | undefined {
  return getCookie(c, nameOf(name, home));
}

/** Never to be read by a script, nor sent by a foreign form. `maxAge` is in seconds; without it, until the browser ends. */
export function keepCookie(c: Context, home: CookieHome, name: string, value: string, kept: Kept): void {
  const { secure } = home;
  setCookie(c, nameOf(name, home), value, {
    ...{ httpOnly: true, secure, path: secure ? '/' : home.path },
    ...kept,
  });
}
