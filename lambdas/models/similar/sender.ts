import type { Automation } from '../../contract/automation.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { mailboxOf, sha256 } from '../../kit/digest.ts';

/** Who an item comes from, as far as two of them must be told apart. Where nobody says so, each item is somebody's own. */
export function senderOf(
  { name, requester }: Pick<Automation, 'name' | 'requester'>,
  body: unknown,
  { id }: Pick<ItemRow, 'id'>,
): string {
  const who = requester?.(body);
  return sha256(`sender|${name}|${who === undefined ? id : mailboxOf(who)}`).slice(0, 12);
}
