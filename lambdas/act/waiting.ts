import type { EnvFor } from '../contract/env.ts';
import type { ActionMessage } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { clock, isoNow } from '../kit/clock.ts';
import { send } from '../kit/queue/send.ts';
import type { Waiting } from '../outbound/waiting-error.ts';
import { changeItem, event } from '../tables/items/items.ts';
import { OPEN } from '../tables/items/ledger.ts';

/** How long a destination is waited for. */
const MOST_WAITING_MS = 10 * 3_600_000;

/** Whether its destination has been waited for as long as it may be. A time that is none counts as over. */
export function hasWaitedLong({ waitingSince = isoNow() }: ActionMessage): boolean {
  return !(clock.now() - Date.parse(waitingSince) < MOST_WAITING_MS);
}

/** Sends the message anew: waiting costs no receive and no attempt. */
export async function waitAnew(
  env: EnvFor<'act/act'>,
  row: ItemRow,
  message: ActionMessage,
  { message: reason, lookSeconds }: Waiting,
): Promise<void> {
  const { waitingSince = isoNow() } = message;
  await send(env.ACTION_QUEUE_URL, { ...message, waitingSince }, lookSeconds);
  if (!wasToldToday(row))
    await changeItem(env.ITEM_TABLE, row, OPEN, { events: [event('waiting', { stage: 'act', reason })] });
}

/* It may wait thousands of times, and its row is bounded. */
function wasToldToday({ timeline }: ItemRow): boolean {
  const day = isoNow().slice(0, 10);
  return timeline.some(
    ({ event: name, stage, at }) => name === 'waiting' && stage === 'act' && at.startsWith(day),
  );
}
