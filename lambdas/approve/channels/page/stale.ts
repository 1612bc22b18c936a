import { type ApprovalRow, roundOf } from '../../../contract/approval.ts';
import { shownTime } from '../../../pages/layout.ts';
import { OLD_PAGE } from './faults.ts';

interface Made {
  digest: string;
  round: number;
}

/** Why a form of ours is no longer valid. `isOurs`: whether it was made for that document in that round. */
export function staleFault(row: ApprovalRow, isOurs: (made: Made) => boolean): string {
  const digests = new Set([row.digest, row.askedDigest, ...row.trail.map(({ digest = '' }) => digest)]);
  const rounds = Array.from({ length: roundOf(row) + 1 }, (_, round) => round);
  const made = [...digests].flatMap((digest) => rounds.map((round) => ({ digest, round }))).find(isOurs);
  if (!made) return OLD_PAGE;
  const undone = row.trail.findLast(({ event }) => event === 'undone');
  if (made.round < roundOf(row) && undone) {
    return `${undone.by} undid the decision at ${shownTime(undone.at)}, and your page is older. Please read the proposal again and decide.`;
  }
  const edited = row.trail.findLast(({ edits }) => edits !== undefined);
  if (!edited || made.digest === row.digest) return OLD_PAGE;
  const changes = row.edits?.map(({ field, from, to }) => `${field} from ${from} to ${to}`).join(', ');
  return `${edited.by} changed the proposal while you read it (${changes ?? 'back to the original'}). Please read it again and decide.`;
}
