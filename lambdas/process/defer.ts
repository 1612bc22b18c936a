import type { EnvFor } from '../contract/env.ts';
import type { WorkMessage } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { clock } from '../kit/clock.ts';
import { DEFER_SECONDS, MOST_DEFERRED_SECONDS, readBehind } from '../tables/control/backlog.ts';
import { type Held, isEarly, isReplaced, postpone } from './waiting.ts';

/** Postpones a deferred item again while approvers are behind, a day at most; false if it goes on. */
export async function stillDeferred(
  env: EnvFor<'process/process'>,
  row: ItemRow,
  message: WorkMessage,
): Promise<false | Held> {
  const { status, deferredUntil } = row;
  if (status !== 'deferred' || !deferredUntil) return false;
  if (isReplaced(row, message)) return 'duplicate';
  if (clock.now() >= Date.parse(row.receivedAt) + MOST_DEFERRED_SECONDS * 1000) return false;
  if (!(await readBehind(env.CONTROL_TABLE, row.automation))) return false;
  if (isEarly(message, deferredUntil)) return 'duplicate';
  const next = new Date(clock.now() + DEFER_SECONDS * 1000).toISOString();
  const set = { deferredUntil: next };
  await postpone(env, { row, calls: [] }, DEFER_SECONDS, {
    from: ['deferred'],
    to: 'deferred',
    set,
    events: [],
  });
  return 'postponed';
}
