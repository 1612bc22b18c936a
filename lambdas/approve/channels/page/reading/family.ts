import { html } from 'hono/html';
import type { ApprovalRow } from '../../../../contract/approval.ts';
import type { DeclarationOf } from '../../../../contract/automation.ts';
import type { ItemRow } from '../../../../contract/item/row.ts';
import type { Markup } from '../../../../pages/layout.ts';
import { compensationIds } from '../../../../tables/compensations/compensations.ts';
import { parentOf } from '../../../../tables/items/family.ts';
import { isOpen } from '../../../decision/decide.ts';

export type Family = Pick<
  ItemRow,
  'id' | 'automation' | 'ancestors' | 'children' | 'compensates' | 'compensations'
>;

/** More of them are counted. */
export const MOST_CHILDREN_SHOWN = 20;

/** An attention check has no item: where there may be one, nobody is told whom an open question comes from. */
export async function mayTellFamily(row: ApprovalRow, declarationOf: DeclarationOf): Promise<boolean> {
  if (!isOpen(row)) return true;
  const own = await declarationOf(row.automation);
  return own !== undefined && !own.approval.attentionChecks;
}

/** Which item's action made this one, and which ones its own actions made. */
export function familyPart(item: Family | undefined): Markup | string {
  const parent = item && parentOf(item);
  const children = item ? madeBy(item) : [];
  if (!parent && children.length === 0) return '';
  return html`<section class="family soft" aria-label="Items that belong together">
${item?.compensates ? html`<p>It takes back action ${item.compensates.action} of item ${parent}.</p>` : parent ? html`<p>It was made by an action of item ${parent}.</p>` : ''}
${children.length > 0 ? html`<p>Its actions made:</p><ul>${childrenShown(children).map((it) => html`<li>${it}</li>`)}</ul>` : ''}</section>`;
}

/** Its actions did not make what takes them back. */
export function madeBy({ children = [], ...row }: Family): NonNullable<Family['children']> {
  const back = compensationIds(row);
  return children.filter(({ id }) => !back.has(id));
}

/** A line for each: its id, how it stands, and what stands for its id where somebody can go there. */
export function childrenShown(
  children: NonNullable<Family['children']>,
  named: (id: string) => Markup | string = (id) => id,
): (Markup | string)[] {
  const shown = children.slice(0, MOST_CHILDREN_SHOWN);
  const lines = shown.map(({ id, status }) => html`${named(id)} (${status.replaceAll('_', ' ')})`);
  const more = children.length - shown.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}
