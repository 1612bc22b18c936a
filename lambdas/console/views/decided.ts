import { html } from 'hono/html';
import { actsOn, type Became, becameOf } from '../../approve/decision/became.ts';
import { backLine, whoseAction } from '../../approve/decision/taken-back.ts';
import { closedPhase, shortNumber } from '../../contract/approval.ts';
import { isoNow } from '../../kit/clock.ts';
import type { Markup } from '../../pages/layout.ts';
import { allCarrying, type ClosedPage, type ClosedPlace, readClosed } from '../../tables/approvals/phases.ts';
import type { ListedApproval } from '../../tables/indexes.ts';
import { type ItemOutcome, outcomesOf } from '../../tables/items/outcomes.ts';
import { type DeskContext, zoneFor } from '../context.ts';
import type { Screen } from '../frame.ts';
import { isMonth, monthsKept, monthWords, placeIn } from '../months.ts';
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
  context: DeskContext,
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
  const carrying = beginsNow(filter) ? (await allCarrying(context.env.APPROVAL_TABLE)).filter(fits) : [];
  const rows = [...carrying.sort((a, b) => (a.phaseAt > b.phaseAt ? -1 : 1)), ...page.rows];
  const items = await outcomesOf(context.env.ITEM_TABLE, rows.filter(actsOn).map(itemOf));
  const title = `Decided in ${monthWords(filter.month)}`;
  const body = html`<h1>${title}</h1>
${filterPart(context, filter)}
${rows.length > 0 ? tablePart(context, rows, items, title) : html`<p class="empty">${page.more ? 'Nothing like this in this part of the month.' : 'Nothing like this was decided.'}</p>`}
${pagesPart(context, filter, page)}`;
  return { status: 200, title, body, at: 'decided', wide: true };
}

/** What can still be undone lies elsewhere, and is the newest of this month. */
function beginsNow({ month, place }: Filter): boolean {
  return place === '' && month === isoNow().slice(0, 7);
}

/** The item's id stands in the approval's. */
const itemOf = ({ id }: ListedApproval) => id.replace(/-g\d+$/, '');

function readFilter(query: (name: string) => string | undefined): Filter {
  const month = query('month');
  const ending = (Object.keys(ENDINGS) as (keyof typeof ENDINGS)[]).find((it) => it === query('ending'));
  const newer = placeIn(query('newer'));
  return {
    month: isMonth(month) ? month : isoNow().slice(0, 7),
    automation: query('automation') ?? '',
    ending: ending ?? '',
    place: newer || placeIn(query('older')),
    towards: newer ? 'newer' : 'older',
  };
}

function filterPart({ site, settings, declarations }: DeskContext, filter: Filter): Markup {
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

function tablePart(
  context: DeskContext,
  rows: readonly ListedApproval[],
  items: ReadonlyMap<string, ItemOutcome>,
  title: string,
): Markup {
  const { site } = context;
  return html`<table class="list decided" role="table"><caption class="quiet">${title}, newest first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Approval</th><th role="columnheader" scope="col">Decision</th><th role="columnheader" scope="col">What came of it</th><th role="columnheader" scope="col">By</th><th role="columnheader" scope="col">When</th><th role="columnheader" scope="col">Time on the page</th></tr></thead>
<tbody role="rowgroup">${rows.map((row) => {
    const { facts, automation, decidedBy, decidedAt, phaseAt, activeSeconds, edits = [] } = row;
    const ending = endingOf(row);
    const { mark, words } = ENDINGS[ending === 'open' ? 'expired' : ending];
    return html`<tr role="row"><th role="rowheader" scope="row"><a class="row-link" href="${address(site, `/console/approvals/${row.id}`)}">${facts.summary}</a>
<span class="soft">${automation} · ${facts.label} · <span class="number">${shortNumber(row.id)}</span>${row.attentionCheck ? ' · a test' : ''}${facts.compensates ? ` · takes back ${whoseAction(facts.compensates)}` : ''}${edits.map(({ field, from, to }) => html` · ${field}: ${String(from)} became <b>${String(to)}</b>`)}</span></th>
<td role="cell" data-name="Decision">${marked(ending.replace(' ', '-'), mark, words)}</td>
<td role="cell" data-name="What came of it">${becameWords(becameOf(row, items.get(itemOf(row))))}</td>
<td role="cell" data-name="By">${decidedBy ?? 'nobody'}</td>
<td role="cell" data-name="When">${timeMark(decidedAt ?? phaseAt.split('#')[0] ?? '', undefined, zoneFor(context, automation))}</td>
<td role="cell" data-name="Time on the page">${activeSeconds === undefined ? '–' : duration(activeSeconds)}</td></tr>`;
  })}</tbody></table>`;
}

/** Without the word that the column of decisions holds already. */
function becameWords(became: Became): Markup {
  const { back = [] } = became;
  return html`${endWords(became)}${back.map((it) => html`<span class="line soft">${backLine(it)}</span>`)}`;
}

function endWords({ words, failed, state }: Became): Markup | string {
  if (failed) return html`<strong class="late"><span aria-hidden="true">!</span> ${words}</strong>`;
  return state === 'done'
    ? marked('approved', '✓', words)
    : words.replace(/^(?:rejected|withdrawn|nobody decided|sent back|a test): /, '');
}

function pagesPart({ site }: DeskContext, filter: Filter, { rows, more }: ClosedPage): Markup | string {
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
