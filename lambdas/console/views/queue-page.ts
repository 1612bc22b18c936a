import { html } from 'hono/html';
import { RISKS } from '../../contract/item/status.ts';
import { clock } from '../../kit/clock.ts';
import type { Markup } from '../../pages/layout.ts';
import { MOST_ROWS } from '../../tables/approvals/phases.ts';
import type { Screen } from '../frame.ts';
import { address } from '../site.ts';
import { counted, option } from '../words.ts';
import { type QueueFilter, queueOf, type Sort, type Whose } from './queue.ts';
import { type QueueView, tablePart } from './queue-table.ts';

const WAIT: Record<Whose, { one: string; many: string; none: string }> = {
  mine: { one: 'approval waits for you', many: 'approvals wait for you', none: 'Nothing waits for you' },
  group: {
    one: 'approval waits for your groups',
    many: 'approvals wait for your groups',
    none: 'Nothing waits for your groups',
  },
  all: { one: 'approval is open', many: 'approvals are open', none: 'Nothing is open' },
};

export function queueScreen(view: QueueView): Screen {
  const { filter, person, open } = view;
  const now = clock.now();
  const rows = queueOf(open.rows, person, filter, now);
  const words = WAIT[filter.whose];
  const heading = rows.length === 0 ? words.none : counted(rows.length, words.one, words.many);
  const told = filter.search === '' ? heading : `${heading}: “${filter.search}”`;
  const body = html`<h1>${told}</h1>
${filterPart(view)}
${open.cut ? html`<p class="fault" role="note">More than ${MOST_ROWS.toLocaleString('en-US')} approvals are open: these are due first.</p>` : ''}
${rows.length === 0 ? emptyPart(filter) : tablePart(view, rows, now)}`;
  return { status: 200, title: `${heading} · Queue`, body, at: 'queue', wide: true };
}

const WHOSE_WORDS: Record<Whose, string> = {
  mine: 'for me',
  group: 'for my groups',
  all: 'all that I may see',
};

const SORT_WORDS: Record<Exclude<Sort, '-due' | '-risk' | '-amount' | '-age'>, string> = {
  due: 'due first',
  risk: 'gravest first',
  amount: 'largest amount first',
  age: 'oldest first',
};

function filterPart({ site, filter, automations }: QueueView): Markup {
  return html`<form class="filter" method="get" action="${address(site, '/console')}" role="search" aria-label="Filter the queue">
<div class="search"><label for="search">Search <span>number, action, person …</span></label>
<input id="search" name="search" type="search" maxlength="200" autocomplete="off" value="${filter.search}"></div>
<div><label for="whose">Approvals</label><select id="whose" name="whose">${(
    Object.keys(WHOSE_WORDS) as Whose[]
  ).map((it) => option(it, WHOSE_WORDS[it], filter.whose))}</select></div>
<div><label for="automation">Automation</label><select id="automation" name="automation">
${option('', 'every automation', filter.automation)}${automations.map((it) => option(it, it, filter.automation))}</select></div>
<div><label for="risk">Risk</label><select id="risk" name="risk">
${option('', 'every risk', filter.risk)}${RISKS.toReversed().map((it) => option(it, it, filter.risk))}</select></div>
<div><label for="sort">Order</label><select id="sort" name="sort">${Object.entries(SORT_WORDS).map(([sort, words]) => option(sort, words, filter.sort || 'due'))}</select></div>
<button class="plain">Show</button>
</form>`;
}

function emptyPart({ whose, automation, risk, search }: QueueFilter): Markup {
  const more =
    automation || risk || search || whose === 'mine'
      ? 'Change the filter to see others.'
      : 'New approvals appear here.';
  return html`<p class="empty">${more}</p>`;
}
