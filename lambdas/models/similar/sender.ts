import type { Automation } from '../../contract/automation.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { mailboxOf, sha256 } from '../../kit/digest.ts';

/** Senders are counted in so many groups: a number of a group tells nobody who they are. */
const GROUPS = 64;

/** Whether a mail may come from anybody (`intake/doors/mail/share.ts`): then whoever it names need not have sent it. */
export function isAnybodys({ share }: { share?: number | undefined }): boolean {
  return share === 0;
}

export function groupOf(sender: string): number {
  return Number.parseInt(sha256(`group|${sender}`).slice(0, 8), 16) % GROUPS;
}

/**
 * Who an item comes from, as far as two of them must be told apart: the requester, else a mail's share. Mails that anybody may have sent are
 * one sender's, whomever they name. Where nobody says anything, each item is somebody's own.
 */
export function senderOf(
  { name, requester }: Pick<Automation, 'name' | 'requester'>,
  body: unknown,
  { id, share }: Pick<ItemRow, 'id'> & { share?: number | undefined },
): string {
  const named = isAnybodys({ share }) ? undefined : requester?.(body);
  const who = named === undefined ? undefined : mailboxOf(named.normalize('NFKC').replaceAll(/\s+/g, ' '));
  return sha256(`sender|${name}|${who ?? (share === undefined ? id : `share ${share}`)}`).slice(0, 12);
}
