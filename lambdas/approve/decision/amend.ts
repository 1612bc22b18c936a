import { type ApprovalRow, closedPhase, type TrailEntry } from '../../contract/approval.ts';
import { isoNow, sleep } from '../../kit/clock.ts';
import { TransientError } from '../../kit/errors.ts';
import { type Amendment, changeApproval, readApproval } from '../../tables/approvals/approvals.ts';
import { withdrawnEntry } from '../../tables/items/withdrawal.ts';
import { roomyTrail } from './room.ts';

export interface Amended {
  row: ApprovalRow;
  changed: boolean;
}

/** More collisions mean a fault, not other writers. Each wait has another length. */
const ROUNDS = 24;
const LONGEST_PAUSE_MS = 100;

/**
 * The only way to change an approval: read, decide from what was read, write if it is unchanged; otherwise
 * start again. It puts two simultaneous clicks in order. `change` returns undefined to change nothing.
 * @throws TransientError if other writers keep getting in first
 */
export async function amend(
  table: string,
  approval: ApprovalRow,
  change: (row: ApprovalRow) => Amendment | undefined,
): Promise<Amended> {
  let row = approval;
  for (let round = 0; round < ROUNDS; round += 1) {
    const amendment = change(row);
    if (!amendment) return { row, changed: false };
    const kept = roomyTrail(row, amendment.set, amendment.trail);
    const written = await changeApproval(table, row, amendment, kept);
    if (written) return { row: written, changed: true };
    await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * (round + 1)));
    const now = await readApproval(table, row.id);
    if (!now) return { row, changed: false };
    row = now;
  }
  throw new TransientError(`approval '${approval.id}' is being changed by too many at once`);
}

export function entry(event: TrailEntry['event'], facts: Omit<TrailEntry, 'at' | 'event'> = {}): TrailEntry {
  return { at: isoNow(), event, ...facts };
}

/** Expires an approval that nobody decided. Never approves. */
export function expired(row: ApprovalRow, facts: Pick<TrailEntry, 'by'> = {}): Amendment {
  const at = isoNow();
  return {
    set: { status: 'expired', phase: closedPhase(at), phaseAt: `${at}#${row.id}`, claim: undefined },
    trail: [entry('expired', facts)],
  };
}

/** Closes an approval whose item was withdrawn. Never approves. */
export function withdrawn(row: ApprovalRow, says: Parameters<typeof withdrawnEntry>[0]): Amendment {
  const at = isoNow();
  return {
    set: { status: 'withdrawn', phase: closedPhase(at), phaseAt: `${at}#${row.id}`, claim: undefined },
    trail: [withdrawnEntry(says)],
  };
}
