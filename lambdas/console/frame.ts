import { html, raw } from 'hono/html';
import type { Markup, Sheet } from '../pages/layout.ts';
import { STYLE } from '../pages/style.ts';
import { localTimeScript } from '../pages/time.ts';
import { keysPart } from './keys.ts';
import { mayHold, type Person, seesAll } from './sign-in/identity.ts';
import { address, type Site } from './site.ts';
import { CONSOLE_STYLE } from './style.ts';

export const PLACES = {
  queue: { path: '/console', name: 'Queue' },
  decided: { path: '/console/decided', name: 'Decided' },
  audits: { path: '/console/audits', name: 'Audits' },
  statistics: { path: '/console/statistics', name: 'Statistics' },
  automations: { path: '/console/automations', name: 'Automations' },
  operate: { path: '/console/operate', name: 'Operate' },
  caution: { path: '/console/caution', name: 'Caution' },
  audit: { path: '/console/audit', name: 'Audit' },
  me: { path: '/console/me', name: 'Me' },
} as const;
export type Place = keyof typeof PLACES;
const FOR_OPERATORS: readonly Place[] = ['operate', 'caution'];

export interface Screen extends Sheet {
  at?: Place;
  /** The page makes its own layout; the others stand on one panel. */
  wide?: boolean;
  /** Whether keyboard shortcuts are on, if this page has just changed that. */
  keys?: boolean;
}

export interface Frame {
  site: Site;
  /** Absent before signing in: then there is no navigation. */
  signedIn?: { person: Person; nonce: unknown; keys: boolean; audits?: boolean };
}

/** Around every page: the skip link, the navigation with one current page, who is signed in, and one main part. */
export function frame({ site, signedIn }: Frame, { title, body, at, wide }: Screen): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Signalbox</title>
${raw(`<style>${STYLE}</style><style>${CONSOLE_STYLE}</style>`)}
</head>
<body class="console">
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><div>
<a class="brand" href="${address(site, '/console')}">Signalbox</a>
${signedIn ? navigation(site, signedIn, at) : ''}
</div></header>
<main id="main">${wide ? body : html`<article class="panel">${body}</article>`}</main>
${localTimeScript()}${signedIn?.keys ? keysPart() : ''}
</body>
</html>`;
}

function navigation(
  site: Site,
  { person, nonce, audits }: NonNullable<Frame['signedIn']>,
  at: Place | undefined,
): Markup {
  const places = (Object.keys(PLACES) as Place[]).filter(
    (place) =>
      (place !== 'audits' || audits) &&
      (place !== 'audit' || seesAll(person)) &&
      (!FOR_OPERATORS.includes(place) || mayHold(person)),
  );
  const link = (place: Place) => {
    const { path, name } = PLACES[place];
    const current = place === at ? html` aria-current="page"` : '';
    return html`<li><a href="${address(site, path)}"${current}>${name}</a></li>`;
  };
  return html`<nav aria-label="Console"><ul>${places.map(link)}</ul></nav>
<form class="who" method="post" action="${address(site, '/console/sign-out')}">${nonce}<span><span class="quiet">Signed in as </span>${person.email}</span>
<button class="link">Sign out</button></form>`;
}
