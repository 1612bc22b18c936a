import { TIMEKEEPER } from '../contract/approval.ts';
import type { ApprovalSettings } from '../contract/approval-settings.ts';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ApprovalCommand } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { FINAL } from '../contract/item/status.ts';
import { afterWorkingMinutes } from '../kit/calendar.ts';
import { clock, isoNow } from '../kit/clock.ts';
import { send } from '../kit/queue/send.ts';
import { count, logger } from '../kit/telemetry.ts';
import { tellAlarm } from '../tables/alarms/told.ts';
import type { ListedApproval } from '../tables/indexes.ts';
import { getItem } from '../tables/items/items.ts';
import { isBroken, type Look, toLookAt, writeLook } from '../tables/promises/promises.ts';

/*
 * What an automation promises by label: the item has ended by then, whatever it waits for. A broken promise stands on the timeline,
 * alarms, and asks the second group where a person is asked.
 */

type Env = Pick<EnvFor<'approve/timekeeper'>, 'ITEM_TABLE' | 'APPROVALS_QUEUE_URL' | 'CONTROL_TABLE'>;
type Waiting = Pick<ListedApproval, 'id' | 'escalatedAt'>;

/** Items of one automation in a minute; the rest waits for the next one. */
export const MOST_LOOKS = 200;
const AT_ONCE = 20;

/** Looks at the promises of an automation that may be broken by now. */
export async function keepPromises(
  env: Env,
  calendars: ApprovalSettings['calendars'],
  automation: Pick<Automation, 'name' | 'promise'>,
  waiting: readonly Waiting[],
): Promise<void> {
  if (!automation.promise?.byLabel) return;
  const ids = await toLookAt(env.ITEM_TABLE, automation.name, isoNow(), MOST_LOOKS);
  const open = new Map(waiting.map((it) => [it.id, it]));
  let broken = 0;
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const looked = await Promise.all(
      ids.slice(from, from + AT_ONCE).map(async (id) => {
        const row = await getItem(env.ITEM_TABLE, id);
        if (!row?.promisedUntil) return false;
        const look = lookAt(row, automation, calendars);
        // Before the write: a clock that dies between them asks again, and the second group is asked once.
        if (look.kind === 'broken') await escalate(env, open.get(row.approvalId ?? ''));
        return (await writeLook(env.ITEM_TABLE, row, look)) && isBroken(look);
      }),
    );
    broken += looked.filter(Boolean).length;
  }
  if (broken === 0) return;
  count('promisesBroken', automation.name, broken);
  await tellAlarm(env.CONTROL_TABLE, 'promises/broken', automation.name, broken);
  logger.warn('promises broken', { automation: automation.name, items: broken });
}

/** How an item stands to what its label promises. */
export function lookAt(
  row: ItemRow,
  { promise }: Pick<Automation, 'promise'>,
  calendars: ApprovalSettings['calendars'],
): Look {
  const byLabel = promise?.byLabel ?? {};
  const own = row.label !== undefined && Object.hasOwn(byLabel, row.label) ? byLabel[row.label] : undefined;
  // Without a label nobody knows yet; a label that is not named is promised nothing.
  const counted = row.label === undefined ? Object.values(byLabel) : own ? [own] : [];
  if (counted.length === 0) return { kind: 'nothing' };
  const received = Date.parse(row.receivedAt);
  const due = Math.max(
    ...counted.map(({ minutes, calendar }) =>
      afterWorkingMinutes(received, minutes, calendar === undefined ? undefined : calendars[calendar]),
    ),
  );
  const dueAt = new Date(due).toISOString();
  const ended = endOf(row);
  if (ended !== undefined) return { kind: 'ended', dueAt, met: ended <= dueAt };
  return due > clock.now() ? { kind: 'later', dueAt } : { kind: 'broken', dueAt };
}

function endOf({ status, timeline, updatedAt }: ItemRow): string | undefined {
  if (!FINAL.includes(status)) return undefined;
  return timeline.findLast((it) => it.event === status)?.at ?? updatedAt;
}

async function escalate(env: Env, approval: Waiting | undefined): Promise<void> {
  if (!approval || approval.escalatedAt) return;
  const command: ApprovalCommand = { approvalId: approval.id, command: 'escalate', by: TIMEKEEPER };
  await send(env.APPROVALS_QUEUE_URL, command);
}
