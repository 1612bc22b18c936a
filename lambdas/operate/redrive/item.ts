import type { ApprovalRow } from '../../contract/approval.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { ItemRow, TimelineEvent } from '../../contract/item/row.ts';
import { REDRIVEN, thoughtIn } from '../../contract/item/timeline.ts';
import { clock } from '../../kit/clock.ts';
import { Problem } from '../../kit/http.ts';
import { closeApproval, getApproval } from '../../tables/approvals/approvals.ts';
import { event, getItem, type ItemChange, tryChange } from '../../tables/items/items.ts';
import { type Lanes, toWork } from '../../tables/items/lanes.ts';
import { LEASE_FIELDS } from '../../tables/items/lease.ts';
import { runOf } from '../../tables/items/runs.ts';
import { withdrawnEntry } from '../../tables/items/withdrawal.ts';
import { approvalId } from '../../tables/keys.ts';
import { refusalOf } from './refusal.ts';
import type { Wish } from './wish.ts';

/*
 * An item goes on by one write to its row, the next generation, and by the message that follows it. Whatever was under way for the
 * generation before (a message, a run, an action) finds that the item has gone on. The message comes before the old question is closed:
 * a question without an item is a nuisance, an item without a message stands still. Either is completed by the same command.
 */

type Env = Pick<EnvFor<'operate/commands'>, 'ITEM_TABLE' | 'APPROVAL_TABLE'>;

/** An item that changes between the look and the write is looked at again, this often. */
const ROUNDS = 5;

/** A command that comes again within this time is the same one: its caller has had no answer. */
const SAME_MS = 5 * 60_000;

/**
 * Lets an item go on as its next generation. Of two operators at once one is first, and the other is told of that one's generation.
 * @returns the item as it is then. @throws Problem 409 where it may not go on, or does so by itself
 */
export async function redriveItem(found: ItemRow, wish: Wish, lanes: Lanes, env: Env): Promise<ItemRow> {
  let row = found;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = sameRedrive(row, wish);
    if (before) {
      await carryOut(row, before, lanes, env);
      return row;
    }
    const moved = movedOn(row, found, wish);
    if (moved !== undefined) throw new Problem(409, moved, { id: row.id, itemStatus: row.status });
    const question = await getApproval(env.APPROVAL_TABLE, questionOf(row));
    const refusal = refusalOf(row, question, wish);
    if (refusal !== undefined) throw new Problem(409, refusal, { id: row.id, itemStatus: row.status });
    const { told, change, now } = nextOf(row, question, wish);
    const { done, row: seen } = await tryChange(env.ITEM_TABLE, row, [row.status], change);
    // Refused by itself: the answer was lost, and the SDK asked a second time.
    if (done || (seen && isOurs(seen, told))) {
      await carryOut(now, told, lanes, env);
      return now;
    }
    const again = seen ?? (await getItem(env.ITEM_TABLE, row.id));
    if (!again) throw new Problem(404, `there is no item '${row.id}'`);
    row = again;
  }
  throw new Problem(409, 'the item changes at this moment: ask again', {
    id: row.id,
    itemStatus: row.status,
  });
}

/**
 * Whoever meant an item that stood still does not open one again that is done by now: a person would be asked about what has just
 * happened, and may let it happen twice.
 */
export function movedOn(row: ItemRow, found: ItemRow, wish: Wish): string | undefined {
  const { status } = row;
  const meant = wish.ifStatus ?? (status === 'done' ? found.status : status);
  if (status === meant || sameRedrive(row, wish)) return undefined;
  return `the item is '${status}' by now, not '${meant}': look at it before it goes on`;
}

/** The question that was asked about it, or may have been. */
export function questionOf({ id, generation, approvalId: known }: ItemRow): string {
  return known ?? approvalId(id, generation);
}

/** Whether what was judged goes, so that the item is thought about anew. */
function rethinks({ verdict, rethinks: wanted, status, executionArn }: ItemRow, wish: Wish): boolean {
  if (verdict === undefined || wanted !== undefined || (verdict === 'ask' && !executionArn)) return true;
  // What is done is done: only another judgement can make more of it, and a person has the last word on that.
  return wish.fresh === true || wish.edit !== undefined || wish.version === 'current' || status === 'done';
}

/** The write that lets it go on, and the item after it. */
function nextOf(
  row: ItemRow,
  question: ApprovalRow | undefined,
  wish: Wish,
): { told: TimelineEvent; change: ItemChange; now: ItemRow } {
  const generation = row.generation + 1;
  const anew = rethinks(row, wish);
  // A decision that stands is carried out; any other question is closed, and put again if it is to be.
  const stands = !anew && question?.status === 'decided' && row.approvalId === question.id;
  const closes = !stands && question?.status === 'pending' ? { closes: question.id } : {};
  const told = event(REDRIVEN, {
    ...{ generation, by: wish.by, reason: wish.reason, from: row.status },
    ...{ ...(wish.fresh ? { fresh: true } : {}), ...(wish.edit ? { edited: true } : {}) },
    ...{ ...(wish.version === 'current' ? { version: 'current' } : {}), ...closes },
    ...(wish.redrive === undefined ? {} : { redrive: wish.redrive }),
  });
  const { set, remove } = anew ? thoughtAnew(row, generation, wish) : goingOn(row, generation, stands);
  const status = anew ? 'received' : 'processing';
  const change: ItemChange = {
    status,
    set: { generation, ...set },
    remove: ['error', 'wait', 'waitsOn', 'ticket', 'deferredUntil', 'reading', ...remove, ...leftLease(row)],
    // Every write sets it, also one to the ledger, which these rights do not reach.
    ...{ idle: true, having: { updatedAt: row.updatedAt } },
    events: [told],
  };
  return { told, change, now: { ...row, ...set, generation, status, timeline: [...row.timeline, told] } };
}

/** A write to what is in work ends the lease by itself. */
function leftLease({ status }: ItemRow): readonly (keyof ItemRow)[] {
  return status === 'processing' ? [] : LEASE_FIELDS;
}

type Next = Pick<Required<ItemChange>, 'set' | 'remove'>;

/** The worker that takes it up removes what was judged: an operator's rights do not reach that far. */
function thoughtAnew(row: ItemRow, generation: number, { fresh, edit }: Wish): Next {
  const remembers = row.remembers ?? thoughtIn(row);
  return {
    set: {
      rethinks: generation,
      ...(fresh ? {} : { remembers }),
      ...(edit ? { bodyKey: edit.bodyKey } : {}),
      ...(edit?.reference ? { reference: edit.reference } : {}),
    },
    remove: [
      'approvalId',
      ...(fresh ? (['remembers'] as const) : []),
      ...(edit ? (['unfit', 'refused'] as const) : []),
      ...(edit && !edit.reference ? (['reference'] as const) : []),
    ],
  };
}

function goingOn({ verdict, executionArn }: ItemRow, generation: number, stands: boolean): Next {
  const run = verdict === 'ask' && executionArn ? { executionArn: runAfter(executionArn, generation) } : {};
  return { set: run, remove: stands ? [] : ['approvalId'] };
}

/** The run of the next generation of the item whose run this is. */
function runAfter(arn: string, generation: number): string {
  const id = (arn.split(':').at(-1) ?? '').replace(/-g\d+$/, '');
  return runOf(arn, { id, generation });
}

async function carryOut(row: ItemRow, told: TimelineEvent, lanes: Lanes, env: Env): Promise<void> {
  if (row.generation === told.generation && UNDER_WAY.includes(row.status)) await toWork(lanes, row);
  const { closes, by, reason } = told;
  if (typeof closes === 'string')
    await closeApproval(
      env.APPROVAL_TABLE,
      closes,
      withdrawnEntry({ by: String(by), reason: String(reason) }),
    );
}

const UNDER_WAY: readonly string[] = ['received', 'processing'];

/** Whether this redrive of many items has let it go on. */
export function wasRedriven(row: ItemRow, redrive: string): boolean {
  return ofRedrive(row, redrive) !== undefined;
}

function ofRedrive({ timeline }: ItemRow, redrive: string): TimelineEvent | undefined {
  return timeline.find((it) => it.event === REDRIVEN && it.redrive === redrive);
}

/** The redrive that this command has made before, or another operator a moment ago. */
function sameRedrive(row: ItemRow, wish: Wish): TimelineEvent | undefined {
  const own = wish.redrive === undefined ? undefined : ofRedrive(row, wish.redrive);
  if (own) return own;
  const last = row.timeline.findLast((it) => it.event === REDRIVEN);
  const plain = !wish.fresh && !wish.edit && wish.version !== 'current';
  const untouched = UNDER_WAY.includes(row.status) && row.leaseBy === undefined;
  // A second operator who was slower meant the item as it was: what is done by then is not opened again.
  const came = untouched || row.status === 'done';
  if (!last || !plain || !came || last.generation !== row.generation) return undefined;
  return clock.now() - Date.parse(last.at) < SAME_MS ? last : undefined;
}

function isOurs({ timeline }: ItemRow, { at, by, generation, reason, redrive }: TimelineEvent): boolean {
  return timeline.some(
    (it) =>
      it.event === REDRIVEN &&
      it.at === at &&
      it.by === by &&
      it.generation === generation &&
      it.reason === reason &&
      it.redrive === redrive,
  );
}
