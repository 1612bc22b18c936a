import { html } from 'hono/html';
import { REPAIRED_BY, type Repair } from '../../../../contract/intake/repair.ts';
import type { ProposalDocument } from '../../../../contract/item/proposal-document.ts';
import { shownText } from '../../../../kit/text.ts';
import type { Markup } from '../../../../pages/layout.ts';

/** What came beside what is worked on: whoever answers for a value must see what it was. */
export function repairsPart({ repairs = [] }: ProposalDocument): Markup | string {
  if (repairs.length === 0) return '';
  return html`<section class="repairs" aria-labelledby="repairs"><h2 id="repairs">Repaired before it was read</h2>
<ul>${repairs.map(lineOf)}</ul></section>`;
}

function lineOf({ pointer, source, from, to, by }: Repair): Markup {
  const place = source === undefined ? '' : ` in ${source}`;
  const now = to === undefined ? '' : html`, is now <b>${said(to)}</b>`;
  return html`<li>${shownText(pointer.slice(1)) || 'The whole'}: came as <q>${said(from)}</q>${shownText(place)}${now}
<span class="soft">(${REPAIRED_BY[by]})</span></li>`;
}

function said(value: unknown): string {
  return shownText(typeof value === 'string' ? value : JSON.stringify(value ?? null));
}
