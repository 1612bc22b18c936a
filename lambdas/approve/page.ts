import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { ApprovalRow } from '../shared/approval.ts';
import type { ProposalDocument } from '../shared/item.ts';
import { shownTime } from './mail.ts';
import { STYLE } from './style.ts';

/** The policy allows exactly this style sheet, and no script at all. */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

type Markup = ReturnType<typeof html>;

function layout(title: string, body: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Signalbox</title>
${raw(`<style>${STYLE}</style>`)}
</head>
<body><main>${body}</main></body>
</html>`;
}

export interface QuestionView {
  document: ProposalDocument;
  email: string;
  token: string;
  nonce: string;
  closesAt: number;
  /** What was wrong with the form that was sent, or empty. */
  fault: string;
}

/** One screen: what would happen, why a person is asked, what it rests on, and the two buttons. */
export function questionPage({ document, email, token, nonce, closesAt, fault }: QuestionView): Markup {
  const catastrophic = document.risk === 'catastrophic';
  return layout(
    document.summary,
    html`<p class="kicker">${document.automation} asks for your decision</p>
<h1>${document.summary}</h1>
${fault ? html`<p class="fault" role="alert">${fault}</p>` : ''}
<p class="brief">${document.brief}</p>
<h2>Why you are asked</h2>
<ul>${document.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
<form method="post">
<input type="hidden" name="t" value="${token}">
<input type="hidden" name="nonce" value="${nonce}">
${catastrophic ? confirmField(document.action) : ''}
<label for="comment">Comment <span>(optional, kept with the decision)</span></label>
<textarea id="comment" name="comment" rows="2" maxlength="2000"></textarea>
<div class="buttons">
<button class="approve" name="decision" value="approve">Approve: ${document.summary}</button>
<button class="reject" name="decision" value="reject">Reject: do nothing</button>
</div>
</form>
<p class="until">Open until <time>${shownTime(closesAt * 1000)}</time>. Without an answer nothing will be done.</p>
${evidence(document)}
<details><summary>All values</summary>${values(document)}</details>
<footer>You are deciding as ${email}. Proposed by ${document.promptVersions.join(', ') || 'rules'}; label ${document.label};
risk ${document.risk}.</footer>`,
  );
}

function confirmField(action: string): Markup {
  return html`<label for="confirm">This cannot be undone. To approve, type <b>${action}</b></label>
<input id="confirm" name="confirm" autocomplete="off">`;
}

function evidence({ evidence }: ProposalDocument): Markup | string {
  if (evidence.length === 0) return '';
  return html`<h2>What it rests on</h2>
${evidence.map(({ source, quote }) => html`<figure><blockquote>${quote}</blockquote><figcaption>${source}</figcaption></figure>`)}`;
}

function values({ parameters }: ProposalDocument): Markup {
  const rows = Object.entries(parameters).map(
    ([name, value]) =>
      html`<tr><th scope="row">${name}</th><td>${typeof value === 'string' ? value : JSON.stringify(value)}</td></tr>`,
  );
  return html`<table><tbody>${rows}</tbody></table>`;
}

export function thanksPage({ decision, decidedBy }: ApprovalRow, summary: string): Markup {
  return decision === 'approve'
    ? closedPage(
        `Approved: ${summary}`,
        `Thank you. It is being carried out now, once. Recorded for ${decidedBy}.`,
      )
    : closedPage(
        'Rejected',
        `Thank you. Nothing will be done: ${summary} is off. Recorded for ${decidedBy}.`,
      );
}

export function decidedPage({ decision, decidedBy, decidedAt }: ApprovalRow): Markup {
  const word = decision === 'approve' ? 'approved' : 'rejected';
  const then = decision === 'approve' ? 'The action is carried out once.' : 'Nothing is done.';
  return closedPage(
    `Already decided: ${word}`,
    `This was already decided by ${decidedBy} at ${shownTime(Date.parse(decidedAt ?? ''))}: ${word}. ${then}`,
  );
}

export function closedPage(title: string, text: string): Markup {
  return layout(title, html`<h1>${title}</h1><p class="brief">${text}</p>`);
}

export function missingPage(): Markup {
  return closedPage(
    'No such link',
    'This link leads nowhere: it is mistyped, incomplete, or not meant for you.',
  );
}

export function tamperedPage(): Markup {
  return closedPage(
    'The proposal has changed',
    'What lies here now is not what this question was about. Nothing was done, and nothing can be approved here.',
  );
}
