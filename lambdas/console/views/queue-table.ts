import { html } from 'hono/html';
import { whoseAction } from '../../approve/decision/taken-back.ts';
import { shortNumber } from '../../contract/approval.ts';
import type { Risk } from '../../contract/item/status.ts';
import type { Markup } from '../../pages/layout.ts';
import { amountText } from '../../tables/audit/csv.ts';
import type { ListedApproval } from '../../tables/indexes.ts';
import { mayMark } from '../reach.ts';
import type { Person } from '../sign-in/identity.ts';
import { address, type Site } from '../site.ts';
import { age, marked, timeMark } from '../words.ts';
import { BUCKETS, type Bucket, bucketOf, dueWords, type QueueFilter, type Sort } from './queue.ts';

export interface QueueView {
  site: Site;
  person: Person;
  filter: QueueFilter;
  open: { rows: readonly ListedApproval[]; cut: boolean };
  automations: readonly string[];
  /** The time zone in which the approvers of an automation read times. */
  zone(automation: string): string | undefined;
  /** Whether everything on the page that can be marked is marked. */
  marked: boolean;
}

/** Rows of one page: as many as a person reads before they begin. */
export const PAGE_SIZE = 50;

export const RISK_MARKS: Record<Risk, string> = { routine: '○', consequential: '◐', catastrophic: '●' };

const BUCKET_WORDS: Record<Bucket, string> = {
  overdue: 'Overdue',
  hour: 'Due within the hour',
  today: 'Due today',
  later: 'Due later',
};

export function tablePart(view: QueueView, rows: readonly ListedApproval[], now: number): Markup {
  const pages = Math.ceil(rows.length / PAGE_SIZE);
  const page = Math.min(view.filter.page, pages);
  const first = (page - 1) * PAGE_SIZE;
  const shown = rows.slice(first, first + PAGE_SIZE);
  const range = `${first + 1} to ${first + shown.length} of ${rows.length.toLocaleString('en-US')}`;
  const many = shown.filter((row) => mayMark(view.person, row, now)).length > 1;
  const row = (it: ListedApproval) => rowPart(view, it, now, many);
  const { sort } = view.filter;
  const table = html`<table class="list" role="table">
<caption class="quiet">Open approvals, ${range}${sort === '' ? ': overdue first, then by due time and risk' : ''}</caption>
<thead role="rowgroup"><tr role="row">${many ? html`<th role="columnheader" scope="col">Mark</th>` : ''}<th role="columnheader" scope="col">Approval</th>${(
    ['risk', 'amount', 'due', 'age'] as const
  ).map((by) => head(view, by))}<th role="columnheader" scope="col">State</th></tr></thead>
${sort === '' ? bucketsPart(rows, shown, row, many ? 7 : 6, now) : html`<tbody role="rowgroup">${shown.map(row)}</tbody>`}
</table>
${pages > 1 ? pagesPart(view, page, pages) : html`<p class="soft">${range}</p>`}`;
  return many ? markedPart(view, page, table) : table;
}

const HEADS = { risk: 'Risk', amount: 'Amount', due: 'Due', age: 'Asked' } as const;

/** A column's name leads to the queue in its order, and once more to the reverse. */
function head({ site, filter }: QueueView, by: keyof typeof HEADS): Markup {
  const now = filter.sort || 'due';
  const [chosen, reverse] = [now === by || now === `-${by}`, now === by];
  // The gravest, largest, soonest and oldest come first: of numbers, that is down for two of them.
  const falls = (by === 'risk' || by === 'amount') === !now.startsWith('-');
  const sorted = chosen ? html` aria-sort="${falls ? 'descending' : 'ascending'}"` : '';
  const to: Sort = reverse ? `-${by}` : by;
  return html`<th role="columnheader" scope="col"${sorted}><a href="${address(site, '/console', { ...filter, sort: to, page: 1 })}">${HEADS[by]}${chosen ? html` <span aria-hidden="true">${now.startsWith('-') ? '▴' : '▾'}</span>` : ''}</a></th>`;
}

function bucketsPart(
  rows: readonly ListedApproval[],
  shown: readonly ListedApproval[],
  row: (it: ListedApproval) => Markup,
  columns: number,
  now: number,
): (Markup | string)[] {
  const all = Map.groupBy(rows, ({ times }) => bucketOf(times.promiseAt, now));
  const here = Map.groupBy(shown, ({ times }) => bucketOf(times.promiseAt, now));
  return BUCKETS.map((bucket) => {
    const part = here.get(bucket) ?? [];
    if (part.length === 0) return '';
    return html`<tbody role="rowgroup"><tr role="row" class="bucket"><th role="rowheader" colspan="${columns}" scope="rowgroup">${BUCKET_WORDS[bucket]} (${all.get(bucket)?.length ?? 0})</th></tr>
${part.map(row)}</tbody>`;
  });
}

function rowPart(view: QueueView, row: ListedApproval, now: number, many: boolean): Markup {
  const { site, person } = view;
  const { facts, automation, id, createdAt, times } = row;
  const late = bucketOf(times.promiseAt, now) === 'overdue';
  const due = timeMark(times.promiseAt, dueWords(times.promiseAt, now), view.zone(automation));
  return html`<tr role="row">${many ? markPart(view, row, now) : ''}<th role="rowheader" scope="row"><a class="row-link" href="${address(site, `/console/approvals/${id}`)}">${facts.summary}</a>
<span class="soft">${automation} · ${facts.label} · <span class="number">${shortNumber(id)}</span>${facts.compensates ? ` · takes back ${whoseAction(facts.compensates)}` : ''}${(row.edits ?? []).map(({ field, from, to }) => html` · ${field}: ${String(from)} became <b>${String(to)}</b>`)}</span></th>
<td role="cell" data-name="Risk">${marked(facts.risk, RISK_MARKS[facts.risk], facts.risk)}</td>
<td role="cell" data-name="Amount" class="amount">${amountText(facts.amount) || '–'}</td>
<td role="cell" data-name="Due">${late ? html`<strong class="late"><span aria-hidden="true">!</span> ${due}</strong>` : due}</td>
<td role="cell" data-name="Asked">${timeMark(createdAt, `${age((now - Date.parse(createdAt)) / 1000)} ago`)}</td>
<td role="cell" data-name="State">${statePart(row, person, now)}</td></tr>`;
}

function markPart({ person, marked: all }: QueueView, row: ListedApproval, now: number): Markup {
  const { id, facts } = row;
  if (!mayMark(person, row, now)) return html`<td role="cell" class="pick"></td>`;
  return html`<td role="cell" class="pick"><input type="checkbox" name="id" value="${id}" aria-label="Mark ${shortNumber(id)}: ${facts.summary}"${all ? html` checked` : ''}></td>`;
}

/** Marking records nothing: the buttons lead to a page where everything can be read. */
function markedPart({ site, filter, marked: all }: QueueView, page: number, table: Markup): Markup {
  const others = address(site, '/console', { ...filter, page, ...(all ? {} : { mark: 'all' }) });
  return html`<form class="many" method="get" action="${address(site, '/console/many')}">
<p class="soft"><a href="${others}">${all ? 'Unmark all' : 'Mark every routine one on this page'}</a>. Others are decided one by one.</p>
${table}
<div class="buttons"><button class="plain" name="what" value="approve">Read the marked, then approve</button>
<button class="plain" name="what" value="reject">Read the marked, then reject</button></div></form>`;
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
