import { html } from 'hono/html';
import { stepsPart, titleOf } from '../../../approve/channels/page/shows.ts';
import { MOST_COMMENT } from '../../../approve/decision/comment.ts';
import { type ApprovalRow, roundOf, shortNumber } from '../../../contract/approval.ts';
import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { readKey } from '../../../kit/signed/keys.ts';
import { shownText } from '../../../kit/text.ts';
import { activeScript } from '../../../pages/active.ts';
import { honeypot } from '../../../pages/honeypot.ts';
import type { Markup } from '../../../pages/layout.ts';
import { makeNonce } from '../../../pages/links.ts';
import { type ConsoleContext, zoneFor } from '../../context.ts';
import type { Screen } from '../../frame.ts';
import type { Person } from '../../sign-in/identity.ts';
import { browserOf } from '../../sign-in/session.ts';
import { address } from '../../site.ts';
import { counted } from '../../words.ts';
import { contentPart } from '../read-only.ts';
import { type ManyDecision, type Marked, readMarked } from './fit.ts';

/** As many as a person can read on one page. */
export const MOST_MARKED = 25;

/** Bytes of all contents of a page as they are sent: an answer holds 6 MB, with the frame, the forms and all escapes. */
const MOST_BYTES = 5_000_000;

export interface ManyView {
  decision: ManyDecision;
  ids: readonly string[];
  /** Of the session: each approval has one of its own beside it. */
  nonce: unknown;
}

const WORDS = {
  approve: {
    title: 'Approve',
    button: 'Approve what is marked',
    class: 'approve',
    effect: 'Each is carried out once, as it stands here.',
  },
  reject: {
    title: 'Reject',
    button: 'Reject what is marked',
    class: 'reject',
    effect: 'Nothing is done about any of them.',
  },
} as const;

/** Everything about each of the marked approvals, to be read, and one form. Nothing is recorded yet. */
export async function manyScreen(
  context: ConsoleContext,
  person: Person,
  { decision, ids, nonce }: ManyView,
): Promise<Screen> {
  const wanted = [...new Set(ids)];
  const read = await Promise.all(
    wanted.slice(0, MOST_MARKED).map((id) => readMarked(context, person, id, decision)),
  );
  const { fits, left } = await split(context, read);
  const words = WORDS[decision];
  const title =
    fits.length === 0 ? 'Nothing to decide' : `${words.title} ${counted(fits.length, 'approval')}?`;
  const body = html`<p class="back"><a href="${address(context.site, '/console')}">← Queue</a></p>
<h1>${title}</h1>
${wanted.length > MOST_MARKED ? html`<p class="fault" role="note">${MOST_MARKED} at most are decided at once: ${counted(wanted.length - MOST_MARKED, 'approval')} that you marked stay in the queue.</p>` : ''}
${leftPart(context, left)}
${fits.length === 0 ? html`<p class="empty">Mark routine approvals in the queue first.</p>` : await formPart(context, person, { decision, fits, nonce })}`;
  return { status: 200, title, body, at: 'queue', wide: true };
}

interface Fit {
  row: ApprovalRow;
  document: ProposalDocument;
  content: Markup;
}

async function split(
  context: ConsoleContext,
  read: readonly Marked[],
): Promise<{
  fits: Fit[];
  left: { id: string; row?: ApprovalRow; why: string }[];
}> {
  const fits: Fit[] = [];
  const left: { id: string; row?: ApprovalRow; why: string }[] = [];
  let room = MOST_BYTES;
  for (const one of read) {
    if ('why' in one || !one.row) {
      left.push({ ...one, why: 'why' in one ? one.why : '' });
      continue;
    }
    const { row, document } = one;
    const zone = zoneFor(context, row.automation);
    const more = { id: `shows-${fits.length}`, baseUrl: context.env.BASE_URL, zone };
    const content = await contentPart(document, more);
    // Marks and escapes can make much of a short text: what counts is what is sent.
    const bytes = Buffer.byteLength(JSON.stringify(String(content)));
    if (bytes > room) {
      left.push({ ...one, why: 'It is too long for a page with others: decide it on its own page.' });
      continue;
    }
    room -= bytes;
    fits.push({ row, document, content });
  }
  return { fits, left };
}

function leftPart({ site }: ConsoleContext, left: readonly { id: string; row?: ApprovalRow; why: string }[]) {
  if (left.length === 0) return '';
  return html`<section class="note" aria-labelledby="left"><h2 id="left">Left out</h2><ul>${left.map(
    ({ id, row, why }) =>
      html`<li>${row ? html`<a href="${address(site, `/console/approvals/${id}`)}">${row.facts.summary}</a> (${shortNumber(id)}): ` : ''}${why}</li>`,
  )}</ul></section>`;
}

async function formPart(
  { env, site }: ConsoleContext,
  { session }: Person,
  { decision, fits, nonce }: { decision: ManyDecision; fits: readonly Fit[]; nonce: unknown },
): Promise<Markup> {
  const key = await readKey(env.FORM_KEYS);
  const words = WORDS[decision];
  const bound = { subject: session.id, browser: browserOf(session) };
  const nonceFor = ({ id, digest, ...row }: ApprovalRow) =>
    makeNonce(key, { ...bound, approvalId: id, digest, round: roundOf(row) });
  return html`<form class="many" method="post" action="${address(site, '/console/many')}">${nonce}${honeypot()}
<input type="hidden" name="decision" value="${decision}"><input type="hidden" name="active" value="">
<p>${words.effect} Unmark what you are not sure about: it stays in the queue. Each decision is recorded by itself.</p>
<ol class="all">${fits.map(
    ({ row, document, content }, at) => html`<li class="panel"><article aria-labelledby="what-${at}">
<input type="hidden" name="nonce-${row.id}" value="${nonceFor(row)}">
<label class="pick"><input type="checkbox" name="take-${row.id}" value="yes" checked> ${words.title} this one: ${shortNumber(row.id)}</label>
<h2 class="what" id="what-${at}">${shownText(titleOf(document))}</h2>
${stepsPart(document)}
<p class="soft">${row.automation} · ${document.label}</p>
${content}</article></li>`,
  )}</ol>
<label for="comment">Comment <span>(optional, kept with each of these decisions)</span></label>
<textarea id="comment" name="comment" rows="2" maxlength="${MOST_COMMENT}"></textarea>
<div class="buttons"><button class="${words.class}">${words.button}</button></div></form>
${activeScript()}`;
}
