import { unescaped } from './html.ts';

/* Approval pages as a program reads them. */

export interface Shown {
  status: number;
  page: string;
  /** What the page's form sends along without anybody typing. */
  fields: Record<string, string>;
  /** The cookie of the page, as a browser sends it back. */
  cookie: string;
}

/** A page as a program reads it. */
export async function openPage(url: string, headers: Record<string, string> = {}): Promise<Shown> {
  return shown(await fetch(url, { headers }));
}

/** Sends a form, and where that brings the page that asks once more, its form too, as a person does. */
export async function submit(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Shown> {
  const page = await submitOnce(url, fields, headers);
  const asks = page.status === 200 && page.page.includes('<form id="confirm"');
  return asks ? submitOnce(url, page.fields, headers) : page;
}

/** Sends a form to the page it stands on, and reads what comes back. */
export async function submitOnce(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Shown> {
  return shown(await fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) }));
}

async function shown(response: Response): Promise<Shown> {
  const page = await response.text();
  const hidden = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  return {
    status: response.status,
    page,
    fields: Object.fromEntries(hidden.map(([, name, value]) => [name, unescaped(value)])),
    cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
  };
}

/** Opens somebody's link and says something on the page. */
export async function say(url: string, decision: string, more: Record<string, string> = {}): Promise<Shown> {
  return submit(url, { ...(await openPage(url)).fields, decision, ...more });
}

/** The words of a page: what a person reads. */
export function words(page: string): string {
  const text = page.replaceAll(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<[^>]*>/g, ' ');
  return text.replaceAll(/\s+/g, ' ').trim();
}
