import { html } from 'hono/html';
import { type ApprovalRow, COMPLETES, isCompletion } from '../../../../contract/approval.ts';
import { type ProposalDocument, stepsOf } from '../../../../contract/item/proposal-document.ts';
import { marksIn } from '../../../../gate/marks.ts';
import { allShown } from '../../../../gate/shows.ts';
import { errorFacts } from '../../../../kit/errors.ts';
import { logger } from '../../../../kit/telemetry.ts';
import type { Markup } from '../../../../pages/layout.ts';
import { timeMark } from '../../../../pages/time.ts';
import { readApproval } from '../../../../tables/approvals/approvals.ts';
import { getItem } from '../../../../tables/items/items.ts';
import { markedText } from '../shows.ts';
import { type PageContext, readShown } from '../visit.ts';
import { differenceOf, type Piece } from './difference.ts';

/** The approval before this one, which somebody sent back, or the house to complete its item. */
export interface SentBack {
  /** The last remark of a person. Absent if there is none. */
  remark?: Said;
  /** When the house had it thought about again, if that was last. */
  completedAt?: string;
  /** What was proposed then. Undefined if it is no longer kept. */
  before: ProposalDocument | undefined;
}

interface Said {
  by: string;
  at: string;
  comment: string;
}

/** Why the item was thought about again, if somebody sent it back. The page goes without it where it cannot be read. */
export async function sentBackOf(context: PageContext, row: ApprovalRow): Promise<SentBack | undefined> {
  if (row.generation < 2 || row.attentionCheck) return undefined;
  try {
    const item = await getItem(context.env.ITEM_TABLE, row.itemId);
    const before = (ids: readonly string[] = []) => latest(ids, row.generation);
    const ofPerson = before(item?.sentBack);
    const last = before([...(item?.sentBack ?? []), ...(item?.completed ?? [])]);
    if (last === undefined) return undefined;
    const read = (id: string) => readApproval(context.env.APPROVAL_TABLE, id);
    const approval = await read(last);
    if (approval?.decision !== 'again') return undefined;
    const said = last === ofPerson || ofPerson === undefined ? approval : await read(ofPerson);
    const completes = isCompletion(approval);
    return {
      ...(said?.decision === 'again' && !isCompletion(said) ? { remark: saidIn(said) } : {}),
      ...(completes ? { completedAt: approval.decidedAt ?? '' } : {}),
      before: await readShown(context, approval).catch(() => undefined),
    };
  } catch (error) {
    logger.warn('not read what was sent back', { approval: row.id, reason: errorFacts(error).class });
    return undefined;
  }
}

function saidIn({ decidedBy = '', decidedAt = '', comment = '' }: ApprovalRow): Said {
  return { by: decidedBy, at: decidedAt, comment };
}

/** The last of these approvals before a generation. */
function latest(ids: readonly string[], generation: number): string | undefined {
  const earlier = ids.filter((id) => generationOf(id) < generation);
  return earlier.sort((a, b) => generationOf(a) - generationOf(b)).at(-1);
}

function generationOf(approvalId: string): number {
  return Number(/-g(\d+)$/.exec(approvalId)?.[1] ?? Number.POSITIVE_INFINITY);
}

/** Who sent it back and why, and what is different now: field by field, words struck out and put in. */
export function sentBackPart(
  sentBack: SentBack | undefined,
  document: ProposalDocument,
  zone: string | undefined,
): Markup | string {
  if (!sentBack) return '';
  const { remark, completedAt, before } = sentBack;
  const title = completedAt === undefined ? 'Sent back, and thought about again' : 'Thought about again';
  return html`<section class="changed" aria-labelledby="changed"><h2 id="changed">${title}</h2>
${remark ? html`<p>${remark.by} sent it back at ${timeMark(remark.at, { zone })}: <q>${remark.comment}</q></p>` : ''}
${completedAt === undefined ? '' : html`<p>Signalbox closed the approval before this one at ${timeMark(completedAt, { zone })}: ${COMPLETES}.</p>`}
${before ? changesPart(before, document) : html`<p class="soft">What was proposed then is no longer kept.</p>`}</section>`;
}

function changesPart(before: ProposalDocument, after: ProposalDocument): Markup {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const changed = [...new Map([...old, ...now])].flatMap(([key, { name }]) => {
    const [was, is] = [old.get(key)?.text ?? '', now.get(key)?.text ?? ''];
    return was === is ? [] : [{ name, was, is }];
  });
  if (changed.length === 0) return html`<p><b>Nothing is different</b> in what will be done.</p>`;
  return html`<p>What is different now:</p><dl>${changed.map(
    ({ name, was, is }) => html`<div><dt>${name}</dt>
<dd>${differenceOf(was, is).map(piecePart)}</dd></div>`,
  )}</dl>`;
}

/** Every parameter is shown of it. */
function withoutShows({ shows: _, words: __, further, ...document }: ProposalDocument): ProposalDocument {
  const bare = further?.map(({ shows: ___, words: ____, ...one }) => one);
  return { ...document, ...(bare ? { further: bare } : {}) };
}

/**
 * All that decides about an approval, as people read it: also values that the action does not declare, as they go out too.
 * A value may be named like a field of the document: the keys tell them apart.
 */
function fieldsOf(document: ProposalDocument): Map<string, { name: string; text: string }> {
  const { summary, label, risk } = document;
  const action = stepsOf(document)
    .map((one) => one.action)
    .join(', ');
  const values = [...allShown(document), ...allShown(withoutShows(document))];
  return new Map([
    ['document summary', { name: 'what will be done', text: summary }],
    ...values.map(({ place, name, value }): [string, { name: string; text: string }] => [
      `value ${place}`,
      { name, text: value },
    ]),
    ['document action', { name: 'action', text: action }],
    ['document label', { name: 'label', text: label }],
    ['document risk', { name: 'risk', text: risk }],
  ]);
}

/** Text for those who see no lines through words: screen readers say nothing of them. */
function piecePart({ kind, text }: Piece): Markup {
  const words = markedText(
    text,
    marksIn(text).filter((mark) => mark.kind === 'hidden'),
  );
  if (kind === 'same') return words;
  return kind === 'removed'
    ? html`<del><span class="quiet">removed: </span>${words}<span class="quiet"> end of removed. </span></del>`
    : html`<ins><span class="quiet">added: </span>${words}<span class="quiet"> end of added. </span></ins>`;
}
