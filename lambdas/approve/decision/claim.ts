import type { ApprovalRow, Presence } from '../../contract/approval.ts';
import { clock } from '../../kit/clock.ts';
import { amend, entry } from './amend.ts';
import { claimedByOther, isOpen } from './decide.ts';
import { isLong } from './room.ts';

/** Claims an approval, so that two people do not read the same one. A claim expires by itself. */
export async function claim(
  table: string,
  approval: ApprovalRow,
  person: Presence,
  minutes: number,
): Promise<{ row: ApprovalRow; mine: boolean }> {
  const { row, changed } = await amend(table, approval, (now) => {
    if (!isOpen(now) || !now.asked[person.by] || claimedByOther(now, person.by) || isLong(now))
      return undefined;
    const until = new Date(clock.now() + minutes * 60_000).toISOString();
    return { set: { claim: { by: person.by, until } }, trail: [entry('claimed', { ...person })] };
  });
  return { row, mine: changed };
}

export async function release(
  table: string,
  approval: ApprovalRow,
  person: Presence,
): Promise<{ row: ApprovalRow; released: boolean }> {
  const { row, changed } = await amend(table, approval, (now) =>
    isOpen(now) && now.claim?.by === person.by
      ? { set: { claim: undefined }, trail: [entry('released', { ...person })] }
      : undefined,
  );
  return { row, released: changed };
}
