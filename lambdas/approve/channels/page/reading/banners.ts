import { html } from 'hono/html';
import type { ApprovalRow } from '../../../../contract/approval.ts';
import type { ProposalDocument } from '../../../../contract/item/proposal-document.ts';
import { isoNow } from '../../../../kit/clock.ts';
import { shownText } from '../../../../kit/text.ts';
import type { Markup } from '../../../../pages/layout.ts';
import { timeMark } from '../../../../pages/time.ts';
import { claimedByOther } from '../../../decision/decide.ts';
import { askerOf, TAKES_BACK } from '../../../decision/taken-back.ts';

/** Says in words, and by a frame, what colour alone must not say. */
export function dangerPart(risk: string): Markup | string {
  if (risk !== 'catastrophic') return '';
  return html`<p class="danger"><b><span aria-hidden="true">⚠</span> Catastrophic.</b> This action can do great harm. Approve
it only if you know that it is right.</p>`;
}

/** Which item was first: whoever is signed in to the console reads there what became of it. */
export function duplicatePart({ duplicateOf: first }: ProposalDocument, baseUrl: string): Markup | string {
  if (!first) return '';
  const number = first.item.slice(-7);
  const url = `${baseUrl}/console/approvals/${first.approvalId}`;
  return html`<p class="note" id="duplicate">The earlier item: ${
    first.approvalId
      ? html`<a href="${url}">${number}, and how it was decided</a>`
      : html`<b>${number}</b> (nobody was asked about it)`
  }. Approve only what is to be done a second time; send it back to have it thought about.</p>`;
}

/** What was done before, and is taken back by this. The console tells of the question about it. */
export function compensationPart(
  { compensates }: ProposalDocument,
  baseUrl: string,
  zone: string | undefined,
): Markup | string {
  if (!compensates) return '';
  const { item, action, summary, doneAt, approvalId } = compensates;
  const number = item.slice(-7);
  const first = approvalId
    ? html`<a href="${`${baseUrl}/console/approvals/${approvalId}`}">item ${number}</a>`
    : html`item <b>${number}</b>`;
  return html`<section class="note" id="compensates"><p><b>${TAKES_BACK}</b> Action ${action} of ${first}${
    doneAt ? html`, done ${timeMark(doneAt, { zone })}` : ''
  }: ${shownText(summary)}</p>
<p>${askerOf(compensates)}</p></section>`;
}

/** Who is on it, at the top: it decides whether anybody else can do anything here. */
export function claimPart(row: ApprovalRow, email: string, zone: string | undefined): Markup | string {
  const { claim } = row;
  if (!claim || claim.until <= isoNow()) return '';
  const until = timeMark(claim.until, { zone });
  return claimedByOther(row, email)
    ? html`<p class="note claim" id="claimed"><b>${claim.by} is working on it</b> until ${until}. Until then, or until they release it, you cannot
decide; read it, or hand it over. <a href="">Look again</a></p>`
    : html`<p class="note claim"><b>You are working on it</b> until ${until}: others cannot decide. Release it under More options.</p>`;
}
