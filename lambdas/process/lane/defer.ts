import type { Automation } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { WorkMessage } from '../../contract/item/messages.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { clock } from '../../kit/clock.ts';
import {
  backAt,
  DEFER_SECONDS,
  delayUntil,
  MOST_DEFERRED_SECONDS,
  whyLowWaits,
} from '../../tables/control/backlog.ts';
import { type Held, isEarly, isReplaced, postpone, SLACK_SECONDS } from '../waiting.ts';

/** Postpones a deferred item again while it has to give way, a day at most; false if it goes on. */
export async function stillDeferred(
  env: EnvFor<'process/process'>,
  row: ItemRow,
  automation: Automation,
  message: WorkMessage,
): Promise<false | Held> {
  const { status, deferredUntil } = row;
  if (status !== 'deferred' || !deferredUntil) return false;
  if (isReplaced(row, message)) return 'duplicate';
  const inBatch = row.wait?.for === 'batch' && row.wait.generation === row.generation;
  if (clock.now() >= Date.parse(row.receivedAt) + MOST_DEFERRED_SECONDS * 1000) return false;
  const wait = async (until: number): Promise<Held> => {
    const set = { deferredUntil: new Date(until).toISOString() };
    const change = { from: ['deferred'] as const, to: 'deferred' as const, set, events: [] };
    await postpone(env, { row, calls: [] }, delayUntil(until), change);
    return 'postponed';
  };
  const until = Date.parse(deferredUntil);
  // Its answer is there, or it is to ask at once; unless others go first, who are waited for as ever.
  if (inBatch)
    return (await whyLowWaits(env.CONTROL_TABLE, automation))
      ? wait(await backAt(env.CONTROL_TABLE, automation))
      : false;
  if (until > clock.now() + SLACK_SECONDS * 1000 && isOwn(row, message)) return wait(until);
  if (!(await whyLowWaits(env.CONTROL_TABLE, automation))) return false;
  if (isEarly(message, deferredUntil)) return 'duplicate';
  return wait(await backAt(env.CONTROL_TABLE, automation));
}

/**
 * Whether the message is the one that carries the item on, though it comes before its time: no message waits longer than SQS lets it.
 * One from intake has no ticket; it is the item's own only where the item's turn was out of its reach.
 */
function isOwn({ ticket, deferredUntil = '', receivedAt }: ItemRow, message: WorkMessage): boolean {
  if (message.ticket !== undefined || ticket !== undefined) return message.ticket === ticket;
  return Date.parse(deferredUntil) > Date.parse(receivedAt) + (DEFER_SECONDS + SLACK_SECONDS) * 1000;
}
