import { type ApprovalRow, CARRYING_PHASE, OPEN_PHASE, type TrailEntry } from '../../contract/approval.ts';
import { all, is, update } from '../../kit/dynamo/rows.ts';
import { getApproval } from './approvals.ts';

/** What stands where a summary stood. */
export const ERASED = 'its content was erased';

/** Whether an approval of this id still has words; an open one is closed before they go. */
export async function hasWords(table: string, id: string): Promise<boolean> {
  const row = await getApproval(table, id);
  return row?.facts !== undefined && !isErased(row);
}

/**
 * Removes what people wrote and changed from a closed approval, and the action's words; who decided what, and when, stays. The audit has
 * its own entries, which nobody changes. False where there is nothing to remove: none of this id, or one that is open.
 */
export async function eraseApproval(table: string, id: string): Promise<boolean> {
  const row = erasable(await getApproval(table, id));
  if (!row) return false;
  // The requester's hash has no key: addresses could be tried on it, and nobody is to be asked any more.
  const { requester: _, ...facts } = row.facts;
  return update<ApprovalRow>(table, id, {
    set: { facts: { ...facts, summary: ERASED }, trail: row.trail.map(bare), asked: withoutNotes(row) },
    remove: ['comment', 'edits', 'passing'],
    add: { version: 1 },
    when: all<keyof ApprovalRow>(is('version', row.version), is('phase', row.phase)),
  });
}

function erasable(row: ApprovalRow | undefined): ApprovalRow | undefined {
  const open = row === undefined || [OPEN_PHASE, CARRYING_PHASE].includes(row.phase);
  return open || !row.facts || isErased(row) ? undefined : row;
}

function isErased({ facts, comment, edits }: ApprovalRow): boolean {
  return facts.summary === ERASED && comment === undefined && edits === undefined;
}

function bare({ comment, edits, ...facts }: TrailEntry): TrailEntry {
  return comment === undefined && edits === undefined ? facts : { ...facts, inAudit: true };
}

function withoutNotes({ asked }: ApprovalRow): ApprovalRow['asked'] {
  return Object.fromEntries(Object.entries(asked).map(([email, { note: _, ...rest }]) => [email, rest]));
}
