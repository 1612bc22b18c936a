import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { secureHeaders } from 'hono/secure-headers';
import { ACTIVE_SCRIPT } from './active.ts';
import { STYLE } from './style.ts';
import { LOCAL_TIME_SCRIPT, localTimeScript } from './time.ts';

export { shownTime } from './time.ts';

export type Markup = ReturnType<typeof html>;

/** The answer to a request, before the caller puts it into its own frame. */
export interface Sheet {
  status: 200 | 400 | 403 | 404 | 405 | 409 | 413 | 415 | 500;
  title: string;
  body: Markup;
  /** What was wrong with the form that was sent. */
  fault?: string;
}

export const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Allows exactly our style sheets and scripts (as hashes), sends forms only to us, and lets nobody frame us. */
export function pageHeaders(scripts: readonly string[] = [], styles: readonly string[] = []) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: [hashOf(STYLE), ...styles],
      scriptSrc: [hashOf(ACTIVE_SCRIPT), hashOf(LOCAL_TIME_SCRIPT), ...scripts],
      // Pages of documents, through the approval's own address.
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
  });
}

export const PRIVATE = { 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow' } as const;

/** A page about one approval, without navigation. The console has its own frame. */
export function layout({ title, body }: Pick<Sheet, 'title' | 'body'>): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Signalbox</title>
${raw(`<style>${STYLE}</style>`)}
</head>
<body><main>${body}</main>${localTimeScript()}</body>
</html>`;
}

export function toResponse(markup: unknown, status: number): Response {
  const headers = { 'content-type': 'text/html; charset=utf-8', ...PRIVATE };
  return new Response(String(markup), { status, headers });
}
