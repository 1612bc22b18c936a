import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/** Where cookies are kept. A local run has no https, and shares its host with others. */
export interface CookieHome {
  secure: boolean;
  /** Used if it is not secure; a secure cookie is for the whole host. */
  path: string;
}

interface Kept {
  sameSite: 'Lax' | 'Strict';
  maxAge?: number;
}

/** `__Host-`: the host itself set it, over https; no subdomain can plant a cookie of that name. */
function nameOf(name: string, { secure }: Pick<CookieHome, 'secure'>): string {
  return secure ? `__Host-${name}` : name;
}

export function readCookie(c: Context, home: Pick<CookieHome, 'secure'>, name: string): string | undefined {
  return getCookie(c, nameOf(name, home));
}

/** Not for scripts or foreign forms. `maxAge` in seconds; without it, until the browser closes. */
export function keepCookie(c: Context, home: CookieHome, name: string, value: string, kept: Kept): void {
  const { secure } = home;
  setCookie(c, nameOf(name, home), value, {
    ...{ httpOnly: true, secure, path: secure ? '/' : home.path },
    ...kept,
  });
}
