import { html } from 'hono/html';
import { shortNumber } from '../../../contract/approval.ts';
import { logger } from '../../../kit/telemetry.ts';
import type { Markup } from '../../../pages/layout.ts';
import { isHouse, type RecordEntry } from '../../../tables/audit/audit.ts';
import { amountText } from '../../../tables/audit/csv.ts';
import { type AuditFinds, searchRecord } from '../../../tables/audit/search.ts';
import { type DeskContext, zoneFor } from '../../context.ts';
import type { Screen } from '../../frame.ts';
import { address } from '../../site.ts';
import { CHANNEL_WORDS, EVENT_WORDS, exactMark, option } from '../../words.ts';
import { filesPart } from './files.ts';
import { type AuditFilter, fits, KINDS, readFilter, timeOf } from './filter.ts';

const PAGE_SIZE = 50;

/** About what one page view has time to read. */
const MOST_EXAMINED = 5000;

/** The audit record: read and searched on the page, newest first; below it the files to take away. */
export async function auditScreen(
  context: DeskContext,
  query: (name: string) => string | undefined,
): Promise<Screen> {
  const { env, settings } = context;
  const filter = readFilter(query);
  const finds = await searchRecord(env.AUDIT_TABLE, {
    ...timeOf(filter, settings.itemDays),
    ...{ fits: fits(filter), size: PAGE_SIZE, examine: MOST_EXAMINED },
    before: filter.before || undefined,
  });
  logger.info('audit read', { entries: finds.entries.length, looked: finds.looked });
  const title = 'Audit record';
  const body = html`<h1>${title}</h1>
<p>Everything about every approval: asked, handed over, decided, by whom and how they signed in, with the
fingerprint of exactly what they saw; actions without an approval; and operators' commands. No entry can be changed.</p>
${formPart(context, filter)}
${finds.entries.length > 0 ? tablePart(context, finds.entries) : emptyPart(finds)}
${pagesPart(context, filter, finds)}
${await filesPart(context, query)}`;
  return { status: 200, title, body, at: 'audit', wide: true };
}

function formPart({ site, declarations }: DeskContext, filter: AuditFilter): Markup {
  const field = (name: 'person' | 'item', label: string, hint: string) =>
    html`<div><label for="${name}">${label} <span>${hint}</span></label><input id="${name}" name="${name}" maxlength="200" autocomplete="off" value="${filter[name]}"></div>`;
  const day = (name: 'since' | 'until', label: string) =>
    html`<div><label for="${name}">${label} <span>(UTC)</span></label><input id="${name}" name="${name}" type="date" value="${filter[name]}"></div>`;
  return html`<form class="filter" method="get" action="${address(site, '/console/audit')}" role="search" aria-label="Search the audit record">
${field('person', 'Person', 'part of an address')}
${field('item', 'Item', 'number or id')}
<div><label for="kind">What</label><select id="kind" name="kind">${option('', 'everything', filter.kind)}${KINDS.map((it) => option(it, EVENT_WORDS[it], filter.kind))}</select></div>
<div><label for="automation">Automation</label><select id="automation" name="automation">
${option('', 'every automation', filter.automation)}${declarations.map(({ name }) => option(name, name, filter.automation))}</select></div>
${day('since', 'First day')}
${day('until', 'Last day')}
<button class="plain">Search</button>
</form>`;
}

function emptyPart({ more, looked }: AuditFinds): Markup {
  const text = more
    ? `Nothing like this is in the newest ${looked.toLocaleString('en-US')} entries.`
    : 'No entry is like this.';
  return html`<p class="empty">${text}</p>`;
}

const HEADS = ['When', 'What', 'By', 'About', 'Details'];

function tablePart(context: DeskContext, entries: readonly RecordEntry[]): Markup {
  return html`<table class="list record" role="table"><caption class="quiet">Entries of the audit record, newest first</caption>
<thead role="rowgroup"><tr role="row">${HEADS.map((it) => html`<th role="columnheader" scope="col">${it}</th>`)}</tr></thead>
<tbody role="rowgroup">${entries.map((entry) => rowPart(context, entry))}</tbody></table>`;
}

function rowPart(context: DeskContext, entry: RecordEntry): Markup {
  const how = isHouse(entry) ? [] : [entry.channel && CHANNEL_WORDS[entry.channel], entry.authenticatedBy];
  return html`<tr role="row"><th role="rowheader" scope="row">${exactMark(entry.at, zoneFor(context, entry.automation))}</th>
<td role="cell" data-name="What">${EVENT_WORDS[entry.event]}${!isHouse(entry) && entry.decision ? html`: <b>${entry.decision}</b>` : ''}</td>
<td role="cell" data-name="By"><span>${entry.by ?? '–'}<span class="soft">${how.filter((it) => it).join(', ')}</span></span></td>
<td role="cell" data-name="About"><span>${aboutPart(context, entry)}<span class="soft">${entry.automation === '*' ? 'all automations' : entry.automation}${entry.label ? html` · ${entry.label}` : ''}</span></span></td>
<td role="cell" data-name="Details"><span>${detailsPart(entry)}</span></td></tr>`;
}

function aboutPart({ site }: DeskContext, entry: RecordEntry): Markup | string {
  if (isHouse(entry)) return entry.itemId ? html`<span class="number">${entry.itemId.slice(-7)}</span>` : '';
  return html`<a class="row-link" href="${address(site, `/console/approvals/${entry.approvalId}`)}">${entry.summary}</a>
<span class="soft number">${shortNumber(entry.approvalId)}</span>`;
}

function detailsPart(entry: RecordEntry): Markup[] {
  const lines: (Markup | string | undefined | false)[] = isHouse(entry)
    ? [entry.command, ...(entry.reasons ?? [])]
    : [
        entry.to && `to ${entry.to}`,
        ...(entry.edits ?? []).map(
          ({ field, from, to }) => html`${field}: ${String(from)} became <b>${String(to)}</b>`,
        ),
        entry.event === 'asked' && amountText(entry.amount),
        entry.together !== undefined && `one of ${entry.together} decided with one form`,
        entry.attentionCheck && 'an attention check',
      ];
  return [...lines, entry.comment && html`<q>${entry.comment}</q>`].flatMap((it) =>
    it ? [html`<span class="line">${it}</span>`] : [],
  );
}

function pagesPart(
  { site }: DeskContext,
  filter: AuditFilter,
  { more, entries }: AuditFinds,
): Markup | string {
  if (!more && !filter.before) return '';
  const link = (before: string, words: string, rel: string) =>
    html`<a rel="${rel}" href="${address(site, '/console/audit', { ...filter, before })}">${words}</a>`;
  return html`<nav class="pages" aria-label="Pages of the audit record">
${filter.before ? link('', '← Newest', 'first') : html`<span></span>`}
${more ? link(more, entries.length > 0 ? 'Older →' : 'Look further back →', 'next') : html`<span></span>`}
</nav>`;
}
