import type { CookieHome } from '../pages/cookies.ts';

/** The console's address. Links, forms and cookies are made from it; requests lack its first part. */
export interface Site {
  /** The first part of every path, without a slash at its end; empty if the console has its own domain. */
  root: string;
  origin: string;
  secure: boolean;
}

export function siteOf(baseUrl: string): Site {
  const { origin, pathname, protocol } = new URL(baseUrl);
  return { root: pathname.replace(/\/+$/, ''), origin, secure: protocol === 'https:' };
}

export function address(site: Site, path: string, query: Record<string, string | number | undefined> = {}) {
  const said = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  const text = new URLSearchParams(said).toString();
  return `${site.root}${path}${text ? `?${text}` : ''}`;
}

export function cookieHome({ root, secure }: Site): CookieHome {
  return { secure, path: `${root}/console` };
}

/** The page to go to after signing in; a link's author must not choose an address outside the console. */
export function nextPage(text: string | undefined): string {
  const fits = text !== undefined && text.length <= 500 && PAGE.test(text) && !text.includes('..');
  return fits && !text.startsWith('/console/sign-') ? text : '/console';
}

const PAGE = /^\/console(?:\/[\w.-]+)*(?:\?[\w.%&=+:-]*)?$/;
