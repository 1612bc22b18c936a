import { html } from 'hono/html';
import { shownText } from '../../kit/text.ts';
import type { Markup } from '../../pages/layout.ts';
import type { Opened } from './open.ts';

/* What an item came with and what sources said of it, for people: whole, and without the marks of JSON. */

/** Beyond either a value is shown as JSON: nobody reads so many rows, and a page is bounded. */
const MOST_CHARACTERS = 20_000;
const DEEPEST = 6;

/** In the order of their names, whatever was asked first. */
export function saidPart({ said, automation }: Pick<Opened, 'said' | 'automation'>): Markup[] {
  return Object.entries(said)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, answers]) => {
      const source = automation.lookups?.[name]?.source;
      const heading =
        source === undefined ? `What was said about ${name}` : `What ${source} said about ${name}`;
      return answers.map((answer) =>
        answer === null
          ? html`<h2>${heading}</h2><p>There is no such thing.</p>`
          : html`<h2>${heading}</h2>${bodyPart(answer, name)}`,
      );
    });
}

/** @param name of a value that has no fields */
export function bodyPart(body: unknown, name = 'input'): Markup {
  const isFields = typeof body === 'object' && body !== null && !Array.isArray(body);
  const rows = isFields
    ? Object.entries(body).flatMap(([field, value]) => rowsOf(field, value))
    : rowsOf(name, body);
  return html`<table class="values"><tbody>${rows.map(
    ([place, words]) =>
      html`<tr><th scope="row">${shownText(place)}</th><td><blockquote>${shownText(words)}</blockquote></td></tr>`,
  )}</tbody></table>`;
}

function rowsOf(name: string, value: unknown): [string, string][] {
  if (typeof value === 'string') return [[name, value]];
  const json = JSON.stringify(value, null, 2) ?? '';
  return json.length > MOST_CHARACTERS ? [[name, json]] : leavesOf(name, value);
}

/** What is inside of others has its place as its name: `charges 2 amount`. */
function leavesOf(name: string, value: unknown, deep = 0): [string, string][] {
  if (typeof value === 'string') return [[name, value]];
  if (value === null || value === undefined) return [[name, '–']];
  if (typeof value !== 'object' || deep === DEEPEST) return [[name, JSON.stringify(value)]];
  const members = Object.entries(value);
  if (members.length === 0) return [[name, '–']];
  const told = (key: string) => (Array.isArray(value) ? String(Number(key) + 1) : key);
  return members.flatMap(([key, member]) => leavesOf(`${name} ${told(key)}`, member, deep + 1));
}
