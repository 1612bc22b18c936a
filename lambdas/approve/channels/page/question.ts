import { html, raw } from 'hono/html';
import type { ApprovalRow, Edit } from '../../../contract/approval.ts';
import { type ProposalDocument, stepsOf } from '../../../contract/item/proposal-document.ts';
import { shownValues } from '../../../gate/shows.ts';
import { titleOf } from '../../../gate/summary.ts';
import { shownText } from '../../../kit/text.ts';
import { activeScript } from '../../../pages/active.ts';
import { honeypot } from '../../../pages/honeypot.ts';
import type { Markup, Sheet } from '../../../pages/layout.ts';
import { timeMark } from '../../../pages/time.ts';
import { MOST_COMMENT } from '../../decision/comment.ts';
import { claimedByOther } from '../../decision/decide.ts';
import { valueIn } from '../../decision/edits.ts';
import { passing } from '../../decision/pass.ts';
import { saidSource } from './documents/papers.ts';
import { NO_PAPERS, type Papers } from './documents/section.ts';
import { editField } from './fields.ts';
import { type Precedents, precedentsLine } from './precedents.ts';
import { agentsPart } from './reading/agents.ts';
import { claimPart, compensationPart, dangerPart, duplicatePart } from './reading/banners.ts';
import { comparedPart } from './reading/compared.ts';
import { hintsPart } from './reading/hints.ts';
import { degradedPart, lookedFigure } from './reading/looked.ts';
import { repairsPart } from './reading/repairs.ts';
import { type SentBack, sentBackPart } from './reading/sent-back.ts';
import { briefPart, isShort, itemPart, removedPart, showsPart, stepsPart } from './shows.ts';

export interface QuestionView {
  row: ApprovalRow;
  document: ProposalDocument;
  email: string;
  /** The hidden fields that bind the form to this page. */
  hidden: unknown;
  fault: string;
  /** Values of the form that was sent, kept over a fault. Undefined for a field that it did not have. */
  typed: (name: string) => string | undefined;
  /** Edits that the gate objects to: shown now, and taken if they are sent once more. */
  review?: { edits: readonly Edit[]; objections: readonly string[]; digest: string } | undefined;
  papers: Papers;
  precedents: Precedents;
  colleagues: readonly string[];
  /** The approval before it, if somebody sent that one back. */
  sentBack: SentBack | undefined;
  /** Which item made this one. */
  family: Markup | string;
  /** Where pages are. */
  baseUrl: string;
  /** Time zone of the approval's calendar. */
  zone: string | undefined;
}

/** How often one item may be sent back before somebody has to decide. */
const MOST_RETURNS = 3;

/** Whether a person may send it back; what the house had completed is not counted. */
export function mayReturn({ generation, completions = 0 }: ProposalDocument): boolean {
  return generation - completions <= MOST_RETURNS;
}

/**
 * What would happen, why a person decides, what came in, and what exactly is done; then the form. All of it stands in the form, so that
 * its buttons, or the way to them, stay in view from the first screen on. Buttons in view need what exactly is done in view too.
 */
export function questionSheet(view: QuestionView): Sheet {
  const { row, document, email, fault, review, zone } = view;
  const short = isShort(document);
  const body = html`<p class="kicker">${document.automation} needs your decision</p>
<h1>${shownText(titleOf(document))}</h1>
${stepsPart(document)}
${fault ? html`<p class="fault" role="alert">${fault}</p>` : ''}
${dangerPart(document.risk)}
${claimPart(row, email, zone)}
${duplicatePart(document, view.baseUrl)}
${compensationPart(document, view.baseUrl, zone)}
${degradedPart(document)}
${hintsPart(document)}
${review ? reviewPart(review.edits, review.objections) : ''}
${document.compensates || document.reasons.includes(document.brief) ? '' : briefPart(document)}
<p class="marks">${row.facts.reversible ? 'It can be undone.' : 'It cannot be undone.'} Risk: ${document.risk}.
Confidence: ${document.confidence === null ? 'not measured' : `${Math.round(document.confidence * 100)} %`}.</p>
<h2>Why you are asked</h2>
<ul>${reasonsOf(document, review).map((reason) => html`<li>${shownText(reason)}</li>`)}</ul>
${othersPart(row, email)}
${repairsPart(document)}
<form method="post">
${NO_DEFAULT}
${view.hidden}${honeypot()}
<input type="hidden" name="active" value="${view.typed('active') ?? ''}">
${short ? showsPart(document) : ''}
${sentBackPart(view.sentBack, document, zone)}
${itemPart(document)}
${removedPart(document)}
${short ? '' : showsPart(document)}
${comparedPart(document)}
${view.papers.part}
${agentsPart(document)}
${evidencePart(document, view.papers, zone)}
${short ? '' : html`<p class="jump"><a href="#decide">Read it, then decide <span aria-hidden="true">↓</span></a></p>`}
${formPart(view)}
</form>
${untilPart(row, zone)}
${view.family}
${precedentsLine(view.precedents)}
<details><summary>All values</summary>${valuesPart(document)}</details>
<footer>You are deciding as ${email}. Asked by ${document.automation}, label ${document.label}, prompts
${document.promptVersions.join(', ') || 'none'}, policy ${document.policyVersion}. Approval ${row.id.slice(-10)}.</footer>
${activeScript()}`;
  return { status: fault ? 400 : 200, title: titleOf(document), body, fault };
}

function reasonsOf({ reasons }: ProposalDocument, review: QuestionView['review']): readonly string[] {
  const own = reasons.filter((reason) => !review?.objections.includes(reason));
  return own.length > 0 ? own : reasons;
}

function reviewPart(edits: readonly Edit[], objections: readonly string[]): Markup {
  return html`<section class="fault" role="alert"><p>The policy objects to your changes. Read them again. Approve once more if you
want exactly this:</p>
<ul>${edits.map(({ field, from, to }) => html`<li>${field}: ${String(from)} becomes <b>${String(to)}</b></li>`)}</ul>
<ul>${objections.map((objection) => html`<li>${objection}</li>`)}</ul></section>`;
}

function othersPart(row: ApprovalRow, email: string): Markup | string {
  const asked = row.asked[email];
  const notes = [
    asked?.via && `You are asked ${asked.via}${asked.note ? `: “${asked.note}”` : '.'}`,
    row.quorum > 1 &&
      `${row.quorum} people must approve; so far: ${Object.keys(row.votes).join(', ') || 'nobody'}.`,
    row.edits &&
      `Changed by an approver: ${row.edits.map(({ field, from, to }) => `${field} from ${from} to ${to}`).join(', ')}.`,
    ...passingNotes(row),
  ].filter((note) => typeof note === 'string' && note !== '');
  return notes.length > 0 ? html`<ul class="others">${notes.map((note) => html`<li>${note}</li>`)}</ul>` : '';
}

/** Recipients who are about to be asked: it takes a moment. */
function passingNotes(row: ApprovalRow): string[] {
  const whom = Object.keys(row.passing ?? {}).filter((to) => to !== row.escalateTo || !row.escalatedAt);
  return whom
    .filter((to) => !row.asked[to] && passing(row, to))
    .map((to) => `${to}: being asked now, by ${passing(row, to)}.`);
}

/** Enter in a field presses the first button of its form. A decision must be a button that somebody chose. */
const NO_DEFAULT = raw('<button disabled hidden></button>');

function formPart(view: QuestionView): Markup {
  const { row, document, email, typed, review } = view;
  const strict = document.risk !== 'routine';
  const fields = Object.entries(document.question?.edits ?? {});
  const again = review ? ' with these changes' : '';
  const locked = claimedByOther(row, email) ? LOCKED : '';
  return html`<h2 id="decide" class="quiet">Your decision</h2>
<label for="comment">${strict ? 'Your reason' : 'Comment'} <span>(${strict ? 'required' : 'optional'}, kept with the decision)</span></label>
<textarea id="comment" name="comment" rows="2" maxlength="${MOST_COMMENT}"${strict ? html` required` : ''}>${typed('comment') ?? ''}</textarea>
${fields.length > 0 ? editsPart(view) : ''}
${document.risk === 'catastrophic' ? confirmField(document) : ''}
<div class="buttons decide${isShort(document) ? ' stay' : ''}">
<button class="approve" name="decision" value="approve"${locked}>Approve${again}: ${approvedWords(document)}</button>
<button class="reject" name="decision" value="reject"${locked}>Reject: do nothing</button>
</div>
${morePart(view)}`;
}

function approvedWords({ summary, further }: ProposalDocument): string {
  return further ? `all ${further.length + 1} actions` : shownText(summary);
}

/** Somebody else is on it: the buttons say so instead of being refused. */
const LOCKED = raw(' disabled aria-describedby="claimed"');

function editsPart({ document, typed, review }: QuestionView): Markup {
  const fields = Object.entries(document.question?.edits ?? {});
  const proposed = (name: string) => String(valueIn(document, name) ?? '');
  // Changes that come back with the form would be sent again: they must be visible.
  const open =
    review !== undefined || fields.some(([name]) => (typed(name) ?? proposed(name)) !== proposed(name));
  return html`<details class="edits"${open ? html` open` : ''}><summary>Change it before you approve</summary>
${fields.map(([name, rule]) => editField(name, rule, typed(name) ?? proposed(name)))}
</details>`;
}

function morePart({ row, document, colleagues, email }: QuestionView): Markup {
  const mine = row.claim?.by === email && !claimedByOther(row, email);
  const claim = mine
    ? plainButton('release', 'Release it for others')
    : plainButton('claim', 'I am working on it: lock it for others');
  return html`<details class="more"><summary>More options</summary>
${
  claimedByOther(row, email)
    ? ''
    : html`<div class="buttons">
${claim}
${mayReturn(document) ? plainButton('again', 'Send back with my comment') : ''}
</div>`
}
${passOnPart(row, colleagues)}
</details>`;
}

/** What operators may do as well: change who decides, without deciding. */
export function passOnPart(row: ApprovalRow, colleagues: readonly string[]): Markup {
  const options = colleagues.map((email) => html`<option>${email}</option>`);
  return html`${
    row.escalatedAt || passing(row, row.escalateTo)
      ? ''
      : html`<div class="buttons">${plainButton('escalate', `Escalate to ${row.escalateTo}`)}</div>`
  }
${
  colleagues.length > 0
    ? html`<label for="to">Hand over to</label><select id="to" name="to">${options}</select>
<div class="buttons">${plainButton('hand-over', 'Hand over')}</div>`
    : ''
}`;
}

function plainButton(value: string, text: string): Markup {
  return html`<button class="plain" name="decision" value="${value}" formnovalidate>${text}</button>`;
}

function confirmField({ question }: ProposalDocument): Markup {
  return html`<label for="confirm">To approve this catastrophic action, type <b>${question?.confirm}</b></label>
<input id="confirm" name="confirm" autocomplete="off">`;
}

function untilPart({ times, escalatedAt, escalateTo }: ApprovalRow, zone: string | undefined): Markup {
  const first = escalatedAt
    ? html`${escalateTo} were asked as well.`
    : html`If nobody decides by ${timeMark(times.escalateAt, { zone })}, ${escalateTo} will be asked as well.`;
  return html`<p class="until">${first} At ${timeMark(times.closesAt, { zone })} this approval expires:
without a decision nothing will be done.</p>`;
}

/** Enough to judge, little enough to read. */
const MOST_EVIDENCE = 5;

/** `papers`: what stands on a page of a document is shown there. */
export function evidencePart(document: ProposalDocument, papers = NO_PAPERS, zone?: string): Markup | string {
  // What came in is read above.
  const evidence = document.evidence.filter(
    ({ source, quote, table }) => !table && quote !== document.text && !papers.holds(source),
  );
  if (evidence.length === 0) return '';
  return html`<h2>Evidence</h2>
${evidence
  .slice(0, MOST_EVIDENCE)
  .map(
    ({ source, quote }) =>
      lookedFigure({ source, quote }, document, zone) ??
      html`<figure><blockquote>${shownText(quote)}</blockquote><figcaption>${shownText(saidSource(source, document.documents))}</figcaption></figure>`,
  )}`;
}

/** Every parameter of every action, a nested one by its path. */
export function valuesPart(document: ProposalDocument): Markup {
  const steps = stepsOf(document);
  const rows = steps.flatMap(({ action, parameters, answers = {} }, at) => [
    ...(steps.length > 1 ? [html`<tr><th scope="rowgroup" colspan="2">${at + 1}. ${action}</th></tr>`] : []),
    ...shownValues({ parameters, answers }).map(
      ({ place, value }) =>
        html`<tr><th scope="row">${place.replaceAll('~1', '/')}</th><td>${shownText(value)}</td></tr>`,
    ),
  ]);
  return html`<table class="values"><tbody>${rows}</tbody></table>`;
}
