import {
  type ApprovalRow,
  CARRYING_PHASE,
  closedPhase,
  isCompletion,
  OPEN_PHASE,
  type TrailEntry,
} from '../../contract/approval.ts';
import { absent, get, is, oneOf, put, update, updateAndSee } from '../../kit/dynamo/rows.ts';

/** The row as it is, also one that holds nothing but that its question expired before it was put. */
export function getApproval(table: string, id: string): Promise<ApprovalRow | undefined> {
  return get(table, id);
}

/** A question that was put. */
export async function readApproval(table: string, id: string): Promise<ApprovalRow | undefined> {
  // Longer than any id of ours, and than DynamoDB takes a key.
  if (id.length === 0 || id.length > 200) return undefined;
  const row = await getApproval(table, id);
  return row?.facts === undefined ? undefined : row;
}

/** Whether people approved it as it was proposed. */
export async function wasApprovedUnchanged(table: string, id: string): Promise<boolean> {
  const row = await get<ApprovalRow>(table, id, { fields: ['decision', 'edits'] });
  return row?.decision === 'approve' && !row.edits?.length;
}

/** Whether the house had it closed to complete its item. */
export async function wasCompletion(table: string, id: string): Promise<boolean> {
  const row = await get<ApprovalRow>(table, id, { fields: ['decision', 'decidedBy'] });
  return row !== undefined && isCompletion(row);
}

/** What an approver said. */
export async function readComment(table: string, id: string): Promise<string> {
  const row = await get<ApprovalRow>(table, id, { fields: ['comment'] });
  return typeof row?.comment === 'string' ? row.comment : '';
}

/** Writes a new question; false where there is one of its id. */
export function putApproval(table: string, row: ApprovalRow): Promise<boolean> {
  return put(table, row, absent('id'));
}

/** What a change writes: fields to set (undefined removes one) and what is added to the trail. */
export interface Amendment {
  set: { [field in keyof ApprovalRow]?: ApprovalRow[field] | undefined };
  trail: TrailEntry[];
}

/**
 * Changes a question that is still as it was read. @returns undefined where it is not
 * @param kept what is left of the trail before; undefined leaves all of it
 */
export async function changeApproval(
  table: string,
  { id, version }: ApprovalRow,
  { set, trail }: Amendment,
  kept: readonly TrailEntry[] | undefined,
): Promise<ApprovalRow | undefined> {
  const fields = Object.keys(set) as (keyof ApprovalRow)[];
  const { done, row } = await updateAndSee<ApprovalRow>(table, id, {
    set: { ...set, version: version + 1, ...(kept ? { trail: [...kept, ...trail] } : {}) },
    ...(kept ? {} : { append: { trail } }),
    remove: fields.filter((field) => set[field] === undefined),
    when: is('version', version),
  });
  return done ? row : undefined;
}

/**
 * Closes a question that nobody has decided, or whose decision can still be taken back: from then on nothing is decided and nothing is
 * carried. The phase tells the two from all others, so that this needs to read and write nothing that decides.
 */
export function closeApproval(table: string, id: string, entry: TrailEntry): Promise<boolean> {
  const { at } = entry;
  return update<ApprovalRow>(table, id, {
    set: { status: 'withdrawn', phase: closedPhase(at), phaseAt: `${at}#${id}` },
    append: { trail: [entry] },
    remove: ['claim'],
    add: { version: 1 },
    when: oneOf('phase', [OPEN_PHASE, CARRYING_PHASE]),
  });
}
