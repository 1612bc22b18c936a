import type { CookieHome } from '../pages/cookies.ts';

/** Where the console lies for a browser. Links, forms and cookies are made from it; requests arrive without its beginning. */
export interface Site {
  /** Of every address, without a slash at its end; empty where the house has a domain to itself. */
  root: string;
  /** `https://…` without the root. */
  origin: string;
  secure: boolean;
}

export function siteOf(baseUrl: string): Site {
  const { origin, pathname, protocol } = new URL(baseUrl);
  return { root: pathname.replace(/\/+$/, ''), origin, secure: protocol === 'https:' };
}

/** An address within the site; what is empty or not there is left out of the query. */
export function address(site: Site, path: string, query: Record<string, string | number | undefined> = {}) {
  const said = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  const text = new URLSearchParams(said).toString();
  return `${site.root}${path}${text ? `?${text}` : ''}`;
}

/** Where the console keeps its cookies. */
export function cookieHome({ root, secure }: Site): CookieHome {
  return { secure, path: `${root}/console` };
}

/**
 * A page of the console to go to after signing in, or the queue for anything else: whoever writes a link must not be able to
 * choose where it ends.
 */
export function nextPage(text: string | undefined): string {
  const fits = text !== undefined && text.length <= 500 && PAGE.test(text) && !text.includes('..');
  return fits && !text.startsWith('/console/sign-') ? text : '/console';
}

const PAGE = /^\/console(?:\/[\w.-]+)*(?:\?[\w.%&=+:-]*)?$/;
