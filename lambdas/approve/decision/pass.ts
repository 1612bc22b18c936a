import type { ApprovalRow } from '../../contract/approval.ts';
import { type ApprovalSettings, groupsOf } from '../../contract/approval-settings.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { personHash } from '../../kit/digest.ts';
import { amend } from './amend.ts';
import { isOpen } from './decide.ts';
import { isLong } from './room.ts';

/** To whom somebody passes a question on: a colleague, or the second group. */
export interface Pass {
  by: string;
  to: string;
  /** What is said along with it: it waits in the row, because a queue carries no words. */
  note: string;
}

export type Passed = { row: ApprovalRow; fault: string };

const TOO_LONG = 'So much was said about this question that no more words fit: please pass it on without.';

/** Longer than an command takes. One that was lost must not keep others from passing the question on. */
const PENDING_MS = 5 * 60_000;

/**
 * Marks in the row that a question is on its way to somebody. Asking them is an command that comes later: without the mark, two who
 * pass it on at once would both be told that it was done, and one of them would stand nowhere.
 */
export async function markPass(
  table: string,
  settings: ApprovalSettings,
  approval: ApprovalRow,
  pass: Pass,
): Promise<Passed> {
  let fault = '';
  const { row } = await amend(table, approval, (now) => {
    fault = faultOf(settings, now, pass.to) || (pass.note && isLong(now) ? TOO_LONG : '');
    if (fault || !isOpen(now)) return undefined;
    const mark = { by: pass.by, at: isoNow(), ...(pass.note ? { note: pass.note } : {}) };
    return { set: { passing: { ...now.passing, [pass.to]: mark } }, trail: [] };
  });
  return { row, fault };
}

/** The command could not be sent: nobody is being asked. */
export async function unmarkPass(table: string, approval: ApprovalRow, to: string): Promise<void> {
  await amend(table, approval, (now) =>
    now.passing?.[to] ? { set: { passing: without(now, to) }, trail: [] } : undefined,
  );
}

/** Who is asking somebody just now, if anybody is. */
export function passing({ passing }: ApprovalRow, to: string): string | undefined {
  const pass = passing && Object.hasOwn(passing, to) ? passing[to] : undefined;
  return pass && clock.now() - Date.parse(pass.at) < PENDING_MS ? pass.by : undefined;
}

export function without({ passing = {} }: ApprovalRow, to: string): ApprovalRow['passing'] {
  const left = Object.entries(passing).filter(([whom]) => whom !== to);
  return left.length > 0 ? Object.fromEntries(left) : undefined;
}

function faultOf(settings: ApprovalSettings, row: ApprovalRow, to: string): string {
  const escalates = to === row.escalateTo;
  if (escalates ? row.escalatedAt : row.asked[to]) return `${to}: asked already.`;
  if (row.facts.requester === personHash(to))
    return 'This was asked for in their name: please choose somebody else.';
  const by = passing(row, to);
  if (by) return `${to}: being asked already, by ${by}.`;
  // One of the second group, while it is on its way to all of them.
  const all = groupsOf(settings, to).includes(row.escalateTo) && passing(row, row.escalateTo);
  return all ? `${to}: being asked already, with all of ${row.escalateTo}, by ${all}.` : '';
}
