import { html } from 'hono/html';
import type { ApprovalRow } from '../../../../contract/approval.ts';
import type { ProposalDocument } from '../../../../contract/item/proposal-document.ts';
import { marksIn } from '../../../../gate/marks.ts';
import { shownValues } from '../../../../gate/shows.ts';
import { errorFacts } from '../../../../kit/errors.ts';
import { logger } from '../../../../kit/telemetry.ts';
import type { Markup } from '../../../../pages/layout.ts';
import { timeMark } from '../../../../pages/time.ts';
import { readApproval } from '../../../../tables/approvals/approvals.ts';
import { getItem } from '../../../../tables/items/items.ts';
import { markedText } from '../shows.ts';
import { type PageContext, readShown } from '../visit.ts';
import { differenceOf, type Piece } from './difference.ts';

/** The approval before this one, which somebody sent back. */
export interface SentBack {
  by: string;
  at: string;
  comment: string;
  /** What was proposed then. Undefined if it is no longer kept. */
  before: ProposalDocument | undefined;
}

/** Why the item was thought about again, if somebody sent it back. The page goes without it where it cannot be read. */
export async function sentBackOf(context: PageContext, row: ApprovalRow): Promise<SentBack | undefined> {
  if (row.generation < 2 || row.attentionCheck) return undefined;
  try {
    const item = await getItem(context.env.ITEM_TABLE, row.itemId);
    const earlier = (item?.sentBack ?? []).filter((id) => generationOf(id) < row.generation);
    const last = earlier.sort((a, b) => generationOf(a) - generationOf(b)).at(-1);
    const approval = last === undefined ? undefined : await readApproval(context.env.APPROVAL_TABLE, last);
    if (approval?.decision !== 'again') return undefined;
    const { decidedBy = '', decidedAt = '', comment = '' } = approval;
    const before = await readShown(context, approval).catch(() => undefined);
    return { by: decidedBy, at: decidedAt, comment, before };
  } catch (error) {
    logger.warn('not read what was sent back', { approval: row.id, reason: errorFacts(error).class });
    return undefined;
  }
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
  const { by, at, comment, before } = sentBack;
  return html`<section class="changed" aria-labelledby="changed"><h2 id="changed">Sent back, and thought about again</h2>
<p>${by} sent it back at ${timeMark(at, { zone })}: <q>${comment}</q></p>
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

/**
 * All that decides about an approval, as people read it: also values that the action does not declare, as they go out too.
 * A value may be named like a field of the document: the keys tell them apart.
 */
function fieldsOf(document: ProposalDocument): Map<string, { name: string; text: string }> {
  const { summary, action, label, risk, parameters } = document;
  const values = [...shownValues(document), ...shownValues({ parameters })];
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
