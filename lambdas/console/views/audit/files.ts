import { html } from 'hono/html';
import { isoNow } from '../../../kit/clock.ts';
import { MOST_REPLY_BYTES, replyBytes } from '../../../kit/http.ts';
import { logger } from '../../../kit/telemetry.ts';
import type { Markup } from '../../../pages/layout.ts';
import { type RecordEntry, readRecord } from '../../../tables/audit/audit.ts';
import { AUDIT_COLUMNS, auditCsv, factOf } from '../../../tables/audit/csv.ts';
import type { DeskContext } from '../../context.ts';
import { boundsOf, isMonth, keptMonth, monthsKept, monthWords, placeIn } from '../../months.ts';
import { address } from '../../site.ts';
import { counted, option } from '../../words.ts';

/** About what one answer can hold. */
const MOST_EXAMINED = 4000;

/** Files listed at once: to find where each begins, the record is read. */
const MOST_PARTS = 10;

interface Wish {
  from: string;
  to: string;
  automation: string;
  after: string;
}

type Query = (name: string) => string | undefined;

/** Downloads of the audit record by months, in files that fit into one answer. */
export async function filesPart(context: DeskContext, query: Query): Promise<Markup> {
  const asked = query('from') !== undefined;
  const wish = readWish(context, query);
  return html`<section id="files" aria-labelledby="take"><h2 id="take">Take it away as files</h2>
${formPart(context, wish)}
${asked ? await partsPart(context, wish) : ''}</section>`;
}

/** Months in order and as far as they are kept, whichever was chosen first; anything else is the current month. */
function readWish({ settings }: DeskContext, query: Query): Wish {
  const now = isoNow().slice(0, 7);
  const read = (name: string) => {
    const month = query(name);
    return isMonth(month) ? keptMonth(month, settings.itemDays) : now;
  };
  const [from = now, to = now] = [read('from'), read('to')].sort();
  return { from, to, automation: query('automation') ?? '', after: placeIn(query('after')) };
}

function formPart({ site, settings, declarations }: DeskContext, wish: Wish): Markup {
  const months = (chosen: string) =>
    [...new Set([...monthsKept(settings.itemDays), chosen])].map((it) => option(it, monthWords(it), chosen));
  return html`<form class="filter" method="get" action="${address(site, '/console/audit')}#files">
<div><label for="from">From</label><select id="from" name="from">${months(wish.from)}</select></div>
<div><label for="to">To</label><select id="to" name="to">${months(wish.to)}</select></div>
<div><label for="filesof">Automation</label><select id="filesof" name="automation">
${option('', 'every automation', wish.automation)}${declarations.map(({ name }) => option(name, name, wish.automation))}</select></div>
<button class="plain">Show the files</button>
</form>`;
}

interface Part {
  after: string;
  entries: number;
}

async function partsPart(context: DeskContext, wish: Wish): Promise<Markup> {
  const parts: Part[] = [];
  let after: string | undefined = wish.after;
  while (after !== undefined && parts.length < MOST_PARTS) {
    const { entries, cutAt } = await readPart(context, { ...wish, after });
    if (entries.length > 0) parts.push({ after, entries: entries.length });
    after = cutAt;
  }
  const span =
    wish.from === wish.to ? monthWords(wish.from) : `${monthWords(wish.from)} to ${monthWords(wish.to)}`;
  const { site } = context;
  const file = (part: Part, format: string) =>
    address(site, '/console/audit/file', { ...wish, after: part.after, format });
  return html`<h3>${span}</h3>
${
  parts.length === 0
    ? html`<p class="empty">Nothing is on record.</p>`
    : html`<div class="wide"><table><caption class="quiet">Files of ${span}</caption>
<thead><tr><th scope="col">File</th><th scope="col">Entries</th><th scope="col">Download</th></tr></thead>
<tbody>${parts.map(
        (
          part,
          at,
        ) => html`<tr><th scope="row">Part ${at + 1}</th><td>${counted(part.entries, 'entry', 'entries')}</td>
<td class="files"><a href="${file(part, 'csv')}">CSV<span class="quiet">, part ${at + 1}</span></a> <a href="${file(part, 'json')}">JSON<span class="quiet">, part ${at + 1}</span></a></td></tr>`,
      )}</tbody></table></div>`
}
${after === undefined ? '' : html`<p><a href="${address(site, '/console/audit', { ...wish, after })}">There is more: the files after these</a></p>`}`;
}

export async function auditFile(context: DeskContext, query: Query): Promise<Response> {
  const wish = readWish(context, query);
  const { entries } = await readPart(context, wish);
  const json = query('format') === 'json';
  logger.info('audit downloaded', { from: wish.from, to: wish.to, entries: entries.length });
  const body = json
    ? JSON.stringify({ from: wish.from, to: wish.to, entries: entries.map(told) })
    : `\uFEFF${auditCsv(entries)}`;
  const part = wish.after ? `-after-${wish.after.slice(0, 19).replaceAll(/[^\dT]/g, '')}` : '';
  return new Response(body, {
    headers: {
      'content-type': json ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="signalbox-audit-${wish.from}-${wish.to}${part}.${json ? 'json' : 'csv'}"`,
    },
  });
}

function told(entry: RecordEntry): object {
  return Object.fromEntries(AUDIT_COLUMNS.map((column) => [column, factOf(entry, column)]));
}

/** What one answer can hold from `after` on, and where the next part begins. */
async function readPart(
  { env }: DeskContext,
  { from, to, automation, after }: Wish,
): Promise<{ entries: RecordEntry[]; cutAt?: string | undefined }> {
  const part = await readRecord(env.AUDIT_TABLE, {
    from: boundsOf(from).from,
    to: boundsOf(to).to,
    limit: MOST_EXAMINED,
    ...(automation ? { automation } : {}),
    ...(after ? { after } : {}),
  });
  let room = MOST_REPLY_BYTES;
  const end = part.entries.findIndex((entry, at) => {
    room -= replyBytes(entry);
    return room < 0 && at > 0;
  });
  if (end < 0) return part;
  const entries = part.entries.slice(0, end);
  return { entries, cutAt: entries.at(-1)?.order };
}
