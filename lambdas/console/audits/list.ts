import { html } from 'hono/html';
import { personHash } from '../../kit/digest.ts';
import { approvalId } from '../../tables/keys.ts';
import { recentSamples, waitsFor } from '../../tables/samples/samples.ts';
import { thereOf } from '../../tables/samples/there.ts';
import { type ConsoleContext, zoneFor } from '../context.ts';
import type { Screen } from '../frame.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { timeMark } from '../words.ts';

const MOST_SHOWN = 50;

/** What waits for this person, the oldest first. Nothing in it tells what was done. */
export async function auditsScreen(context: ConsoleContext, person: Person): Promise<Screen> {
  const { declarations, env, site } = context;
  const mine = declarations.filter(({ audit }) => audit !== undefined && person.groups.includes(audit.group));
  const by = personHash(person.email);
  const samples = await Promise.all(
    mine.map(async ({ name, labels }) => {
      const theirs = (await recentSamples(env.CONTROL_TABLE, name)).filter((it) => waitsFor(it, by));
      return thereOf(env.ITEM_TABLE, theirs, labels);
    }),
  );
  const waiting = samples
    .flatMap((of, at) => of.map((sample) => ({ sample, automation: mine[at]?.name ?? '' })))
    .sort((a, b) => (a.sample.at < b.sample.at ? -1 : 1));
  const body = html`<h1>Audits</h1>
<p>These items ended without a person. Say what would have been right; then you see what was done.</p>
${
  waiting.length === 0
    ? html`<p class="empty">Nothing waits for you.</p>`
    : html`<table class="list" role="table"><caption class="quiet">Items to audit, the oldest first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Automation</th><th role="columnheader" scope="col">Ended</th></tr></thead>
<tbody role="rowgroup">${waiting.slice(0, MOST_SHOWN).map(
        ({ sample, automation }) =>
          html`<tr role="row"><th role="rowheader" scope="row"><a class="row-link" href="${address(site, `/console/audits/${approvalId(sample.itemId, sample.generation)}`)}">${automation}</a></th>
<td role="cell" data-name="Ended">${timeMark(sample.at, undefined, zoneFor(context, automation))}</td></tr>`,
      )}</tbody></table>`
}
${waiting.length > MOST_SHOWN ? html`<p class="soft">${waiting.length - MOST_SHOWN} more wait behind these.</p>` : ''}`;
  return { status: 200, title: 'Audits', body, at: 'audits', wide: true };
}
