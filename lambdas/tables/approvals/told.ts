import { absent, all, atMost, either, update } from '../../kit/dynamo/rows.ts';

/*
 * Who was told that what they approved was not done. Beside the secrets of the approval, and not in its row: a change of
 * that row would be carried to the run.
 */

interface ToldRow {
  id: string;
  /** ISO 8601: somebody is sending until then. */
  until?: string;
  at?: string;
  expiresAt: number;
}

const keyOf = (approvalId: string, person: string) => `told#${approvalId}#${person}`;

/** Takes the telling of one person. False if they were told, or are being told. @param person hash of their address */
export function claimTelling(
  table: string,
  { approvalId, person }: { approvalId: string; person: string },
  { now, until, expiresAt }: { now: string; until: string; expiresAt: number },
): Promise<boolean> {
  return update<ToldRow>(table, keyOf(approvalId, person), {
    set: { until, expiresAt },
    when: all(absent('at'), either(absent('until'), atMost('until', now))),
  });
}

/** Ends the telling: told at that time, or free for another try. */
export async function endTelling(
  table: string,
  { approvalId, person }: { approvalId: string; person: string },
  at: string | undefined,
): Promise<void> {
  await update<ToldRow>(table, keyOf(approvalId, person), { set: at ? { at } : {}, remove: ['until'] });
}
