import type { EnvFor } from '../contract/env.ts';
import type { ActionMessage } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { clock, isoNow } from '../kit/clock.ts';
import { send } from '../kit/queue/send.ts';
import { Waiting } from '../outbound/waiting-error.ts';
import { type HoldNote, heldAction, heldNow } from '../tables/control/hold.ts';
import { changeItem, event } from '../tables/items/items.ts';
import { OPEN } from '../tables/items/ledger.ts';
import { waitsOn } from '../tables/redrives/waiting.ts';

/** How long a destination is waited for. */
const MOST_WAITING_MS = 10 * 3_600_000;

/** Whether its destination has been waited for as long as it may be. A time that is none counts as over. */
export function hasWaitedLong({ waitingSince = isoNow() }: ActionMessage): boolean {
  return !(clock.now() - Date.parse(waitingSince) < MOST_WAITING_MS);
}

/** An operator holds the action: what it waited for before begins anew then, and this wait has no end of its own. */
class OnHold extends Waiting {
  readonly note: HoldNote;
  constructor(note: HoldNote) {
    super(`an operator holds it: ${note.reason}`, HELD_LOOK_SECONDS);
    this.note = note;
  }
}

const HELD_LOOK_SECONDS = 60;

/** @throws OnHold while an operator holds everything or this action */
export async function notHeld(
  env: Pick<EnvFor<'act/act'>, 'CONTROL_TABLE'>,
  { automation }: ItemRow,
  action: string,
): Promise<void> {
  const note = await heldNow(env.CONTROL_TABLE, automation, (held) => heldAction(held, action));
  if (note) throw new OnHold(note);
}

/** Sends the message anew: waiting costs no receive and no attempt. */
export async function waitAnew(
  env: EnvFor<'act/act'>,
  row: ItemRow,
  message: ActionMessage,
  waiting: Waiting,
): Promise<void> {
  if (waiting instanceof OnHold) return waitHeld(env, row, message, waiting);
  const { message: reason, lookSeconds } = waiting;
  const { waitingSince = isoNow() } = message;
  await send(env.ACTION_QUEUE_URL, { ...message, waitingSince }, lookSeconds);
  const events = wasToldToday(row) ? [] : [event('waiting', { stage: 'act', reason })];
  const waits = waiting.open ? waitsOn(row, waiting) : {};
  if (events.length > 0 || waits.set) await changeItem(env.ITEM_TABLE, row, OPEN, { ...waits, events });
}

async function waitHeld(
  env: EnvFor<'act/act'>,
  row: ItemRow,
  { itemId, generation }: ActionMessage,
  { note: { by, at, reason }, lookSeconds }: OnHold,
): Promise<void> {
  await send(env.ACTION_QUEUE_URL, { itemId, generation }, lookSeconds);
  const told = row.timeline.some((it) => it.event === 'waiting' && it.by === by && it.since === at);
  const says = event('waiting', { stage: 'act', by, since: at, reason });
  if (!told) await changeItem(env.ITEM_TABLE, row, OPEN, { events: [says] });
}

/* It may wait thousands of times, and its row is bounded. */
function wasToldToday({ timeline }: ItemRow): boolean {
  const day = isoNow().slice(0, 10);
  return timeline.some(
    ({ event: name, stage, at, since }) =>
      name === 'waiting' && stage === 'act' && since === undefined && at.startsWith(day),
  );
}
