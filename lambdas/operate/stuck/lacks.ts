import type { ItemRow } from '../../contract/item/row.ts';
import { REDRIVEN, SET_GOING } from '../../contract/item/timeline.ts';
import { clock } from '../../kit/clock.ts';
import { leaseLeft } from '../../tables/items/lease.ts';
import { SIGNALBOX } from '../redrive/own.ts';

/* What an item lacks that should go on and does not, as its row tells. */

const HOUR_MS = 3_600_000;
/** A message comes again within an hour at most; from then on nobody is at it. */
const UNJUDGED_MS = 2 * HOUR_MS;
/** An action waits ten hours for its destination, without a word in the row. */
const JUDGED_MS = 12 * HOUR_MS;
/** So often it is set going; whatever stands still after that is for an operator. */
const MOST = 2;

/** `message`: of the work queue, which leads on from wherever it stands. `generation`: its run or its action is gone. */
export type Lack = 'message' | 'generation' | 'operator';

/** @param lateMs how late the work of its automation is: so long its message may be on the way */
export function lackOf(row: ItemRow, lateMs = 0): Lack | undefined {
  const lack = lacked(row, lateMs);
  return lack && setGoing(row) >= MOST ? 'operator' : lack;
}

function lacked(row: ItemRow, lateMs: number): 'message' | 'generation' | undefined {
  const { status, verdict, deferredUntil, wait, updatedAt, generation } = row;
  if (leaseLeft(row) > 0 || row.erasedAt !== undefined) return undefined;
  const quiet = (ms: number, since = updatedAt) => clock.now() - Date.parse(since) > ms;
  const waits = wait?.generation === generation ? wait.until : updatedAt;
  const unjudged = UNJUDGED_MS + lateMs;
  switch (status) {
    case 'received':
      return quiet(unjudged) ? 'message' : undefined;
    case 'deferred':
      return quiet(unjudged) && quiet(unjudged, deferredUntil) ? 'message' : undefined;
    case 'suspended':
      return quiet(unjudged) && quiet(unjudged, waits) ? 'message' : undefined;
    case 'processing':
      if (verdict === 'ask') return quiet(JUDGED_MS) ? 'generation' : undefined;
      if (verdict) return quiet(JUDGED_MS) ? 'message' : undefined;
      return quiet(unjudged) && quiet(unjudged, waits) ? 'message' : undefined;
    case 'acting':
      return quiet(JUDGED_MS) ? 'generation' : undefined;
    default:
      return undefined;
  }
}

/** How often it was set going since anything else became of it. */
function setGoing({ timeline }: ItemRow): number {
  const ours = ({ event, by }: ItemRow['timeline'][number]) =>
    event === SET_GOING || (event === REDRIVEN && by === SIGNALBOX);
  return timeline.length - 1 - timeline.findLastIndex((it) => !ours(it));
}
