import type { ApprovalRow, TrailEntry } from '../../contract/approval.ts';

/*
 * DynamoDB takes rows of 400 KB. Words of people stay in the row while there is room; then the older ones
 * leave it: the audit has had them from the stream long before. What can be repeated without end stops
 * earlier, so that an approval can always be closed.
 */

/** Size of a row in bytes from which older words leave it. */
const WORDS_LEAVE = 240_000;

/** Size in bytes, without the words of its trail, from which only closing is possible. */
const ONLY_CLOSING = 160_000;

/** Entries of the trail, likewise. */
const MOST_ENTRIES = 200;

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Whether the row is nearly full: what can be repeated stops, and leaves the room to decisions. */
export function isLong(row: ApprovalRow): boolean {
  return row.trail.length >= MOST_ENTRIES || bytesOf({ ...row, trail: row.trail.map(bare) }) > ONLY_CLOSING;
}

function bare(entry: TrailEntry): TrailEntry {
  const { comment, edits, ...facts } = entry;
  return comment === undefined && edits === undefined ? entry : { ...facts, inAudit: true };
}

/** The trail without as many older words as the addition needs, or undefined if everything fits. */
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
