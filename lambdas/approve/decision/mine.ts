import { type ApprovalSettings, mayStill } from '../../contract/approval-settings.ts';
import { isoNow } from '../../kit/clock.ts';
import { personHash } from '../../kit/digest.ts';
import type { ListedApproval } from '../../tables/indexes.ts';

/** Whether an approval waits for this person: asked, still allowed, not answered yet, and nobody else is on it. */
export function waitsFor(row: ListedApproval, email: string, settings: ApprovalSettings): boolean {
  const now = isoNow();
  if (row.status !== 'pending' || row.times.closesAt <= now || !Object.hasOwn(row.asked, email)) return false;
  if (!mayStill(settings, email, row.asked[email]) || row.votes[email]) return false;
  const claimed = row.claim !== undefined && row.claim.by !== email && row.claim.until > now;
  return !claimed && row.facts.requester !== personHash(email);
}
