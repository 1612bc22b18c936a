import type { ApprovalRow } from '../../contract/approval.ts';
import { type ApprovalSettings, groupsOf } from '../../contract/approval-settings.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { personHash } from '../../kit/digest.ts';
import { amend } from './amend.ts';
import { isOpen } from './decide.ts';
import { isLong } from './room.ts';

export interface Pass {
  by: string;
  to: string;
  /** The note to them: it waits in the row, because a queue carries no words. */
  note: string;
}

export type Passed = { row: ApprovalRow; fault: string };

const TOO_LONG = 'This approval has no room for another note: please hand it over without one.';

/** Longer than a command takes. A lost command must not block other hand-overs. */
const PENDING_MS = 5 * 60_000;

/** Marks that somebody is about to be asked: two hand-overs at once would both be confirmed otherwise. */
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
  if (escalates ? row.escalatedAt : row.asked[to]) return `${to} was already asked.`;
  if (row.facts.requester === personHash(to)) return 'They are the requester: please choose somebody else.';
  const by = passing(row, to);
  if (by) return `${to} is already being asked, by ${by}.`;
  // For a member of the second group, while the whole group is being asked.
  const all = groupsOf(settings, to).includes(row.escalateTo) && passing(row, row.escalateTo);
  return all ? `${to} is already being asked with all of ${row.escalateTo}, by ${all}.` : '';
}
