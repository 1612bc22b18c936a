import { html } from 'hono/html';
import { closedSheet, tamperedSheet } from '../../approve/channels/page/closed.ts';
import type { Form } from '../../approve/channels/page/proof.ts';
import { passOnPart } from '../../approve/channels/page/question.ts';
import { showQuestion } from '../../approve/channels/page/show.ts';
import { takeForm } from '../../approve/channels/page/take.ts';
import { colleaguesOf, hiddenFields, readShown, type Visit } from '../../approve/channels/page/visit.ts';
import { MOST_COMMENT } from '../../approve/decision/comment.ts';
import { isOpen, isUndoable } from '../../approve/decision/decide.ts';
import type { ApprovalRow } from '../../contract/approval.ts';
import { logger } from '../../kit/telemetry.ts';
import { honeypot } from '../../pages/honeypot.ts';
import { type Markup, type Sheet, shownTime } from '../../pages/layout.ts';
import { readApproval } from '../../tables/approvals/approvals.ts';
import { getItem } from '../../tables/items/items.ts';
import type { ConsoleContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { maySee, wasAsked } from '../reach.ts';
import type { Person } from '../sign-in/identity.ts';
import { browserOf } from '../sign-in/session.ts';
import { address } from '../site.ts';
import { duration, ENDINGS, endingOf, marked } from '../words.ts';
import { contentPart } from './read-only.ts';
import { storyPart } from './story.ts';
import { trailPart } from './trail.ts';

/** An approval as this person may see it, or undefined: for others it does not exist. */
export async function questionScreen(
  context: ConsoleContext,
  person: Person,
  id: string,
): Promise<Screen | undefined> {
  const row = await readApproval(context.env.APPROVAL_TABLE, id);
  if (!row || !maySee(person, row)) return undefined;
  logger.info('page shown', { approval: row.id, status: row.status, channel: 'console' });
  return around(context, row, await sheetFor(context, person, row));
}

/**
 * Takes a form of the approval page. A person who was not asked decides nothing, whatever else they may see.
 */
export async function takeQuestion(
  context: ConsoleContext,
  person: Person,
  id: string,
  form: Form,
): Promise<Screen | undefined> {
  const row = await readApproval(context.env.APPROVAL_TABLE, id);
  if (!row || !maySee(person, row)) return undefined;
  const sheet = mayTake(person, row, form.field('decision') ?? '')
    ? await takeForm(context, visitOf(person, row), form)
    : closedSheet(
        'You cannot decide this',
        'You are not among those who were asked. Nothing was changed.',
        403,
      );
  return around(context, (await readApproval(context.env.APPROVAL_TABLE, id)) ?? row, sheet);
}

/** An operator may change who decides, but decides nothing. */
function mayTake(person: Person, row: ApprovalRow, said: string): boolean {
  return wasAsked(person, row) || (person.roles.includes('operator') && PASSING_ON.includes(said));
}

const PASSING_ON = ['escalate', 'hand-over'];

function sheetFor(context: ConsoleContext, person: Person, row: ApprovalRow): Promise<Sheet> {
  if (!isOpen(row)) return closedPart(context, person, row);
  return wasAsked(person, row)
    ? showQuestion(context, visitOf(person, row))
    : readOnlySheet(context, person, row);
}

/** A visit to an approval in the console. */
export function visitOf({ email, session }: Person, row: ApprovalRow): Visit {
  return {
    ...{ row, email, token: '', channel: 'console' },
    ...{ authenticatedBy: session.authenticatedBy, subject: session.id, browser: browserOf(session) },
  };
}

/** The approval, and beside it the item's way here and what was done about it. */
async function around({ env, site }: ConsoleContext, row: ApprovalRow, sheet: Sheet): Promise<Screen> {
  const item = await getItem(env.ITEM_TABLE, row.itemId);
  const body = html`<p class="back"><a href="${address(site, '/console')}">← Queue</a></p>
<div class="beside"><article class="panel">${sheet.body}</article>
<aside class="panel" aria-label="About this approval">${trailPart(row)}${storyPart(row, item)}</aside></div>`;
  return { ...sheet, body, wide: true };
}

async function readOnlySheet(context: ConsoleContext, person: Person, row: ApprovalRow): Promise<Sheet> {
  const document = await readShown(context, row);
  if (!document) return tamperedSheet();
  const body = html`<p class="kicker">${row.automation} asks ${row.escalatedAt ? `${row.group} and ${row.escalateTo}` : row.group}</p>
<h1>${document.summary}</h1>
<p class="note">You were not asked: you can read this, others decide. It expires at ${shownTime(row.times.closesAt)}.</p>
${person.roles.includes('operator') ? await operatorPart(context, person, row) : ''}
${contentPart(document)}`;
  return { status: 200, title: document.summary, body };
}

async function operatorPart(
  { env, settings }: ConsoleContext,
  person: Person,
  row: ApprovalRow,
): Promise<Markup> {
  const hidden = await hiddenFields(env.APPROVALS_SECRET, visitOf(person, row), row.digest);
  return html`<form method="post">${hidden}${honeypot()}
<label for="comment">Note to them <span>(optional)</span></label>
<textarea id="comment" name="comment" rows="2" maxlength="${MOST_COMMENT}"></textarea>
${passOnPart(row, colleaguesOf(settings, row, person.email))}</form>`;
}

/** The outcome, the undo button if this person may still undo it, and the proposal as long as it is kept. */
async function closedPart(context: ConsoleContext, person: Person, row: ApprovalRow): Promise<Sheet> {
  const document = await readShown(context, row).catch(() => undefined);
  const title = document?.summary ?? row.facts.summary;
  const body = html`<p class="kicker">${row.automation}, asked ${shownTime(row.createdAt)}</p>
<h1>${title}</h1>
${outcomePart(row)}
${isUndoable(row, person.email) ? await undoPart(context, person, row) : ''}
${document ? contentPart(document) : html`<p class="soft">The proposal is no longer kept, or not the one that was decided.</p>`}`;
  return { status: 200, title, body };
}

function outcomePart(row: ApprovalRow): Markup {
  const { decidedBy, decidedAt, activeSeconds = 0, comment, edits, attentionCheck } = row;
  const ending = endingOf(row);
  const { mark, words } = ENDINGS[ending === 'open' ? 'expired' : ending];
  return html`<div class="note"><p><b>${marked(ending.replace(' ', '-'), mark, words)}</b>${
    decidedBy && decidedAt
      ? html` by ${decidedBy} at ${shownTime(decidedAt)}, after ${duration(activeSeconds)} on the page.`
      : html`: nothing was done.`
  }</p>
${edits && edits.length > 0 ? html`<ul>${edits.map(({ field, from, to }) => html`<li>${field}: ${String(from)} became <b>${String(to)}</b></li>`)}</ul>` : ''}
${comment ? html`<p>Reason given: <q>${comment}</q></p>` : ''}
${attentionCheck ? html`<p>This was a test, and nothing was carried out. ${attentionCheck.why}</p>` : ''}</div>`;
}

async function undoPart({ env }: ConsoleContext, person: Person, row: ApprovalRow): Promise<Markup> {
  return html`<form method="post">${await hiddenFields(env.APPROVALS_SECRET, visitOf(person, row), row.digest)}${honeypot()}
<p>It is carried out at ${(row.undoUntil ?? '').slice(11, 19)} UTC. Until then you can undo it.</p>
<div class="buttons"><button class="reject" name="decision" value="undo">Undo my decision</button></div></form>`;
}
