import { html } from 'hono/html';
import { closedPhase } from '../../contract/approval.ts';
import { isoNow } from '../../kit/clock.ts';
import type { Markup } from '../../pages/layout.ts';
import { type ClosedPage, type ClosedPlace, readClosed } from '../../tables/approvals/phases.ts';
import type { ListedApproval } from '../../tables/indexes.ts';
import type { ConsoleContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { isMonth, monthsKept, monthWords } from '../months.ts';
import { maySee } from '../reach.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { duration, ENDINGS, type Ending, endingOf, marked, option, timeMark } from '../words.ts';

const PAGE_SIZE = 50;

interface Filter extends Pick<ClosedPlace, 'place' | 'towards'> {
  month: string;
  automation: string;
  ending: Ending | '';
}

export async function decidedScreen(
  context: ConsoleContext,
  person: Person,
  query: (name: string) => string | undefined,
): Promise<Screen> {
  const filter = readFilter(query);
  const fits = (row: ListedApproval) =>
    maySee(person, row) &&
    (filter.automation === '' || row.automation === filter.automation) &&
    (filter.ending === '' || endingOf(row) === filter.ending);
  const page = await readClosed(
    context.env.APPROVAL_TABLE,
    { phase: closedPhase(filter.month), place: filter.place, towards: filter.towards },
    fits,
    PAGE_SIZE,
  );
  const title = `Decided in ${monthWords(filter.month)}`;
  const body = html`<h1>${title}</h1>
${filterPart(context, filter)}
${page.rows.length > 0 ? tablePart(context, page.rows, title) : html`<p class="empty">${page.more ? 'Nothing like this in this part of the month.' : 'Nothing like this was decided.'}</p>`}
${pagesPart(context, filter, page)}`;
  return { status: 200, title, body, at: 'decided', wide: true };
}

function readFilter(query: (name: string) => string | undefined): Filter {
  const month = query('month');
  const ending = (Object.keys(ENDINGS) as (keyof typeof ENDINGS)[]).find((it) => it === query('ending'));
  const newer = query('newer');
  return {
    month: isMonth(month) ? month : isoNow().slice(0, 7),
    automation: query('automation') ?? '',
    ending: ending ?? '',
    place: newer ?? query('older') ?? '',
    towards: newer ? 'newer' : 'older',
  };
}

function filterPart({ site, settings, declarations }: ConsoleContext, filter: Filter): Markup {
  const months = new Set([...monthsKept(settings.itemDays), filter.month]);
  const endings = Object.entries(ENDINGS);
  return html`<form class="filter" method="get" action="${address(site, '/console/decided')}">
<div><label for="month">Month</label><select id="month" name="month">${[...months].map((it) => option(it, monthWords(it), filter.month))}</select></div>
<div><label for="automation">Automation</label><select id="automation" name="automation">
${option('', 'every automation', filter.automation)}${declarations.map(({ name }) => option(name, name, filter.automation))}</select></div>
<div><label for="ending">Decision</label><select id="ending" name="ending">
${option('', 'every decision', filter.ending)}${endings.map(([name, { words }]) => option(name, words, filter.ending))}</select></div>
<button class="plain">Show</button>
</form>`;
}

function tablePart({ site }: ConsoleContext, rows: readonly ListedApproval[], title: string): Markup {
  return html`<table class="list" role="table"><caption class="quiet">${title}, newest first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Approval</th><th role="columnheader" scope="col">Decision</th><th role="columnheader" scope="col">By</th><th role="columnheader" scope="col">When</th><th role="columnheader" scope="col">Time on the page</th></tr></thead>
<tbody role="rowgroup">${rows.map((row) => {
    const { facts, automation, decidedBy, decidedAt, phaseAt, activeSeconds, edits = [] } = row;
    const ending = endingOf(row);
    const { mark, words } = ENDINGS[ending === 'open' ? 'expired' : ending];
    return html`<tr role="row"><th role="rowheader" scope="row"><a class="row-link" href="${address(site, `/console/approvals/${row.id}`)}">${facts.summary}</a>
<span class="soft">${automation} · ${facts.label}${row.attentionCheck ? ' · a test' : ''}${edits.map(({ field, from, to }) => html` · ${field}: ${String(from)} became <b>${String(to)}</b>`)}</span></th>
<td role="cell" data-name="Decision">${marked(ending.replace(' ', '-'), mark, words)}</td>
<td role="cell" data-name="By">${decidedBy ?? 'nobody'}</td>
<td role="cell" data-name="When">${timeMark(decidedAt ?? phaseAt.split('#')[0] ?? '')}</td>
<td role="cell" data-name="Time on the page">${activeSeconds === undefined ? '–' : duration(activeSeconds)}</td></tr>`;
  })}</tbody></table>`;
}

function pagesPart({ site }: ConsoleContext, filter: Filter, { rows, more }: ClosedPage): Markup | string {
  const { month, automation, ending, place, towards } = filter;
  const older = towards === 'older' ? more : (rows.at(-1)?.phaseAt ?? place);
  const newer = towards === 'newer' ? more : place && (rows[0]?.phaseAt ?? place);
  if (!older && !newer) return '';
  const link = (query: { older: string } | { newer: string }, words: string, rel: string) =>
    html`<a rel="${rel}" href="${address(site, '/console/decided', { month, automation, ending, ...query })}">${words}</a>`;
  return html`<nav class="pages" aria-label="Pages of decided approvals">
${newer ? link({ newer }, '← Newer', 'prev') : html`<span></span>`}
${older ? link({ older }, 'Older →', 'next') : html`<span></span>`}
</nav>`;
}
