import type { Automation } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { WorkMessage } from '../../contract/item/messages.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { type HoldNote, heldNow, heldWhole } from '../../tables/control/hold.ts';
import { getItem } from '../../tables/items/items.ts';
import { toWork } from '../../tables/items/lanes.ts';
import { leaseLeft } from '../../tables/items/lease.ts';
import { type Held, hold, isEarly, isReplaced } from '../waiting.ts';

/*
 * While an operator holds an automation, what has not begun is suspended in its row, and `resume` finds it there. What a person sent
 * back, or an operator wants thought about anew, keeps the row that says so: its message is sent anew instead.
 */

/** How soon a message is there again whose item says nothing of the hold. */
const LOOK_SECONDS = 60;

/** What waits under each mode. What is begun is finished by `drain`. */
const WAITS: Readonly<Record<HoldNote['mode'], readonly ItemStatus[]>> = {
  suspend: ['received', 'processing', 'deferred', 'suspended'],
  drain: ['received', 'deferred', 'suspended'],
};

/** The item whose message ends here because an operator holds its automation; undefined where the message goes its way. */
export async function whileHeld(
  env: EnvFor<'process/process'>,
  { name }: Pick<Automation, 'name'>,
  message: WorkMessage,
): Promise<{ row: ItemRow; outcome: Held } | undefined> {
  const note = await heldNow(env.CONTROL_TABLE, name, heldWhole);
  if (!note) return undefined;
  const row = await getItem(env.ITEM_TABLE, message.itemId);
  // What is in hand is thought through; what is judged or still to be read has a way of its own.
  if (row?.generation !== message.generation || row.unread || leaseLeft(row) > 0) return undefined;
  if (isSentBack(row, message) ? note.mode === 'suspend' : isToRethink(row)) {
    const { itemId: _, generation: __, ...more } = message;
    await toWork(env, row, { ...more, delaySeconds: LOOK_SECONDS });
    return { row, outcome: 'postponed' };
  }
  if (message.again || row.verdict || !WAITS[note.mode].includes(row.status)) return undefined;
  const waits = row.wait?.for === 'hold' && row.wait.generation === row.generation;
  if (isReplaced(row, message) || (waits && isEarly(message, row.wait?.until ?? '')))
    return { row, outcome: 'duplicate' };
  await hold(env, { row, calls: [] }, note);
  return { row, outcome: 'postponed' };
}

function isToRethink({ status, rethinks, generation }: ItemRow): boolean {
  return status === 'received' && rethinks === generation;
}

/** Whether this message is to begin what a person sent back, and nobody has. */
function isSentBack({ status }: ItemRow, { again }: WorkMessage): boolean {
  return again === true && (status === 'waiting_approval' || status === 'processing');
}
