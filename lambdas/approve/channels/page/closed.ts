import { html } from 'hono/html';
import type { ApprovalRow, Decision } from '../../../contract/approval.ts';
import { honeypot } from '../../../pages/honeypot.ts';
import { type Sheet, shownTime } from '../../../pages/layout.ts';
import { isUndoable } from '../../decision/decide.ts';

/** What somebody who has just decided is told. `undo` is the form's hidden part, where the decision can be taken back. */
export function thanksSheet(row: ApprovalRow, summary: string, by: string, undo: unknown): Sheet {
  if (row.attentionCheck) return attentionCheckSheet(row);
  const what = THANKS[row.decision ?? 'reject'];
  // What can be taken back is not done yet: the form says when it will be.
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
    after: 'It is being thought about again, with what you wrote; a new question will come.',
  },
};

function undoForm(row: ApprovalRow, hidden: unknown) {
  return html`<form method="post">${hidden}${honeypot()}
<p>Your decision counts from ${(row.undoUntil ?? '').slice(11, 19)} UTC on. Until then you can take it back.</p>
<div class="buttons"><button class="reject" name="decision" value="undo">Undo: take my decision back</button></div>
</form>`;
}

/* Whoever is tested is told so at once, and why: the point is attention, not a score. */
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
<p>Signalbox puts a proposal like this before people now and then. Nothing was carried out.</p>`,
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
  again: { word: 'sent back', after: 'It is thought about again.' },
};

/** `more` is what else is to be said to who sent a form. */
export function decidedSheet(row: ApprovalRow, more = ''): Sheet {
  if (row.status === 'withdrawn') {
    return closedSheet(
      'This question was withdrawn',
      `Whoever sent the item took it back, or an operator did, so nothing is done. ${more}`.trim(),
    );
  }
  if (row.status !== 'decided' || !row.decision) {
    return closedSheet(
      'This question is closed',
      'Nobody answered in time, so nothing was done. The item is kept; whoever still wants it has to send it anew.',
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
    'This link leads nowhere: it is mistyped, incomplete, or not meant for you.',
    404,
  );

/** Programs send JSON; this door is for the form of a page. */
export const noFormSheet = (): Sheet =>
  closedSheet(
    'Send a form',
    'A decision is sent as the page sends it: as application/x-www-form-urlencoded, with the fields t, nonce and decision. JSON is not read here, and nothing was changed.',
    415,
  );

export const largeFormSheet = (): Sheet =>
  closedSheet('Too much at once', 'What was sent is larger than any form of ours. Nothing was changed.', 413);

export const tamperedSheet = (): Sheet =>
  closedSheet(
    'The proposal has changed',
    'What lies here now is not what this question was about. Nothing was done, and nothing can be approved here. The operators were told.',
    409,
  );

/** Whether a known-bad proposal was seen for what it is: whoever corrects it has read it. */
export function isCaught({ decision, edits }: Pick<ApprovalRow, 'decision' | 'edits'>): boolean {
  return decision !== 'approve' || (edits?.length ?? 0) > 0;
}
