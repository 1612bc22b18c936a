import { html } from 'hono/html';
import { type ApprovalRow, type Decision, isCompletion } from '../../../contract/approval.ts';
import { peopleOf } from '../../../kit/digest.ts';
import { honeypot } from '../../../pages/honeypot.ts';
import type { Markup, Sheet } from '../../../pages/layout.ts';
import { timeMark } from '../../../pages/time.ts';
import {
  type Became,
  type BecameState,
  changesIn,
  isPartly,
  OF_ACTION,
  staysBegun,
} from '../../decision/became.ts';
import { isUndoable } from '../../decision/decide.ts';
import { backLine, whoseAction } from '../../decision/taken-back.ts';

/** What follows a decision on its page. */
export interface After {
  became: Became;
  /** Which items belong to this one. @default nothing is told of them */
  family?: Markup | string;
  /** The way to the person's next approval, and to this page once more. */
  ways: Markup | string;
}

/** The answer to a decision. `undo` holds the form's hidden fields, if the decision can be undone. */
export function thanksSheet(
  row: ApprovalRow,
  summary: string,
  by: string,
  undo: unknown,
  after: After,
): Sheet {
  if (row.attentionCheck) return attentionCheckSheet(row, after);
  const title = THANKS[row.decision ?? 'reject'](summary);
  // An undoable decision is not done yet: the form says when it will be.
  const undoable = isUndoable(row, by);
  const body = html`<h1>${title}</h1>
<p class="brief">Thank you. Recorded for ${by}.</p>
${summary === row.facts.summary ? changesPart(row) : ''}
${undoable ? undoForm(row, undo) : becamePart(row, after)}
${after.ways}`;
  return { status: 200, title, body };
}

const THANKS: Record<Decision, (summary: string) => string> = {
  approve: (summary) => `Approved: ${summary}`,
  reject: (summary) => `Rejected: ${summary}`,
  again: (summary) => `Sent back: ${summary}`,
};

/** For where the row's summary stands: it is of what was asked. */
function changesPart(row: ApprovalRow): Markup | string {
  const changes = row.decision === 'approve' ? changesIn(row) : [];
  return changes.length > 0 ? html`<ul class="others">${changes.map((it) => html`<li>${it}</li>`)}</ul>` : '';
}

function undoForm(row: ApprovalRow, hidden: unknown) {
  return html`<form method="post">${hidden}${honeypot()}
<p>Your decision takes effect at ${timeMark(row.undoUntil ?? '', { seconds: true })}. Until then you can undo it.</p>
<div class="buttons"><button class="reject" name="decision" value="undo">Undo my decision</button></div>
</form>`;
}

/** What became of it: a word with a sign in front, and what follows for whoever decided. */
export function becamePart(
  row: ApprovalRow,
  { became, family = '' }: Pick<After, 'became' | 'family'>,
): Markup {
  const [sign, word, follows] = BECAME[became.state];
  const why = became.failed ? `${became.words[0]?.toUpperCase()}${became.words.slice(1)}. ` : '';
  const waits =
    became.state === 'waiting' ? `It is carried out when ${row.quorum} people have approved it.` : '';
  return html`<p class="became ${became.state.replace(' ', '-')}"><b><span aria-hidden="true">${sign}</span> ${isPartly(became) ? 'Done in part' : word}.</b>
${why}${waits}${staysBegun(became) ? STAYS : follows}</p>${backPart(became)}${actionsPart(became)}${family}`;
}

/** Instead of the promise that what is left of a list goes on. */
const STAYS = 'What it did is taken back, or may be: what is left of it is not begun.';

/** What takes it back, and how far that has come. Of a list each action says so itself. */
function backPart({ back = [], actions = [] }: Became): Markup | string {
  if (actions.length > 1) return '';
  return html`${back.map((it) => html`<p class="became"><b><span aria-hidden="true">${it.sign}</span> ${backLine(it)}.</b></p>`)}`;
}

/** What became of each action of a list. */
function actionsPart({ actions = [], back = [] }: Became): Markup | string {
  if (actions.length < 2) return '';
  const lines = actions.map(({ name, status }, at) => {
    const { sign, words } = OF_ACTION[status];
    const then = back.find(({ action }) => action === at + 1);
    return html`<li>${name}: <b><span aria-hidden="true">${sign}</span> ${words}</b>${then ? html`, <b><span aria-hidden="true">${then.sign}</span> ${then.words}</b>` : ''}</li>`;
  });
  return html`<ol class="steps">${lines}</ol>`;
}

const BECAME: Record<BecameState, readonly [sign: string, word: string, follows: string]> = {
  open: ['○', 'Open', 'Nobody has decided yet.'],
  waiting: ['◔', 'Waiting for more approvals', ''],
  undoable: ['◔', 'Recorded', 'It is carried on when it can no longer be undone.'],
  acting: ['◔', 'Being carried out', 'It is carried out now, once.'],
  done: ['✓', 'Done', 'It was carried out, once.'],
  parked: [
    '!',
    'Not done yet',
    'The operators were told, and let it go on when its cause is gone. Your approval stands.',
  ],
  refused: [
    '!',
    'Not done',
    'The operators were told. Your approval stands, in case they send it once more.',
  ],
  approved: ['✓', 'Approved', 'What came of it later is no longer known here.'],
  rejected: ['✕', 'Rejected', 'Nothing will be done.'],
  'sent back': ['↺', 'Sent back', 'It will be reconsidered with the comment, and people are asked again.'],
  completed: [
    '↺',
    'Thought about again',
    'What was missing can be had now. If a person has to decide again, a new mail asks.',
  ],
  expired: [
    '–',
    'Expired',
    'Nobody decided in time, so nothing was done. The item is kept; to have it done, send it again.',
  ],
  withdrawn: ['⊘', 'Withdrawn', 'The sender of the item or an operator withdrew it: nothing will be done.'],
  test: ['–', 'A test', 'Nothing was carried out.'],
};

/* The person learns at once that it was a test, and why: the point is attention, not a score. */
function attentionCheckSheet(row: ApprovalRow, { ways }: After): Sheet {
  const caught = isCaught(row);
  const title = caught
    ? 'Well spotted: this was a test'
    : 'This was a test, and should not have been approved';
  return {
    status: 200,
    title,
    body: html`<h1>${title}</h1>
<p class="brief">${row.attentionCheck?.why}</p>
<p>Now and then Signalbox shows approvers a proposal like this. Nothing was carried out.</p>${ways}`,
  };
}

export function votedSheet(row: ApprovalRow, summary: string, after: After): Sheet {
  const title = `Your approval counts: ${peopleOf(Object.keys(row.votes))} of ${row.quorum}`;
  const body = html`<h1>${title}</h1><p class="brief">${summary}: ${after.became.words}.</p>
${becamePart(row, after)}${after.ways}`;
  return { status: 200, title, body };
}

const WORDS: Record<Decision, string> = { approve: 'approved', reject: 'rejected', again: 'sent back' };

/** `more` is what else the sender of a form has to know. */
export function decidedSheet(row: ApprovalRow, after: After, more = ''): Sheet {
  const title = titleOf(row);
  const decided = row.status === 'decided' && row.decision !== undefined;
  const body = html`<p class="kicker">${row.automation}, approval ${row.id.slice(-10)}</p>
<h1>${title}</h1>
${decided ? html`<p class="what">${row.facts.summary}</p>${changesPart(row)}` : ''}
${takesBackPart(row)}
${decided && !isCompletion(row) ? html`<p class="brief">This was already decided by ${row.decidedBy} at ${timeMark(row.decidedAt ?? '', { seconds: true })}: ${howOf(row)}.</p>` : ''}
${becamePart(row, after)}
${more ? html`<p role="alert">${more}</p>` : ''}${after.ways}`;
  return { status: 200, title, body };
}

/** Of a question about taking something back. */
function takesBackPart({ facts: { compensates } }: ApprovalRow): Markup | string {
  return compensates ? html`<p class="soft">It is about taking back ${whoseAction(compensates)}.</p>` : '';
}

function titleOf(row: ApprovalRow): string {
  if (row.status === 'withdrawn') return 'This approval was withdrawn';
  if (isCompletion(row)) return 'Thought about again: nothing to decide here';
  return row.status === 'decided' && row.decision
    ? `Already decided: ${howOf(row)}`
    : 'This approval is closed';
}

function howOf({ decision = 'reject', edits }: ApprovalRow): string {
  return edits && decision === 'approve' ? `${WORDS[decision]} with edits` : WORDS[decision];
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
