import type { Asked } from '../../contract/approval.ts';
import { type ApprovalSettings, approverOf } from '../../contract/approval-settings.ts';
import { isoNow } from '../../kit/clock.ts';
import { personHash } from '../../kit/digest.ts';
import { readAway } from '../../tables/control/away.ts';

/**
 * Whom a group's question goes to: its members; for one who is away, the delegate they named; never who asked for the work. Each
 * is asked once, on whichever way they come in.
 */
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
    // Nor whoever they have chosen to stand in for them.
    if (requester === personHash(person) || requester === personHash(email)) continue;
    // A member is asked as a member, also where they stand in for somebody.
    if (delegate) asked[person] ??= { group, via: `for ${email}, who is away` };
    else asked[person] = { group, via: '' };
  }
  return asked;
}

/** Who stands in for somebody just now. A delegate who has left the configuration decides nothing any more. */
export async function delegateOf(
  controlTable: string,
  settings: ApprovalSettings,
  email: string,
): Promise<string | undefined> {
  const away = await readAway(controlTable, email, isoNow());
  return away && approverOf(settings, away.delegate)?.email;
}
