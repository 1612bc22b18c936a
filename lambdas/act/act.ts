import type { SQSRecord } from 'aws-lambda';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ActionMessage } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { errorFacts, SystemError, where } from '../kit/errors.ts';
import type { Delivery } from '../kit/queue/handler.ts';
import { count, itemLogger } from '../kit/telemetry.ts';
import { whileShut } from '../outbound/permit.ts';
import { Waiting } from '../outbound/waiting-error.ts';
import { itemAndQuestion } from '../tables/items/items.ts';
import { changeAsSeen, isAtRest, isDoubtful, isGivenUp, isUnsure, OPEN } from '../tables/items/ledger.ts';
import { awaited } from '../tables/redrives/waiting.ts';
import { comeBack, isFinal, Wait } from './again.ts';
import { countedBefore, uncounted } from './counted.ts';
import { type Asked, type End, restOf } from './end.ts';
import { inOrder } from './in-order.ts';
import { waitAnew } from './waiting.ts';

type Env = EnvFor<'act/act'>;

/**
 * One message of the action queue: does each of the item's actions once, in their order, and ends it.
 * @param deadline when the function ends: a list that does not fit goes on by a message of its own
 */
export async function actOn(
  record: SQSRecord,
  env: Env,
  automation: Automation,
  { deadline = Number.POSITIVE_INFINITY }: Partial<Pick<Delivery, 'deadline'>> = {},
): Promise<void> {
  const message = JSON.parse(record.body) as ActionMessage;
  const { itemId, generation } = message;
  const log = itemLogger({ itemId, generation, stage: 'act' });
  const tables = { items: env.ITEM_TABLE, approvals: env.APPROVAL_TABLE };
  const [{ row, question }, before] = await Promise.all([
    itemAndQuestion(tables, itemId, generation),
    countedBefore(env, message, automation),
  ]).catch(async (error: unknown) => {
    await comeBack(env, record, error);
    throw error;
  });
  if (!row || row.generation !== generation || !OPEN.includes(row.status)) {
    log.info('stale message', { status: row?.status ?? 'absent' });
    // Whoever ended it without an action may have died before its room was given back.
    if (row && isGivenUp(row, generation)) await uncounted(env, row, automation);
    return;
  }
  if (message.woken && !(await isWoken(env, row))) return log.info('stale message', { status: row.status });
  const end: End = {
    with: async (error) => isAtRest(row, await changeAsSeen(env.ITEM_TABLE, row, OPEN, restOf(error))),
    givesBack: false,
  };
  const asked: Asked = { env, automation, message, end, deadline };
  try {
    // What has crashed every worker before would crash this one too.
    if (Number(record.attributes.ApproximateReceiveCount) >= Number(env.MAX_RECEIVES)) {
      end.givesBack = true;
      throw lastOf(row);
    }
    log.info(await inOrder({ row, question, before }, asked));
  } catch (error) {
    if (error instanceof Waiting) {
      if (!message.woken) await waitAnew(env, row, asked.message, error);
      return log.info('waits', { reason: error.message });
    }
    const facts = errorFacts(error);
    log.warn('not acted', { error: facts.class, reason: facts.message, at: where(error) });
    if (isFinal(error)) {
      // Where another delivery has begun, the room is its own.
      if ((await end.with(error)) && end.givesBack) await uncounted(env, row, automation);
      return;
    }
    if (error instanceof Wait) count('actionRetries', row.automation);
    // The message that it waits with is under way.
    if (message.woken) return;
    await comeBack(env, record, error);
    throw error;
  }
}

/** Not one that has gone on with its own message, or whose destination is down again. */
async function isWoken({ CONTROL_TABLE }: Env, row: ItemRow): Promise<boolean> {
  const destination = awaited(row);
  return destination !== undefined && !(await whileShut(CONTROL_TABLE, destination, { ...row, anew: true }));
}

function lastOf(row: ItemRow): SystemError {
  const there = isUnsure(row)
    ? 'ask there whether it acted'
    : isDoubtful(row)
      ? 'what is done stays done, and the rest was not'
      : 'nothing was done';
  return new SystemError(`no delivery of this action came to an end: ${there}`);
}
