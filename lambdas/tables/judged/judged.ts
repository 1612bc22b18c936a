import type { ApprovalRow } from '../../contract/approval.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { getAll } from '../../kit/dynamo/rows.ts';

/* Items and decisions, many at a time. */

/** What DynamoDB reads in one call. */
const AT_ONCE = 100;

const OF_ITEM = [
  ...(['id', 'receivedAt', 'generation', 'status', 'label', 'verdict', 'approvalId'] as const),
  ...(['proposalKey', 'costUsd'] as const),
] as const satisfies readonly (keyof ItemRow)[];
export type JudgedRow = Pick<ItemRow, (typeof OF_ITEM)[number]>;

/** By id; what is not there is not in it. */
export function judgedItems(table: string, ids: readonly string[]): Promise<Map<string, JudgedRow>> {
  return rowsOf<JudgedRow>(table, ids, OF_ITEM);
}

const OF_APPROVAL = [
  ...(['id', 'status', 'decision', 'edits', 'attentionCheck'] as const),
] as const satisfies readonly (keyof ApprovalRow)[];

/** What people decided, by the approval's id: `approve`, `approve with edits`, `reject` or `again`. An attention check is no decision. */
export async function decisionsOn(table: string, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await rowsOf<Pick<ApprovalRow, (typeof OF_APPROVAL)[number]>>(table, ids, OF_APPROVAL);
  const decided = [...rows.values()].flatMap(({ id, status, decision, edits, attentionCheck }) => {
    if (status !== 'decided' || decision === undefined || attentionCheck) return [];
    return [[id, decision === 'approve' && edits?.length ? 'approve with edits' : decision] as const];
  });
  return new Map(decided);
}

async function rowsOf<Row extends { id: string }>(
  table: string,
  ids: readonly string[],
  fields: readonly (keyof Row & string)[],
): Promise<Map<string, Row>> {
  const found = new Map<string, Row>();
  let left = [...new Set(ids)].map((id) => ({ table, id }));
  while (left.length > 0) {
    const part = await getAll(left.slice(0, AT_ONCE), fields);
    for (const { key, row } of part.rows) found.set(key.id, row as Row);
    left = [...part.left, ...left.slice(AT_ONCE)];
  }
  return found;
}
