import { type Browser, hidden, mainOf, stored } from '../support/console.ts';
import { unescaped } from '../support/html.ts';
import { words } from '../support/pages.ts';

/* Many approvals before one person: the page on which they are read, and the form on it. */

export type What = 'approve' | 'reject';

/** The page on which the marked ones are read. */
export const read = (browser: Browser, what: What, ...ids: string[]) =>
  browser.get(`/console/many?what=${what}${ids.map((id) => `&id=${id}-g1`).join('')}`);

/** What its form sends if nobody unmarks anything. */
export function formOf(text: string): Record<string, string> {
  const main = mainOf(text);
  const nonces = [...main.matchAll(/name="(nonce-[\w-]+)" value="([^"]*)"/g)];
  const takes = [...main.matchAll(/name="(take-[\w-]+)" value="yes" checked/g)];
  return {
    ...hidden(main),
    ...Object.fromEntries(nonces.map(([, name, value]) => [name, unescaped(value)])),
    ...Object.fromEntries(takes.map(([, name]) => [name, 'yes'])),
  };
}

export const send = (browser: Browser, form: Record<string, string>) => browser.post('/console/many', form);

/** Each row of the result: number, whether it is recorded, and the words. */
export function results(text: string): [string, string][] {
  const rows = text.split('<tr role="row">').slice(2);
  return rows.map((row) => [/approvals\/([\w-]+)-g1/.exec(row)?.[1] ?? '', words(row)]);
}

export const events = (id: string) => stored(id).trail.map(({ event }) => event);
