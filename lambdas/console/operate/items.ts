import { html } from 'hono/html';
import { ERROR_NAMES } from '../../contract/item/row.ts';
import { STAGES, STATUSES } from '../../contract/item/status.ts';
import { stoppedIn } from '../../contract/item/timeline.ts';
import { clock } from '../../kit/clock.ts';
import type { Markup } from '../../pages/layout.ts';
import type { StandingItem } from '../../tables/items/outcomes.ts';
import type { DeskContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { address, type Site } from '../site.ts';
import { age, option, timeMark } from '../words.ts';
import { AGE_WORDS, type ItemFilter, inAddress, MOST_TOGETHER, SEARCHES, type Search } from './filter.ts';
import { type Found, namesOf } from './find.ts';

export const ITEMS = '/console/operate/items';

export const itemPath = (id: string) => `${ITEMS}/${encodeURIComponent(id)}`;
export const itemNumber = (id: string) => id.slice(-7);

/** Items that fit a filter, each with why it rests. @param more below the list */
export function itemsScreen(
  context: DeskContext,
  filter: ItemFilter,
  found: Found,
  more: Markup | string = '',
): Screen {
  const { site } = context;
  const title = titleOf(filter);
  const body = html`<h1>${title}</h1>
${filterPart(context, filter)}
${found.items.length > 0 ? tablePart(site, found.items, title) : emptyPart(found)}
${pagesPart(site, filter, found)}
${more}`;
  return { status: 200, title, body, at: 'operate', wide: true };
}

function titleOf({ search, by, status }: ItemFilter): string {
  if (search) return `Items by ${SEARCH_WORDS[by]}`;
  if (status === 'any') return 'Items';
  if (status === 'under-way') return 'Items under way';
  return status === 'stuck' ? 'Items that are stuck' : `Items: ${statusWords(status)}`;
}

export const statusWords = (status: string) => status.replaceAll('_', ' ');

const SEARCH_WORDS: Record<Search, string> = {
  number: 'number or id',
  reference: 'reference',
  key: "client's name, then its key",
};

function filterPart(context: DeskContext, filter: ItemFilter): Markup {
  const { site, declarations } = context;
  const names = declarations.map(({ name }) => name);
  const labels = new Set(
    declarations.flatMap(({ name, labels: own }) =>
      namesOf(context, filter.automation).includes(name) ? own : [],
    ),
  );
  const select = (name: string, label: string, options: Markup[]) =>
    html`<div><label for="${name}">${label}</label><select id="${name}" name="${name}">${options}</select></div>`;
  const every = names.length > MOST_TOGETHER ? [] : [option('', 'every automation', filter.automation)];
  return html`<form class="filter" method="get" action="${address(site, ITEMS)}" role="search" aria-label="Find items">
<div class="search"><label for="search">Search</label>
<input id="search" name="search" type="search" maxlength="300" autocomplete="off" value="${filter.search}"></div>
${select(
  'by',
  'Search by',
  SEARCHES.map((it) => option(it, SEARCH_WORDS[it], filter.by)),
)}
${select('automation', 'Automation', [...every, ...names.map((it) => option(it, it, filter.automation))])}
${select('status', 'Status', [
  option('stuck', 'stuck: parked or quarantined', filter.status),
  option('under-way', 'under way: received, processing or acting', filter.status),
  option('any', 'every status', filter.status),
  ...STATUSES.map((it) => option(it, statusWords(it), filter.status)),
])}
${select('class', 'Error', [option('', 'every error', filter.class), ...ERROR_NAMES.map((it) => option(it, it, filter.class))])}
${select('stage', 'Stopped in', [option('', 'every stage', filter.stage), ...STAGES.map((it) => option(it, it, filter.stage))])}
${select('label', 'Label', [option('', 'every label', filter.label), ...[...labels].map((it) => option(it, it, filter.label))])}
${select('age', 'Received', [option('', 'at any time', filter.age), ...Object.entries(AGE_WORDS).map(([it, words]) => option(it, `in ${words}`, filter.age))])}
<button class="plain">Show</button>
</form>`;
}

const HEADS = ['Item', 'Status', 'Received', 'Why it rests'];

function tablePart(site: Site, items: readonly StandingItem[], title: string): Markup {
  const now = clock.now();
  return html`<table class="list" role="table"><caption class="quiet">${title}, newest first</caption>
<thead role="rowgroup"><tr role="row">${HEADS.map((it) => html`<th role="columnheader" scope="col">${it}</th>`)}</tr></thead>
<tbody role="rowgroup">${items.map(
    (
      item,
    ) => html`<tr role="row"><th role="rowheader" scope="row"><a class="row-link number" href="${address(site, itemPath(item.id))}">${itemNumber(item.id)}</a>
<span class="soft">${item.automation}${item.label === undefined ? '' : ` · ${item.label}`} · from ${item.client}</span></th>
<td role="cell" data-name="Status"><span>${statusPart(item.status)}</span></td>
<td role="cell" data-name="Received">${timeMark(item.receivedAt, `${age((now - Date.parse(item.receivedAt)) / 1000)} ago`)}</td>
<td role="cell" data-name="Why it rests"><span>${whyPart(item)}</span></td></tr>`,
  )}</tbody></table>`;
}

/** Of those that somebody has to look at, told apart by words and a sign. */
export function statusPart(status: string): Markup {
  return status === 'parked' || status === 'quarantined'
    ? html`<strong class="late"><span aria-hidden="true">!</span> ${statusWords(status)}</strong>`
    : html`${statusWords(status)}`;
}

/** An error outlives what it stopped: it is told of what rests with it. */
function whyPart({ status, error, ...item }: StandingItem): Markup | string {
  const stage = stoppedIn(item);
  if (!error || (status !== 'parked' && status !== 'quarantined')) return '';
  return html`${error.message}<span class="soft">${error.class}${stage ? ` in ${stage}` : ''}</span>`;
}

function emptyPart({ next }: Found): Markup {
  return html`<p class="empty">${next ? 'Nothing like this among the newest items.' : 'There is nothing like this.'}</p>`;
}

function pagesPart(site: Site, filter: ItemFilter, { next, items }: Found): Markup | string {
  if (!next && !filter.before) return '';
  const link = (before: string, words: string, rel: string) =>
    html`<a rel="${rel}" href="${address(site, ITEMS, inAddress({ ...filter, before }))}">${words}</a>`;
  return html`<nav class="pages" aria-label="Pages of items">
${filter.before ? link('', '← Newest', 'first') : html`<span></span>`}
${next ? link(next, items.length > 0 ? 'Older →' : 'Look further back →', 'next') : html`<span></span>`}
</nav>`;
}
