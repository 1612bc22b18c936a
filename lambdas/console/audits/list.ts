import { html } from 'hono/html';
import { type DeskContext, zoneFor } from '../context.ts';
import type { Screen } from '../frame.ts';
import type { Person } from '../sign-in/identity.ts';
import { timeMark } from '../words.ts';
import { auditLink, waitingFor } from './waiting.ts';

const MOST_SHOWN = 50;

/** What waits for this person, the oldest first. Nothing in it tells what was done. */
export async function auditsScreen(context: DeskContext, person: Person): Promise<Screen> {
  const waiting = await waitingFor(context, person);
  const body = html`<h1>Audits</h1>
<p>These items ended without a person. Say what would have been right; then you see what was done.</p>
${
  waiting.length === 0
    ? html`<p class="empty">Nothing waits for you.</p>`
    : html`<table class="list" role="table"><caption class="quiet">Items to audit, the oldest first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Item</th><th role="columnheader" scope="col">Ended</th></tr></thead>
<tbody role="rowgroup">${waiting.slice(0, MOST_SHOWN).map(
        (it) =>
          html`<tr role="row"><th role="rowheader" scope="row">${auditLink(context, it)}</th>
<td role="cell" data-name="Ended">${timeMark(it.sample.at, undefined, zoneFor(context, it.automation))}</td></tr>`,
      )}</tbody></table>`
}
${waiting.length > MOST_SHOWN ? html`<p class="soft">${waiting.length - MOST_SHOWN} more wait behind these.</p>` : ''}`;
  return { status: 200, title: 'Audits', body, at: 'audits', wide: true };
}
