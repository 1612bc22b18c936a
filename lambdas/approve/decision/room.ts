import type { ApprovalRow, TrailEntry } from '../../contract/approval.ts';

/*
 * DynamoDB takes rows of 400 KB. What people say is kept in the row as long as there is room; older words are taken out then, which
 * the audit has had from the stream long before. What can be done without end stops earlier, so that a question can always be closed.
 */

/** Bytes of a row from which on older words leave it. */
const WORDS_LEAVE = 240_000;

/** Bytes, without the words of its record, from which on nothing is added that does not close the question. */
const ONLY_CLOSING = 160_000;

/** Entries of the record, likewise. */
const MOST_ENTRIES = 200;

/** What DynamoDB would count, or more. */
function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** A row has an end: what may be done without end stops here, and leaves its room to decisions. */
export function isLong(row: ApprovalRow): boolean {
  return row.trail.length >= MOST_ENTRIES || bytesOf({ ...row, trail: row.trail.map(bare) }) > ONLY_CLOSING;
}

/** An entry without what was said and changed in it. */
function bare(entry: TrailEntry): TrailEntry {
  const { comment, edits, ...facts } = entry;
  return comment === undefined && edits === undefined ? entry : { ...facts, inAudit: true };
}

/** The record of a row with so many older words taken out that this can be added, or undefined where all of it fits. */
export function roomyTrail(
  row: ApprovalRow,
  set: object,
  added: readonly TrailEntry[],
): TrailEntry[] | undefined {
  const over = bytesOf({ ...row, ...set, trail: [...row.trail, ...added] }) - WORDS_LEAVE;
  if (over <= 0) return undefined;
  let freed = 0;
  return row.trail.map((entry) => {
    if (freed >= over) return entry;
    const less = bare(entry);
    freed += bytesOf(entry) - bytesOf(less);
    return less;
  });
}
