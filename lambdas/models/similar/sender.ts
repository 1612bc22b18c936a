import type { Automation } from '../../contract/automation.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { mailboxOf, sha256 } from '../../kit/digest.ts';

/** Senders are counted in so many groups: a number of a group tells nobody who they are. */
const GROUPS = 64;

export function groupOf(sender: string): number {
  return Number.parseInt(sha256(`group|${sender}`).slice(0, 8), 16) % GROUPS;
}

/** Who an item comes from, as far as two of them must be told apart. Where nobody says so, each item is somebody's own. */
export function senderOf(
  { name, requester }: Pick<Automation, 'name' | 'requester'>,
  body: unknown,
  { id }: Pick<ItemRow, 'id'>,
): string {
  const who = requester?.(body);
  const plain = who?.normalize('NFKC').replaceAll(/\s+/g, ' ');
  return sha256(`sender|${name}|${plain === undefined ? id : mailboxOf(plain)}`).slice(0, 12);
}
