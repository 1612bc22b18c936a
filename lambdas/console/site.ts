import type { CookieHome } from '../pages/cookies.ts';

/**
 * The address of the console. Links, forms and cookies are made from it; requests arrive without its first
 * part.
 */
export interface Site {
  /** The first part of every path, without a slash at its end; empty if the console has its own domain. */
  root: string;
  /** `https://…` without the root. */
  origin: string;
  secure: boolean;
}

export function siteOf(baseUrl: string): Site {
  const { origin, pathname, protocol } = new URL(baseUrl);
  return { root: pathname.replace(/\/+$/, ''), origin, secure: protocol === 'https:' };
}

/** An address within the site, without empty query fields. */
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
 * A page of the console to go to after signing in, or the queue for anything else: the author of a link must
 * not choose where it leads.
 */
export function nextPage(text: string | undefined): string {
  const fits = text !== undefined && text.length <= 500 && PAGE.test(text) && !text.includes('..');
  return fits && !text.startsWith('/console/sign-') ? text : '/console';
}

const PAGE = /^\/console(?:\/[\w.-]+)*(?:\?[\w.%&=+:-]*)?$/;
