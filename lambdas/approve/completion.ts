import {
  type ApprovalRow,
  COMPLETES,
  COMPLETES_AFTER_MINUTES,
  closedPhase,
  TIMEKEEPER,
} from '../contract/approval.ts';
import type { EnvFor } from '../contract/env.ts';
import { clock, isoNow } from '../kit/clock.ts';
import { errorFacts } from '../kit/errors.ts';
import { logger } from '../kit/telemetry.ts';
import { type Amendment, readApproval } from '../tables/approvals/approvals.ts';
import { healthOf, readBreakers } from '../tables/control/breakers.ts';
import type { ListedApproval } from '../tables/indexes.ts';
import { amend, entry } from './decision/amend.ts';
import { isOpen } from './decision/decide.ts';

/*
 * An item that went on without a source waits for a person. Once the source is back it is thought about again, unless somebody is at
 * work on it: see ADR 0076.
 */

type Env = Pick<EnvFor<'approve/timekeeper'>, 'APPROVAL_TABLE' | 'CONTROL_TABLE'>;
type Waiting = Pick<
  ListedApproval,
  'id' | 'createdAt' | 'facts' | 'times' | 'claim' | 'votes' | 'attentionCheck'
>;

/** Items in a minute: a source that has just come back is not run over. The rest waits for the next minute. */
export const MOST_COMPLETED = 20;

/** Closes the open approvals of items that can be completed now, the oldest first. Two timekeepers close each of them once. */
export async function complete(env: Env, waiting: readonly Waiting[]): Promise<void> {
  const due = waiting.filter(isDue).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  if (due.length === 0) return;
  const names = [...new Set(due.flatMap(({ facts }) => facts.missing ?? []))];
  const views = await readBreakers(
    env.CONTROL_TABLE,
    names.map((name) => ({ kind: 'source', name })),
  );
  const back = new Map(views.map((view) => [view.name, healthOf(view)]));
  let left = MOST_COMPLETED;
  for (const { id, facts } of due) {
    const { missing = [] } = facts;
    if (left === 0) return;
    if (missing.some((name) => back.get(name) === 'down')) continue;
    if (!(await close(env.APPROVAL_TABLE, id))) continue;
    left -= 1;
    // One item tries the source; the others follow when it has answered.
    for (const name of missing) if (back.get(name) === 'untried') back.set(name, 'down');
  }
}

function isDue(row: Waiting): boolean {
  const { facts, createdAt, attentionCheck } = row;
  const minutes = COMPLETES_AFTER_MINUTES[facts.completions ?? 0];
  if (!facts.missing?.length || minutes === undefined || attentionCheck) return false;
  return clock.now() - Date.parse(createdAt) >= minutes * 60_000 && !isTaken(row);
}

/** Whether somebody has it in hand, or has said something about it: what people did stays with people. */
function isTaken({ claim, votes }: Pick<ApprovalRow, 'claim' | 'votes'>): boolean {
  return (claim !== undefined && claim.until > isoNow()) || Object.keys(votes).length > 0;
}

const OF_PEOPLE: readonly string[] = ['approved', 'handed_over', 'undone'];

async function close(table: string, id: string): Promise<boolean> {
  try {
    const approval = await readApproval(table, id);
    if (!approval) return false;
    const { changed } = await amend(table, approval, (row) =>
      isOpen(row) && !isTaken(row) && !row.trail.some(({ event }) => OF_PEOPLE.includes(event))
        ? closed(row)
        : undefined,
    );
    if (changed) logger.info('completed', { approval: id });
    return changed;
  } catch (error) {
    // One that fails holds up no other; the next minute tries it again.
    logger.warn('not completed', { approval: id, reason: errorFacts(error).message });
    return false;
  }
}

/** As a person would send it back, carried by the same stream. It approves nothing, and is no remark. */
function closed(row: ApprovalRow): Amendment {
  const at = isoNow();
  return {
    set: {
      ...{ status: 'decided', decision: 'again', decidedBy: TIMEKEEPER, decidedAt: at, comment: COMPLETES },
      ...{ claim: undefined, phase: closedPhase(at), phaseAt: `${at}#${row.id}`, carriedAt: at },
    },
    trail: [entry('decided', { by: TIMEKEEPER, decision: 'again', comment: COMPLETES, digest: row.digest })],
  };
}
