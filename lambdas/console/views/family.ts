import { html } from 'hono/html';
import {
  childrenShown,
  MOST_CHILDREN_SHOWN,
  madeBy,
  mayTellFamily,
} from '../../approve/channels/page/reading/family.ts';
import type { ApprovalRow } from '../../contract/approval.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import type { Markup } from '../../pages/layout.ts';
import { readApproval } from '../../tables/approvals/approvals.ts';
import { parentOf } from '../../tables/items/family.ts';
import { outcomesOf } from '../../tables/items/outcomes.ts';
import type { ConsoleContext } from '../context.ts';
import { maySee } from '../reach.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';

/** A name and what stands beside it. */
export type StoryLine = readonly [name: string, value: string | Markup];

/** The item that made this one, and those that this one made; with the way to their approvals, where this person may see these. */
export async function familyLines(
  context: ConsoleContext,
  person: Person,
  row: ApprovalRow,
  item: ItemRow | undefined,
): Promise<StoryLine[]> {
  if (!item || !(await mayTellFamily(row, context.declarationOf))) return [];
  const parent = parentOf(item);
  const children = madeBy(item);
  const back = item.compensations ?? [];
  if (!parent && children.length === 0 && back.length === 0) return [];
  const ids = [
    ...(parent ? [parent] : []),
    ...children.slice(0, MOST_CHILDREN_SHOWN).map(({ id }) => id),
    ...back.map(({ item: by }) => by),
  ];
  const approvals = await approvalsOf(context, person, ids);
  const named = (id: string): Markup | string => {
    const approval = approvals.get(id);
    return approval
      ? html`<a href="${address(context.site, `/console/approvals/${approval}`)}">${id}</a>`
      : id;
  };
  return [
    ...(parent ? [parentLine(item, named(parent))] : []),
    ...(children.length > 0
      ? [
          [
            'Items it made',
            html`<ul>${childrenShown(children, named).map((it) => html`<li>${it}</li>`)}</ul>`,
          ] as const,
        ]
      : []),
    ...(back.length > 0
      ? [
          [
            'Taken back by',
            html`<ul>${back.map((it) => html`<li>${named(it.item)} (action ${it.action})</li>`)}</ul>`,
          ] as const,
        ]
      : []),
  ];
}

function parentLine({ compensates }: ItemRow, parent: Markup | string): StoryLine {
  return compensates
    ? ['Takes back', html`action ${compensates.action} of item ${parent}`]
    : ['Made by item', parent];
}

/** Approvals of these items that this person may see, by item. */
async function approvalsOf(
  { env }: ConsoleContext,
  person: Person,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const items = await outcomesOf(env.ITEM_TABLE, ids);
  const found = [...items.values()].map(async ({ id, approvalId }) => {
    const row = approvalId ? await readApproval(env.APPROVAL_TABLE, approvalId) : undefined;
    return row && maySee(person, row) ? [[id, row.id] as const] : [];
  });
  return new Map((await Promise.all(found)).flat());
}
