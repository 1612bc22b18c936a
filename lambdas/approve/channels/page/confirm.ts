import { html } from 'hono/html';
import type { Decision } from '../../../contract/approval.ts';
import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { digest } from '../../../kit/digest.ts';
import { shownText } from '../../../kit/text.ts';
import { activeScript } from '../../../pages/active.ts';
import { honeypot } from '../../../pages/honeypot.ts';
import type { Markup, Sheet } from '../../../pages/layout.ts';
import type { Answer } from '../../decision/decide.ts';
import { LATE_FORM } from './faults.ts';
import { dangerPart } from './reading/banners.ts';
import { showsPart } from './shows.ts';

/** Long enough to read the action once more. */
export const CONFIRM_MS = 15 * 60_000;

/** Whether a decision needs a second form (ADR 0031): a robot may open a mailed link, but not a session. */
export function needsConfirming(channel: 'mail' | 'console', { risk }: ProposalDocument): boolean {
  return channel === 'mail' && risk !== 'routine';
}

/** Fingerprint of what the second form records: any change needs a form of its own. */
export function confirmed({ decision, shown, round, comment, edited }: Answer): string {
  return digest({ confirms: { decision, shown, round, comment, edited: edited ?? null } });
}

export interface ConfirmView {
  answer: Answer;
  document: ProposalDocument;
  email: string;
  fields: Readonly<Record<string, string>>;
  late: boolean;
}

const WORDS: Record<Decision, { title: string; effect: string; button(summary: string): string }> = {
  approve: {
    title: 'Approve this?',
    effect: 'It is carried out once.',
    button: (summary) => `Yes, approve: ${summary}`,
  },
  reject: {
    title: 'Reject this?',
    effect: 'Nothing will be done.',
    button: () => 'Yes, reject: do nothing',
  },
  again: {
    title: 'Send this back?',
    effect: 'It will be reconsidered with your comment.',
    button: () => 'Yes, send back',
  },
};

/** The action once more, and one button. Everything was read and typed on the page before. */
export function confirmSheet({ answer, document, email, fields, late }: ConfirmView): Sheet {
  const { title, effect, button } = WORDS[answer.decision];
  const { reversible, risk, summary } = document;
  const kind = answer.decision === 'approve' ? 'approve' : 'reject';
  const undo = reversible ? 'It can be undone.' : 'It cannot be undone.';
  const body = html`<p class="kicker">Nothing is recorded yet: one more step</p>
<h1>${title}</h1>
${answer.decision === 'approve' ? dangerPart(risk) : ''}
${late ? html`<p class="fault" role="alert">${LATE_FORM}</p>` : ''}
<p class="what">${shownText(summary)}</p>
${changesPart(answer)}
${answer.decision === 'approve' ? showsPart(document) : ''}
<p>${effect}${answer.decision === 'approve' ? ` ${undo}` : ''} Risk: ${risk}.</p>
${answer.comment ? html`<h2>What you wrote</h2><blockquote>${answer.comment}</blockquote>` : ''}
<form id="confirm" method="post">${hiddenPart(fields)}${honeypot()}
<div class="buttons"><button class="${kind}">${button(shownText(summary))}</button></div></form>
<p class="until">If this is not what you want, close this page: without this button nothing is recorded.</p>
<footer>You are deciding as ${email}.</footer>
${activeScript()}`;
  return { status: late ? 400 : 200, title, body };
}

function changesPart({ edited }: Answer): Markup | string {
  if (!edited || edited.edits.length === 0) return '';
  return html`<ul>${edited.edits.map(({ field, from, to }) => html`<li>${field}: ${String(from)} becomes <b>${String(to)}</b></li>`)}</ul>`;
}

function hiddenPart(fields: ConfirmView['fields']): Markup[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
}
