import type { Asked } from '../../contract/approval.ts';
import { type ApprovalSettings, approverOf } from '../../contract/approval-settings.ts';
import { isoNow } from '../../kit/clock.ts';
import { personHash } from '../../kit/digest.ts';
import { readAway } from '../../tables/control/away.ts';

/** A group's members; for an absent one, the delegate; never the requester. Each person is asked once. */
export async function invitees(
  controlTable: string,
  settings: ApprovalSettings,
  requester: string | undefined,
  group: string,
): Promise<Record<string, Asked>> {
  const asked: Record<string, Asked> = {};
  for (const { email } of settings.groups[group] ?? []) {
    const delegate = await delegateOf(controlTable, settings, email);
    const person = delegate ?? email;
    if (requester === personHash(person) || requester === personHash(email)) continue;
    // A member is asked as a member, even if they also stand in for somebody.
    if (delegate) asked[person] ??= { group, via: `for ${email}, who is away` };
    else asked[person] = { group, via: '' };
  }
  return asked;
}

/** The current delegate of an absent member. A delegate who has left the configuration decides nothing. */
export async function delegateOf(
  controlTable: string,
  settings: ApprovalSettings,
  email: string,
): Promise<string | undefined> {
  const away = await readAway(controlTable, email, isoNow());
  return away && approverOf(settings, away.delegate)?.email;
}
