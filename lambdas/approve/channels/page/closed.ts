import { html } from 'hono/html';
import type { ApprovalRow, Decision } from '../../../contract/approval.ts';
import { honeypot } from '../../../pages/honeypot.ts';
import { type Sheet, shownTime } from '../../../pages/layout.ts';
import { isUndoable } from '../../decision/decide.ts';

/** The answer to a decision. `undo` holds the form's hidden fields, if the decision can be undone. */
export function thanksSheet(row: ApprovalRow, summary: string, by: string, undo: unknown): Sheet {
  if (row.attentionCheck) return attentionCheckSheet(row);
  const what = THANKS[row.decision ?? 'reject'];
  // An undoable decision is not done yet: the form says when it will be.
  const undoable = isUndoable(row, by);
  const body = html`<h1>${what.title(summary)}</h1>
<p class="brief">Thank you. ${undoable ? '' : what.after} Recorded for ${by}.</p>
${undoable ? undoForm(row, undo) : ''}`;
  return { status: 200, title: what.title(summary), body };
}

const THANKS: Record<Decision, { title(summary: string): string; after: string }> = {
  approve: { title: (summary) => `Approved: ${summary}`, after: 'It is carried out now, once.' },
  reject: { title: (summary) => `Rejected: ${summary}`, after: 'Nothing will be done.' },
  again: {
    title: (summary) => `Sent back: ${summary}`,
    after: 'It will be reconsidered with your comment, and you will be asked again.',
  },
};

function undoForm(row: ApprovalRow, hidden: unknown) {
  return html`<form method="post">${hidden}${honeypot()}
<p>Your decision takes effect at ${(row.undoUntil ?? '').slice(11, 19)} UTC. Until then you can undo it.</p>
<div class="buttons"><button class="reject" name="decision" value="undo">Undo my decision</button></div>
</form>`;
}

/* The person learns at once that it was a test, and why: the point is attention, not a score. */
function attentionCheckSheet(row: ApprovalRow): Sheet {
  const caught = isCaught(row);
  const title = caught
    ? 'Well spotted: this was a test'
    : 'This was a test, and should not have been approved';
  return {
    status: 200,
    title,
    body: html`<h1>${title}</h1>
<p class="brief">${row.attentionCheck?.why}</p>
<p>Now and then Signalbox shows approvers a proposal like this. Nothing was carried out.</p>`,
  };
}

export function votedSheet(row: ApprovalRow, summary: string): Sheet {
  const given = Object.keys(row.votes).length;
  const title = `Your approval counts: ${given} of ${row.quorum}`;
  return closedSheet(title, `${summary} is carried out when ${row.quorum} people have approved it.`);
}

const WORDS: Record<Decision, { word: string; after: string }> = {
  approve: { word: 'approved', after: 'The action is carried out once.' },
  reject: { word: 'rejected', after: 'Nothing is done.' },
  again: { word: 'sent back', after: 'It is reconsidered.' },
};

/** `more` is what else the sender of a form has to know. */
export function decidedSheet(row: ApprovalRow, more = ''): Sheet {
  if (row.status === 'withdrawn') {
    return closedSheet(
      'This approval was withdrawn',
      `The sender of the item or an operator withdrew it: nothing will be done. ${more}`.trim(),
    );
  }
  if (row.status !== 'decided' || !row.decision) {
    return closedSheet(
      'This approval is closed',
      'Nobody decided in time, so nothing was done. The item is kept; to have it done, send it again.',
    );
  }
  const { word, after } = WORDS[row.decision];
  const how = row.edits && row.decision === 'approve' ? `${word} with edits` : word;
  return closedSheet(
    `Already decided: ${how}`,
    `This was already decided by ${row.decidedBy} at ${shownTime(row.decidedAt ?? '')}: ${how}. ${after} ${more}`.trim(),
  );
}

export function closedSheet(title: string, text: string, status: Sheet['status'] = 200): Sheet {
  return { status, title, body: html`<h1>${title}</h1><p class="brief">${text}</p>` };
}

export const missingSheet = (): Sheet =>
  closedSheet(
    'No such link',
    'This link does not work: it is mistyped, incomplete, or meant for somebody else.',
    404,
  );

/** Programs send JSON; this endpoint takes the page's form only. */
export const noFormSheet = (): Sheet =>
  closedSheet(
    'Send a form',
    'Send a decision as the page does: as application/x-www-form-urlencoded, with the fields t, nonce and decision. JSON is not accepted here. Nothing was changed.',
    415,
  );

export const largeFormSheet = (): Sheet =>
  closedSheet('Form too large', 'The form is larger than 900 KB. Nothing was changed.', 413);

export const tamperedSheet = (): Sheet =>
  closedSheet(
    'The proposal has changed',
    'The stored proposal is not the one you were asked about. Nothing was done, and nothing can be approved here. The operators were told.',
    409,
  );

/** Whether the approver caught a known-bad proposal. Correcting it counts: they have read it. */
export function isCaught({ decision, edits }: Pick<ApprovalRow, 'decision' | 'edits'>): boolean {
  return decision !== 'approve' || (edits?.length ?? 0) > 0;
}
