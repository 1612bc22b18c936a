import { html } from 'hono/html';
import { RISKS, type Risk } from '../../contract/item/status.ts';
import { clock } from '../../kit/clock.ts';
import type { Markup } from '../../pages/layout.ts';
import { MOST_ROWS } from '../../tables/approvals/phases.ts';
import type { ListedApproval } from '../../tables/indexes.ts';
import type { Screen } from '../frame.ts';
import type { Person } from '../sign-in/identity.ts';
import { address, type Site } from '../site.ts';
import { age, counted, marked, option, timeMark } from '../words.ts';
import { BUCKETS, type Bucket, bucketOf, dueWords, type QueueFilter, queueOf, type Whose } from './queue.ts';

/** Rows of one page: as many as a person reads before they begin. */
export const PAGE_SIZE = 50;

export interface QueueView {
  site: Site;
  person: Person;
  filter: QueueFilter;
  open: { rows: readonly ListedApproval[]; cut: boolean };
  automations: readonly string[];
}

export const RISK_MARKS: Record<Risk, string> = { routine: '○', consequential: '◐', catastrophic: '●' };

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
  const body = html`<h1>${heading}</h1>
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

function filterPart({ site, filter, automations }: QueueView): Markup {
  return html`<form class="filter" method="get" action="${address(site, '/console')}">
<div><label for="whose">Approvals</label><select id="whose" name="whose">${(
    Object.keys(WHOSE_WORDS) as Whose[]
  ).map((it) => option(it, WHOSE_WORDS[it], filter.whose))}</select></div>
<div><label for="automation">Automation</label><select id="automation" name="automation">
${option('', 'every automation', filter.automation)}${automations.map((it) => option(it, it, filter.automation))}</select></div>
<div><label for="risk">Risk</label><select id="risk" name="risk">
${option('', 'every risk', filter.risk)}${RISKS.toReversed().map((it) => option(it, it, filter.risk))}</select></div>
<button class="plain">Show</button>
</form>`;
}

function emptyPart({ whose, automation, risk }: QueueFilter): Markup {
  const more =
    automation || risk || whose === 'mine'
      ? 'Change the filter to see others.'
      : 'New approvals appear here.';
  return html`<p class="empty">${more}</p>`;
}

const BUCKET_WORDS: Record<Bucket, string> = {
  overdue: 'Overdue',
  hour: 'Due within the hour',
  today: 'Due today',
  later: 'Due later',
};

function tablePart(view: QueueView, rows: readonly ListedApproval[], now: number): Markup {
  const pages = Math.ceil(rows.length / PAGE_SIZE);
  const page = Math.min(view.filter.page, pages);
  const first = (page - 1) * PAGE_SIZE;
  const shown = rows.slice(first, first + PAGE_SIZE);
  const all = Map.groupBy(rows, (row) => bucketOf(row.times.promiseAt, now));
  const here = Map.groupBy(shown, (row) => bucketOf(row.times.promiseAt, now));
  const range = `${first + 1} to ${first + shown.length} of ${rows.length.toLocaleString('en-US')}`;
  return html`<table class="list" role="table">
<caption class="quiet">Open approvals, ${range}: overdue first, then by due time and risk</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Approval</th><th role="columnheader" scope="col">Risk</th><th role="columnheader" scope="col">Due</th><th role="columnheader" scope="col">Asked</th><th role="columnheader" scope="col">State</th></tr></thead>
${BUCKETS.map((bucket) => {
  const part = here.get(bucket) ?? [];
  if (part.length === 0) return '';
  return html`<tbody role="rowgroup"><tr role="row" class="bucket"><th role="rowheader" colspan="5" scope="rowgroup">${BUCKET_WORDS[bucket]} (${all.get(bucket)?.length ?? 0})</th></tr>
${part.map((row) => rowPart(view, row, now))}</tbody>`;
})}
</table>
${pages > 1 ? pagesPart(view, page, pages) : ''}`;
}

function rowPart({ site, person }: QueueView, row: ListedApproval, now: number): Markup {
  const { facts, automation, id, createdAt, times } = row;
  const late = bucketOf(times.promiseAt, now) === 'overdue';
  const due = timeMark(times.promiseAt, dueWords(times.promiseAt, now));
  return html`<tr role="row"><th role="rowheader" scope="row"><a class="row-link" href="${address(site, `/console/approvals/${id}`)}">${facts.summary}</a>
<span class="soft">${automation} · ${facts.label}</span></th>
<td role="cell" data-name="Risk">${marked(facts.risk, RISK_MARKS[facts.risk], facts.risk)}</td>
<td role="cell" data-name="Due">${late ? html`<strong class="late"><span aria-hidden="true">!</span> ${due}</strong>` : due}</td>
<td role="cell" data-name="Asked">${timeMark(createdAt, `${age((now - Date.parse(createdAt)) / 1000)} ago`)}</td>
<td role="cell" data-name="State">${statePart(row, person, now)}</td></tr>`;
}

function statePart(
  { claim, quorum, votes, escalatedAt }: ListedApproval,
  { email }: Person,
  now: number,
): Markup {
  const held = claim && Date.parse(claim.until) > now ? claim.by : undefined;
  const words = [
    held === email && 'claimed by you',
    held !== undefined && held !== email && `claimed by ${held}`,
    quorum > 1 && `${Object.keys(votes).length} of ${quorum} approvals`,
    escalatedAt !== undefined && 'escalated',
  ].filter((it) => typeof it === 'string');
  return html`${words.length > 0 ? words.join(' · ') : 'free'}`;
}

function pagesPart({ site, filter }: QueueView, page: number, pages: number): Markup {
  const link = (to: number, words: string, rel: string) =>
    html`<a rel="${rel}" href="${address(site, '/console', { ...filter, page: to })}">${words}</a>`;
  return html`<nav class="pages" aria-label="Pages of the queue">
${page > 1 ? link(page - 1, '← Previous', 'prev') : html`<span></span>`}
<span>Page ${page} of ${pages}</span>
${page < pages ? link(page + 1, 'Next →', 'next') : html`<span></span>`}
</nav>`;
}
