import type { ApprovalRow } from '../../contract/approval.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { clock } from '../../kit/clock.ts';
import { takenBack } from '../../tables/compensations/compensations.ts';
import { leaseLeft } from '../../tables/items/lease.ts';
import type { Wish } from './wish.ts';

/** Somebody decided so, or its time was over: work that is wanted after all is posted anew. */
export const ENDED: readonly ItemStatus[] = ['rejected', 'refused', 'expired', 'withdrawn'];

/** Why an item may not go on as its next generation; undefined where it may. */
export function refusalOf(
  row: ItemRow,
  question: ApprovalRow | undefined,
  wish: Pick<Wish, 'fresh' | 'edit' | 'version'>,
): string | undefined {
  if (ENDED.includes(row.status)) return `the item is '${row.status}', which is its end: post the work anew`;
  if (row.erasedAt !== undefined) return 'the item is erased: there is nothing to go on with';
  const back = takenBack(row);
  if (back !== undefined) return `action ${back} of the item is being or was taken back: it does not go on`;
  if (row.compensates && row.status === 'done')
    return 'the item has taken an action back: that is not done a second time';
  if (row.compensates && wish.edit) return 'the item takes an action back: its input is that of another item';
  if (leaseLeft(row) > 0) return 'a worker has the item in hand: wait for it, or a minute where it has died';
  if (isActing(row))
    return 'the item acts at this moment: wait for it, or a minute where its worker has died';
  return decidedBy(row, question, wish);
}

function isActing({ ledger = {} }: ItemRow): boolean {
  return Object.values(ledger).some(
    ({ state, leaseUntil = 0 }) => state === 'intent' && leaseUntil > clock.now(),
  );
}

/** Who has decided is not overtaken. */
function decidedBy(
  { status, approvalId }: ItemRow,
  question: ApprovalRow | undefined,
  { fresh, edit, version }: Pick<Wish, 'fresh' | 'edit' | 'version'>,
): string | undefined {
  if (!question || question.id !== approvalId) return undefined;
  const waits = status === 'waiting_approval' || status === 'processing';
  if (question.status === 'expired' && waits) return 'nobody decided in time: the item is about to expire';
  if (question.status !== 'decided') return undefined;
  if (!question.carriedAt) return 'a decision about the item can still be taken back: ask again in a minute';
  const anew = fresh || edit !== undefined || version === 'current';
  if (question.decision === 'reject' && anew) return 'people have rejected what the item proposed';
  return undefined;
}
