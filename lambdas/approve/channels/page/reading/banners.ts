import { html } from 'hono/html';
import type { ApprovalRow } from '../../../../contract/approval.ts';
import { isoNow } from '../../../../kit/clock.ts';
import type { Markup } from '../../../../pages/layout.ts';
import { timeMark } from '../../../../pages/time.ts';
import { claimedByOther } from '../../../decision/decide.ts';

/** Says in words, and by a frame, what colour alone must not say. */
export function dangerPart(risk: string): Markup | string {
  if (risk !== 'catastrophic') return '';
  return html`<p class="danger"><b><span aria-hidden="true">⚠</span> Catastrophic.</b> This action can do great harm. Approve
it only if you know that it is right.</p>`;
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
