import { type ApprovalRow, CARRYING_PHASE, COMPLETES, isCompletion } from '../../contract/approval.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import type { ActionState } from '../../contract/item/status.ts';
import { isoNow } from '../../kit/clock.ts';
import { peopleOf } from '../../kit/digest.ts';
import { oneLine } from '../../kit/text.ts';
import { shownTime } from '../../pages/time.ts';
import { type ActionView, actionViews } from '../../tables/items/actions.ts';
import { type TakenBack, takenBackIn } from './taken-back.ts';

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
  /** By the house, as what was missing could be had. */
  | 'completed'
  | 'expired'
  | 'withdrawn'
  | 'test';

export interface Became {
  state: BecameState;
  /** A few words for a list: `done`, `parked: why`, `waiting for 1 more`. Holds no content. */
  words: string;
  /** A person approved, and it was not done, or not all of it. */
  failed: boolean;
  /** Of a list of actions that was begun: what became of each, in their order. */
  actions?: readonly ActionView[];
  /** Of what was done: what is taken back, or was to be. Absent if nothing. */
  back?: readonly TakenBack[];
}

export type Decided = Pick<
  ApprovalRow,
  | 'id'
  | 'status'
  | 'phase'
  | 'times'
  | 'quorum'
  | 'votes'
  | 'decision'
  | 'decidedBy'
  | 'undoUntil'
  | 'attentionCheck'
>;
export type OfItem = Pick<ItemRow, 'status' | 'approvalId' | 'error'> &
  Partial<Pick<ItemRow, 'id' | 'action' | 'actions' | 'ledger' | 'compensations' | 'children'>>;

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
  if (isCompletion(row)) return said('completed', `thought about again: ${COMPLETES}`);
  if (row.decision === 'again') return said('sent back', 'sent back: thought about again');
  return ofAction(row, item);
}

/** What became of one action of a list, in a sign and in words. */
export const OF_ACTION: Readonly<Record<ActionState, { sign: string; words: string }>> = {
  done: { sign: '✓', words: 'done' },
  failed: { sign: '!', words: 'failed: nothing was done' },
  unknown: { sign: '!', words: 'unknown: only its destination can tell' },
  acting: { sign: '◔', words: 'being carried out' },
  not_begun: { sign: '○', words: 'not begun' },
};

/** Whether some actions of a list were done, and others not. */
export function isPartly({ failed, actions = [] }: Pick<Became, 'failed' | 'actions'>): boolean {
  return failed && actions.some(({ status }) => status === 'done');
}

/** Whether a parked list stays as it is: what it did is taken back, or may be. */
export function staysBegun({ failed, back = [] }: Pick<Became, 'failed' | 'back'>): boolean {
  return failed && back.some(({ came }) => came === 'so far');
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
  const listed = listedIn(item);
  switch (item.status) {
    case 'done':
      return { ...said('done', 'done'), ...listed };
    case 'parked':
      return { state: 'parked', words: `parked: ${why}`, failed: true, ...listed };
    case 'quarantined':
      return { state: 'refused', words: `not done: ${why}`, failed: true, ...listed };
    case 'withdrawn':
      return said('withdrawn', 'withdrawn before it was done');
    case 'rejected':
    case 'refused':
    case 'expired':
      return said('approved', 'approved');
    default:
      return { ...said('acting', 'being carried out'), ...listed };
  }
}

function listedIn({ id, actions, ...item }: OfItem): Pick<Became, 'actions' | 'back'> {
  const views = id !== undefined && actions ? actionViews({ ...item, id, actions }) : undefined;
  const back = takenBackIn({ ...item, ...(actions ? { actions } : {}) });
  return { ...(views ? { actions: views } : {}), ...(back.length > 0 ? { back } : {}) };
}

function said(state: BecameState, words: string): Became {
  return { state, words, failed: false };
}
