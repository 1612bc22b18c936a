import { type ApprovalRow, CARRYING_PHASE } from '../../contract/approval.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { isoNow } from '../../kit/clock.ts';
import { peopleOf } from '../../kit/digest.ts';
import { oneLine } from '../../kit/text.ts';
import { shownTime } from '../../pages/time.ts';

/** What became of an approval and, behind it, of the action. */
export type BecameState =
  | 'open'
  | 'waiting'
  | 'undoable'
  | 'acting'
  | 'done'
  | 'parked'
  | 'refused'
  | 'approved'
  | 'rejected'
  | 'sent back'
  | 'expired'
  | 'withdrawn'
  | 'test';

export interface Became {
  state: BecameState;
  /** A few words for a list: `done`, `parked: why`, `waiting for 1 more`. Holds no content. */
  words: string;
  /** A person approved, and it was not done. */
  failed: boolean;
}

export type Decided = Pick<
  ApprovalRow,
  'id' | 'status' | 'phase' | 'times' | 'quorum' | 'votes' | 'decision' | 'undoUntil' | 'attentionCheck'
>;
export type OfItem = Pick<ItemRow, 'status' | 'approvalId' | 'error'>;

/**
 * What became of an approval, for every page, list, mail and message.
 * @param item as it is now; undefined if it is no longer kept, or need not be read (`actsOn`)
 */
export function becameOf(row: Decided, item: OfItem | undefined, now = isoNow()): Became {
  if (row.status === 'withdrawn') return said('withdrawn', 'withdrawn: nothing was done');
  if (row.status === 'pending') return whileOpen(row, now);
  if (row.status === 'expired' || !row.decision) return said('expired', 'nobody decided: nothing was done');
  if (row.attentionCheck) return said('test', 'a test: nothing was carried out');
  if (row.phase === CARRYING_PHASE && (row.undoUntil ?? '') > now)
    return said('undoable', `undo until ${shownTime(row.undoUntil ?? '', { seconds: true })}`);
  if (row.decision === 'reject') return said('rejected', 'rejected: nothing was done');
  if (row.decision === 'again') return said('sent back', 'sent back: thought about again');
  return ofAction(row, item);
}

/** What approvers changed, for wherever the summary stands that was asked about. The record holds no free words of it. */
export function changesIn({ edits = [] }: Pick<ApprovalRow, 'edits'>): string[] {
  return edits.map(({ field, from, to }) => `${field}: ${String(from)} became ${String(to)}`);
}

/** Whether the item has to be read to know what became of the approval. */
export function actsOn({ status, decision, attentionCheck }: Decided): boolean {
  return status === 'decided' && decision === 'approve' && !attentionCheck;
}

function whileOpen({ times, votes, quorum }: Decided, now: string): Became {
  if (times.closesAt <= now) return said('expired', 'nobody decided: nothing was done');
  const given = peopleOf(Object.keys(votes));
  return given > 0 ? said('waiting', `waiting for ${quorum - given} more`) : said('open', 'open');
}

function ofAction({ id }: Decided, item: OfItem | undefined): Became {
  // The item went on since, by another approval or without one: this one is history.
  if (!item || item.approvalId !== id) return said('approved', 'approved');
  const why = oneLine(item.error?.message ?? 'no reason was kept');
  switch (item.status) {
    case 'done':
      return said('done', 'done');
    case 'parked':
      return { state: 'parked', words: `parked: ${why}`, failed: true };
    case 'quarantined':
      return { state: 'refused', words: `not done: ${why}`, failed: true };
    case 'withdrawn':
      return said('withdrawn', 'withdrawn before it was done');
    case 'rejected':
    case 'refused':
    case 'expired':
      return said('approved', 'approved');
    default:
      return said('acting', 'being carried out');
  }
}

function said(state: BecameState, words: string): Became {
  return { state, words, failed: false };
}
