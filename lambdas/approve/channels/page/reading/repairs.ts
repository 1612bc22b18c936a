import { html } from 'hono/html';
import type { Repair, RepairedBy } from '../../../../contract/intake/repair.ts';
import type { ProposalDocument } from '../../../../contract/item/proposal-document.ts';
import { shownText } from '../../../../kit/text.ts';
import type { Markup } from '../../../../pages/layout.ts';

/** By what a value came to stand where it stands, for people. */
const BY: Record<RepairedBy, string> = {
  encoding: 'encoding',
  json: 'broken JSON was read',
  name: 'another name of the field',
  memory: "this client's name for it, as before",
  model: 'a model found it',
  type: 'another form of the same value',
  unknown: 'left out: no such field',
};

/** What came beside what is worked on: whoever answers for a value must see what it was. */
export function repairsPart({ repairs = [] }: ProposalDocument): Markup | string {
  if (repairs.length === 0) return '';
  return html`<section class="repairs" aria-labelledby="repairs"><h2 id="repairs">Repaired before it was read</h2>
<p class="soft">What came did not fit its form. Compare what came with what is worked on.</p>
<table class="values"><thead><tr><th scope="col">Field</th><th scope="col">Came as</th><th scope="col">Is now</th></tr></thead>
<tbody>${repairs.map(rowOf)}</tbody></table></section>`;
}

function rowOf({ pointer, source, from, to, by }: Repair): Markup {
  const place = source === undefined ? '' : html` <span class="soft">in ${shownText(source)}</span>`;
  return html`<tr><th scope="row">${shownText(pointer.slice(1)) || 'the whole'}<br><span class="soft">${BY[by]}</span></th>
<td>${said(from)}${place}</td><td>${said(to)}</td></tr>`;
}

function said(value: unknown): Markup | string {
  if (value === undefined) return html`<span class="soft">nothing</span>`;
  return shownText(typeof value === 'string' ? value : JSON.stringify(value));
}
