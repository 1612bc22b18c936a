import type { ApprovalRow } from '../../contract/approval.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { getEvery } from '../../kit/dynamo/gets.ts';

/* Items and decisions, many at a time. */

const OF_ITEM = [
  ...(['id', 'receivedAt', 'generation', 'status', 'label', 'verdict', 'approvalId'] as const),
  ...(['proposalKey', 'costUsd', 'documents'] as const),
] as const satisfies readonly (keyof ItemRow)[];
export type JudgedRow = Pick<ItemRow, (typeof OF_ITEM)[number]>;

/** By id; what is not there is not in it. */
export function judgedItems(table: string, ids: readonly string[]): Promise<Map<string, JudgedRow>> {
  return getEvery<JudgedRow>(table, ids, OF_ITEM);
}

const OF_APPROVAL = [
  ...(['id', 'status', 'decision', 'edits', 'attentionCheck'] as const),
] as const satisfies readonly (keyof ApprovalRow)[];

/** What people decided, by the approval's id: `approve`, `approve with edits`, `reject` or `again`. An attention check is no decision. */
export async function decisionsOn(table: string, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await getEvery<Pick<ApprovalRow, (typeof OF_APPROVAL)[number]>>(table, ids, OF_APPROVAL);
  const decided = [...rows.values()].flatMap(({ id, status, decision, edits, attentionCheck }) => {
    if (status !== 'decided' || decision === undefined || attentionCheck) return [];
    return [[id, decision === 'approve' && edits?.length ? 'approve with edits' : decision] as const];
  });
  return new Map(decided);
}
