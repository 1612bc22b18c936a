import { html } from 'hono/html';
import { becamePart, closedSheet, tamperedSheet } from '../../approve/channels/page/closed.ts';
import { pictureOf } from '../../approve/channels/page/documents/picture.ts';
import { papersPart } from '../../approve/channels/page/documents/section.ts';
import type { Form } from '../../approve/channels/page/proof.ts';
import { passOnPart } from '../../approve/channels/page/question.ts';
import { showQuestion } from '../../approve/channels/page/show.ts';
import { stepsPart, titleOf } from '../../approve/channels/page/shows.ts';
import { takeForm } from '../../approve/channels/page/take.ts';
import { colleaguesOf, hiddenFields, readShown, type Visit } from '../../approve/channels/page/visit.ts';
import { becameOf } from '../../approve/decision/became.ts';
import { MOST_COMMENT } from '../../approve/decision/comment.ts';
import { isOpen, isUndoable } from '../../approve/decision/decide.ts';
import { type ApprovalRow, isCompletion, shortNumber } from '../../contract/approval.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { logger } from '../../kit/telemetry.ts';
import { honeypot } from '../../pages/honeypot.ts';
import type { Markup, Sheet } from '../../pages/layout.ts';
import { readApproval } from '../../tables/approvals/approvals.ts';
import { getItem } from '../../tables/items/items.ts';
import { type ConsoleContext, zoneFor } from '../context.ts';
import type { Screen } from '../frame.ts';
import { maySee, wasAsked } from '../reach.ts';
import type { Person } from '../sign-in/identity.ts';
import { browserOf } from '../sign-in/session.ts';
import { address } from '../site.ts';
import { duration, ENDINGS, endingOf, exactMark, marked, timeMark } from '../words.ts';
import { familyLines } from './family.ts';
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
  const item = await getItem(context.env.ITEM_TABLE, row.itemId);
  return around(context, person, row, item, await sheetFor(context, person, row, item));
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
  const item = await getItem(context.env.ITEM_TABLE, row.itemId);
  return around(context, person, (await readApproval(context.env.APPROVAL_TABLE, id)) ?? row, item, sheet);
}

/** An operator may change who decides, but decides nothing. */
function mayTake(person: Person, row: ApprovalRow, said: string): boolean {
  return wasAsked(person, row) || (person.roles.includes('operator') && PASSING_ON.includes(said));
}

const PASSING_ON = ['escalate', 'hand-over'];

function sheetFor(
  context: ConsoleContext,
  person: Person,
  row: ApprovalRow,
  item: ItemRow | undefined,
): Promise<Sheet> {
  if (!isOpen(row)) return closedPart(context, person, row, item);
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
async function around(
  context: ConsoleContext,
  person: Person,
  row: ApprovalRow,
  item: ItemRow | undefined,
  sheet: Sheet,
): Promise<Screen> {
  const zone = zoneFor(context, row.automation);
  const family = await familyLines(context, person, row, item);
  const body = html`<p class="back"><a href="${address(context.site, '/console')}">← Queue</a> <span class="soft">Approval <span class="number">${shortNumber(row.id)}</span></span></p>
<div class="beside"><article class="panel">${sheet.body}</article>
<aside class="panel" aria-label="About this approval">${trailPart(row, zone)}${storyPart(row, item, family, zone)}</aside></div>`;
  return { ...sheet, body, wide: true };
}

async function readOnlySheet(context: ConsoleContext, person: Person, row: ApprovalRow): Promise<Sheet> {
  const document = await readShown(context, row);
  if (!document) return tamperedSheet();
  const body = html`<p class="kicker">${row.automation} asks ${row.escalatedAt ? `${row.group} and ${row.escalateTo}` : row.group}</p>
<h1>${titleOf(document)}</h1>
${stepsPart(document)}
<p class="note">You were not asked: you can read this, others decide. It expires at ${timeMark(row.times.closesAt, undefined, zoneFor(context, row.automation))}.</p>
${person.roles.includes('operator') ? await operatorPart(context, person, row) : ''}
${contentPart(document, await shownOf(context, row, document))}`;
  return { status: 200, title: titleOf(document), body };
}

/** Its pages lie below the approval's own address in the console, behind the session. */
async function shownOf(context: ConsoleContext, { id, automation }: ApprovalRow, document: ProposalDocument) {
  const { BASE_URL: baseUrl, CONTENT_BUCKET } = context.env;
  const papers = await papersPart(CONTENT_BUCKET, document, { id, token: '' });
  return { papers, baseUrl, zone: zoneFor(context, automation) };
}

/** A page of a document, for whoever may see the approval. */
export async function pictureScreen(
  context: ConsoleContext,
  person: Person,
  { id, ref, page }: { id: string; ref: string; page: string },
): Promise<Response | undefined> {
  const row = await readApproval(context.env.APPROVAL_TABLE, id);
  return row && maySee(person, row) ? pictureOf(context, row, ref, page) : undefined;
}

async function operatorPart(
  { env, settings }: ConsoleContext,
  person: Person,
  row: ApprovalRow,
): Promise<Markup> {
  const hidden = await hiddenFields(env.FORM_KEYS, visitOf(person, row), row.digest);
  return html`<form method="post">${hidden}${honeypot()}
<label for="comment">Note to them <span>(optional)</span></label>
<textarea id="comment" name="comment" rows="2" maxlength="${MOST_COMMENT}"></textarea>
${passOnPart(row, colleaguesOf(settings, row, person.email))}</form>`;
}

/** The outcome, the undo button if this person may still undo it, and the proposal as long as it is kept. */
async function closedPart(
  context: ConsoleContext,
  person: Person,
  row: ApprovalRow,
  item: ItemRow | undefined,
): Promise<Sheet> {
  const zone = zoneFor(context, row.automation);
  const document = await readShown(context, row).catch(() => undefined);
  const title = document ? titleOf(document) : row.facts.summary;
  const body = html`<p class="kicker">${row.automation}, asked ${timeMark(row.createdAt, undefined, zone)}</p>
<h1>${title}</h1>
${document ? stepsPart(document) : ''}
${outcomePart(row, zone)}
${becamePart(row, { became: becameOf(row, item) })}
${isUndoable(row, person.email) ? await undoPart(context, person, row) : ''}
${document ? contentPart(document, await shownOf(context, row, document)) : html`<p class="soft">The proposal is no longer kept, or not the one that was decided.</p>`}`;
  return { status: 200, title, body };
}

function outcomePart(row: ApprovalRow, zone: string | undefined): Markup {
  const { decidedBy, decidedAt, activeSeconds = 0, comment, edits, attentionCheck } = row;
  const ending = endingOf(row);
  const { mark, words } = ENDINGS[ending === 'open' ? 'expired' : ending];
  return html`<div class="note"><p><b>${marked(ending.replace(' ', '-'), mark, words)}</b>${
    isCompletion(row)
      ? html` by Signalbox at ${exactMark(decidedAt ?? '', zone)}.`
      : decidedBy && decidedAt
        ? html` by ${decidedBy} at ${exactMark(decidedAt, zone)}, after ${duration(activeSeconds)} on the page.`
        : html`: nothing was done.`
  }</p>
${edits && edits.length > 0 ? html`<ul>${edits.map(({ field, from, to }) => html`<li>${field}: ${String(from)} became <b>${String(to)}</b></li>`)}</ul>` : ''}
${comment ? html`<p>Reason given: <q>${comment}</q></p>` : ''}
${attentionCheck ? html`<p>This was a test, and nothing was carried out. ${attentionCheck.why}</p>` : ''}</div>`;
}

async function undoPart(
  { env, settings, outlines }: ConsoleContext,
  person: Person,
  row: ApprovalRow,
): Promise<Markup> {
  return html`<form method="post">${await hiddenFields(env.FORM_KEYS, visitOf(person, row), row.digest)}${honeypot()}
<p>It is carried out at ${exactMark(row.undoUntil ?? '', zoneFor({ settings, outlines }, row.automation))}. Until then you can undo it.</p>
<div class="buttons"><button class="reject" name="decision" value="undo">Undo my decision</button></div></form>`;
}
