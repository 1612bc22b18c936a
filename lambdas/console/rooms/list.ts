import { html } from 'hono/html';
import { ownersOf } from '../../contract/approval-settings.ts';
import type { Markup } from '../../pages/layout.ts';
import { usd } from '../../reports/words.ts';
import type { DeskContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { address } from '../site.ts';
import { counted } from '../words.ts';
import { duePart, nobodyPart } from './known.ts';
import { REPORT } from './report.ts';
import { roomPath } from './review.ts';
import { type Standing, standingOf } from './room.ts';
import { cell } from './tables.ts';

const HEADS = ['Automation', 'Owner', 'State', 'Models today', 'Review due'];

/** The registry: what runs here, who answers for it, and which of them somebody should look at. */
export async function automationsScreen(context: DeskContext): Promise<Screen> {
  const { env, settings, declarations } = context;
  const all = await Promise.all(declarations.map((it) => standingOf(env.CONTROL_TABLE, it)));
  const overdue = all.filter(({ review }) => review.reviewOverdue).length;
  const alone = all.filter(({ automation }) => ownersOf(settings, automation.owner).length === 0).length;
  const body = html`<h1>${counted(all.length, 'automation')}</h1>
${overdue + alone > 0 ? html`<p class="fault" role="note">${overdue > 0 ? `${counted(overdue, 'review')} overdue. ` : ''}${alone > 0 ? `${counted(alone, 'automation')} with an owner who is nobody in the configuration.` : ''}</p>` : ''}
<p class="files"><a href="${address(context.site, REPORT)}">The report of the week</a></p>
<table class="list" role="table"><caption class="quiet">What runs here</caption>
<thead role="rowgroup"><tr role="row">${HEADS.map((it) => html`<th role="columnheader" scope="col">${it}</th>`)}</tr></thead>
<tbody role="rowgroup">${all.map((it) => rowPart(context, it))}</tbody></table>`;
  return { status: 200, title: 'Automations', body, at: 'automations', wide: true };
}

function rowPart(
  { site, settings }: DeskContext,
  { automation: { name, purpose, owner }, budget, state, caution, review }: Standing,
): Markup {
  const { spentTodayUsd, perDayUsd, extraUsd } = budget;
  return html`<tr role="row"><th role="rowheader" scope="row"><a class="row-link" href="${address(site, roomPath(name))}">${name}</a><span class="soft">${purpose}</span></th>
${cell('Owner', html`${owner}${ownersOf(settings, owner).length > 0 ? '' : html`<span class="line">${nobodyPart()}</span>`}`)}
${cell('State', html`${state}${caution.on ? html`<span class="soft">with caution</span>` : ''}`)}
${cell('Models today', html`${usd(spentTodayUsd)}<span class="soft">of ${usd(perDayUsd + extraUsd)}</span>`)}
${cell('Review due', duePart(review))}</tr>`;
}
