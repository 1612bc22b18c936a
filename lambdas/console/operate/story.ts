import { html } from 'hono/html';
import type { ItemRow, LineageEntry, TimelineEvent } from '../../contract/item/row.ts';
import { inTime, REDRIVEN, THINKING_AGAIN } from '../../contract/item/timeline.ts';
import { shownText } from '../../kit/text.ts';
import type { Markup } from '../../pages/layout.ts';
import { fullView } from '../../tables/items/view.ts';
import { type DeskContext, zoneFor } from '../context.ts';
import type { Screen } from '../frame.ts';
import { address, type Site } from '../site.ts';
import { counted, exactMark } from '../words.ts';
import { ITEMS, itemNumber, itemPath, statusPart, statusWords } from './items.ts';

type View = Awaited<ReturnType<typeof fullView>>;
/** A name, and what stands beside it; nothing where there is nothing to say. */
type Line = readonly [name: string, value: Markup | string | undefined];

/** What a command came to. */
export interface News {
  told?: string;
  fault?: string;
}

/** An item's whole story, as the API tells it to an operator. @param buttons what can be pressed */
export async function storyScreen(
  context: DeskContext,
  row: ItemRow,
  buttons: Markup | string = '',
  news: News = {},
): Promise<Screen> {
  const { env, site } = context;
  const from = { approvalTable: env.APPROVAL_TABLE, bucket: env.CONTENT_BUCKET, operator: true };
  const view = await fullView(row, from);
  const zone = zoneFor(context, row.automation);
  const title = `Item ${itemNumber(row.id)}: ${statusWords(row.status)}`;
  const body = html`<p class="back"><a href="${address(site, ITEMS, { automation: row.automation })}">← Items of ${row.automation}</a></p>
<h1>${title}</h1>
${news.fault ? html`<p class="fault" role="alert">${news.fault}</p>` : ''}
${news.told ? html`<p class="note" role="status">${news.told}</p>` : ''}
<div class="beside"><div class="panel">${factsPart(site, row, view, zone)}
${proposalPart(view)}
${actionsPart(site, view)}
${documentsPart(view)}
${buttons}</div>
<aside class="panel" aria-label="Its way here">${timelinePart(row.timeline, zone)}
${lineagePart(view.lineage, zone)}</aside></div>`;
  return {
    status: news.fault ? 409 : 200,
    title: news.fault ? `Nothing was done · ${title}` : title,
    body,
    at: 'operate',
    wide: true,
  };
}

function factsPart(site: Site, row: ItemRow, view: View, zone: string | undefined): Markup {
  const { approval, error, degraded, children = [] } = view;
  const item = (id: string) => html`<a href="${address(site, itemPath(id))}">${id}</a>`;
  const again = row.timeline.filter(({ event }) => event === REDRIVEN || event === THINKING_AGAIN).length;
  const lines: Line[] = [
    ['Status', statusPart(row.status)],
    ['Error', error && html`${error.message}<span class="line soft">${error.class}</span>`],
    [
      'Waits for',
      row.wait &&
        `${row.wait.for === 'budget' ? 'budget' : 'an endpoint or a source'}, until ${row.wait.until}`,
    ],
    ['Deferred until', view.deferredUntil],
    ['Automation', row.automation],
    ['From', row.client],
    ['Id', row.id],
    ['Received', exactMark(row.receivedAt, zone)],
    ['Last change', exactMark(row.updatedAt, zone)],
    ['Generation', `${row.generation}${again > 0 ? `, begun again ${counted(again, 'time')}` : ''}`],
    ['Label', view.label],
    ['Verdict', view.verdict],
    ['Reasons', view.reasons && listPart(view.reasons)],
    ['Thought about without', degraded && listPart(degraded.map(({ step, reason }) => `${step}: ${reason}`))],
    [
      'Approval',
      approval &&
        html`<a href="${address(site, `/console/approvals/${row.approvalId}`)}">${approvalWords(approval)}</a>${editsPart(approval)}`,
    ],
    ['Made by item', view.compensates ? undefined : view.parent && item(view.parent)],
    [
      'Takes back',
      view.compensates && html`action ${view.compensates.action} of ${item(view.compensates.item)}`,
    ],
    [
      'Items it made',
      children.length > 0 ? html`<ul>${children.map((id) => html`<li>${item(id)}</li>`)}</ul>` : undefined,
    ],
    ['Duplicate of', view.duplicateOf && item(view.duplicateOf)],
    ['Cost', view.costUsd === undefined ? undefined : `US$ ${view.costUsd}`],
    ['Content', row.erasedAt && html`removed ${exactMark(row.erasedAt, zone)}`],
  ];
  return html`<table class="log"><caption class="quiet">How the item stands</caption><tbody>${lines.flatMap(
    ([name, value]) => (value ? [html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`] : []),
  )}</tbody></table>`;
}

function approvalWords({ status, decision, decidedBy, claimedBy }: NonNullable<View['approval']>): string {
  const words = [
    statusWords(status),
    decision,
    decidedBy && `by ${decidedBy}`,
    claimedBy && `${claimedBy} has it`,
  ];
  return words.filter(Boolean).join(', ');
}

/** What was done instead of what is proposed. */
function editsPart({ edits = [] }: NonNullable<View['approval']>): Markup[] {
  return edits.map(
    ({ field, from, to }) =>
      html`<span class="line"><b>${field}</b>: <del>${valueWords(from)}</del> → <ins>${valueWords(to)}</ins></span>`,
  );
}

const valueWords = (value: unknown) =>
  shownText(typeof value === 'string' ? value : JSON.stringify(value ?? null));

const listPart = (texts: readonly string[]) => html`<ul>${texts.map((it) => html`<li>${it}</li>`)}</ul>`;

/** What approvers and the API are shown of it, no more. */
function proposalPart({ proposal }: View): Markup | string {
  if (!proposal) return '';
  return html`<section aria-labelledby="proposal"><h2 id="proposal">What it proposes</h2>
<ol>${proposal.actions.map((one) => html`<li>${one.summary}</li>`)}</ol>
<details><summary>Its values, and where they come from</summary><pre class="values">${JSON.stringify(
    {
      actions: proposal.actions.map(({ action, parameters }) => ({ action, parameters })),
      evidence: proposal.evidence,
    },
    null,
    2,
  )}</pre></details></section>`;
}

function actionsPart(site: Site, { actions }: View): Markup | string {
  if (!actions) return '';
  return html`<section aria-labelledby="actions"><h2 id="actions">Actions</h2><table class="log"><caption class="quiet">What became of each action</caption>
<thead><tr><th scope="col">Action</th><th scope="col">State</th></tr></thead><tbody>${actions.map(
    ({
      name,
      status,
      result,
      idempotencyKey,
      compensation,
    }) => html`<tr><th scope="row">${name}<span class="line soft">${idempotencyKey}</span></th>
<td>${statusWords(status)}${result ? html`<span class="line soft">answered ${result.status}${result.reference ? `, ${result.reference}` : ''}</span>` : ''}${
      compensation
        ? html`<span class="line soft">taken back by <a href="${address(site, itemPath(compensation.item))}">${itemNumber(compensation.item)}</a></span>`
        : ''
    }</td></tr>`,
  )}</tbody></table></section>`;
}

function documentsPart({ documents = [] }: View): Markup | string {
  if (documents.length === 0) return '';
  return html`<section aria-labelledby="documents"><h2 id="documents">Documents</h2>${listPart(
    documents.map(({ name, ref, type, pages, status, refusal }) =>
      [name ?? ref, type, pages && counted(pages, 'page'), statusWords(status), refusal]
        .filter(Boolean)
        .join(', '),
    ),
  )}</section>`;
}

function timelinePart(timeline: readonly TimelineEvent[], zone: string | undefined): Markup {
  return html`<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>
<table class="log"><caption class="quiet">What happened to the item, oldest first</caption>
<thead><tr><th scope="col">When</th><th scope="col">What</th></tr></thead>
<tbody>${[...timeline]
    .sort(inTime)
    .map(
      ({ at, event, ...facts }) =>
        html`<tr><td>${exactMark(at, zone)}</td><td>${statusWords(event)}${Object.entries(facts).flatMap(
          ([name, fact]) =>
            typeof fact === 'string' || typeof fact === 'number' || typeof fact === 'boolean'
              ? [html`<span class="line soft">${name}: ${String(fact)}</span>`]
              : [],
        )}</td></tr>`,
    )}</tbody></table></section>`;
}

function lineagePart(
  lineage: readonly LineageEntry[] | undefined,
  zone: string | undefined,
): Markup | string {
  if (!lineage || lineage.length === 0) return '';
  return html`<section aria-labelledby="lineage"><h2 id="lineage">Lineage</h2>
<table class="log"><caption class="quiet">Models and sources that were asked, oldest first</caption>
<thead><tr><th scope="col">When</th><th scope="col">Step</th><th scope="col">US$</th></tr></thead>
<tbody>${[...lineage].sort(inTime).map(
    (one) => html`<tr><td>${exactMark(one.at, zone)}</td><td>${one.step}<span class="line soft">${
      one.source === undefined
        ? `${one.model} at ${one.endpoint}, ${one.promptVersion}`
        : `source ${one.source}`
    }${one.cached ? ', stored answer' : ''}</span>${one.failure ? html`<span class="line late">${one.failure}</span>` : ''}</td>
<td class="number">${one.costUsd}</td></tr>`,
  )}</tbody></table></section>`;
}
