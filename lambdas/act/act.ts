import type { SQSRecord } from 'aws-lambda';
import type { ApprovalRow } from '../contract/approval.ts';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ActionMessage } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { thoughtIn } from '../contract/item/timeline.ts';
import type { Destination } from '../contract/neighbour.ts';
import {
  errorFacts,
  InputError,
  ProcessingError,
  SystemError,
  TransientError,
  where,
} from '../kit/errors.ts';
import { count, itemLogger } from '../kit/telemetry.ts';
import { traced } from '../kit/trace.ts';
import { Waiting } from '../outbound/waiting-error.ts';
import { type ItemChange, itemAndQuestion, restChange } from '../tables/items/items.ts';
import {
  changeAsSeen,
  isAtRest,
  isDoubtful,
  isGivenUp,
  Ledger,
  OPEN,
  type Standing,
} from '../tables/items/ledger.ts';
import { comeBack, GaveUp, isFinal, nextTry, Wait } from './again.ts';
import { mayHaveActed, Unknown } from './answer.ts';
import { type Before, counted, countedBefore, uncounted } from './counted.ts';
import { call, enterDestination, reportAnswer } from './destination.ts';
import { permitted, withValues } from './permission.ts';
import { hasWaitedLong, waitAnew } from './waiting.ts';

type Env = EnvFor<'act/act'>;

/** One message of the action queue: does the action once, and ends its item. */
export async function actOn(record: SQSRecord, env: Env, automation: Automation): Promise<void> {
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
  const end: End = {
    with: async (error) => isAtRest(row, await changeAsSeen(env.ITEM_TABLE, row, OPEN, restOf(error))),
    givesBack: false,
  };
  try {
    // What has crashed every worker before would crash this one too.
    if (Number(record.attributes.ApproximateReceiveCount) >= Number(env.MAX_RECEIVES)) {
      end.givesBack = true;
      throw lastOf(row);
    }
    log.info(await actOnce({ row, question, before }, env, automation, message, end));
  } catch (error) {
    if (error instanceof Waiting) {
      await waitAnew(env, row, message, error);
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
    await comeBack(env, record, error);
    throw error;
  }
}

function lastOf(row: ItemRow): SystemError {
  const there = isDoubtful(row) ? 'ask there whether it acted' : 'nothing was done';
  return new SystemError(`no delivery of this action came to an end: ${there}`);
}

interface End {
  /** Writes why the item rests. False if an action of it may have been done, or may yet. */
  with: (error: unknown) => Promise<boolean>;
  /** With it ends an action that never began, and was counted. */
  givesBack: boolean;
}

function restOf(error: unknown): ItemChange {
  const facts = errorFacts(error);
  return restChange(facts.class === 'InputError' ? 'quarantined' : 'parked', facts, 'act');
}

/** @returns what the log says */
async function actOnce(
  { row, question, before }: { row: ItemRow; question: ApprovalRow | undefined; before: Before },
  env: Env,
  automation: Automation,
  asked: ActionMessage,
  end: End,
): Promise<string> {
  const { document: kept, digest } = await permitted(env, { row, question }, automation);
  // The destination gets the values: here, and nowhere before.
  const document = await withValues(env, row, kept);
  const destination = (JSON.parse(env.DESTINATIONS) as Record<string, Destination>)[document.destination];
  if (!destination) throw new SystemError(`this function may not call '${document.destination}'`);
  const repeatable = destination.idempotent;
  const ledger = new Ledger(env.ITEM_TABLE, row, { name: document.action, digest, repeatable });
  end.with = (error) => ledger.rest(restOf(error));
  // What is done, or in other hands, needs neither a permit nor room.
  if (ledger.standing) return stood(ledger, ledger.standing, document.destination);

  const permit = await enterDestination(env.CONTROL_TABLE, destination, row).catch(async (error: unknown) => {
    if (!(error instanceof Waiting && hasWaitedLong(asked))) throw error;
    end.givesBack = true;
    throw new GaveUp(error.message);
  });
  const limits = await counted(env, row, document, automation, before);
  const begun = await ledger.begin();
  if (begun.state === 'gone') {
    // A run that was resumed carries out the same proposal, and what is counted for it.
    const resumed = begun.row.generation > row.generation && thoughtIn(begun.row) === document.generation;
    if (!begun.doubtful && !resumed) await limits.giveBack();
    return 'the item went on without this action';
  }
  if (begun.state !== 'begun') return stood(ledger, begun, document.destination);

  const { attempt, repeated, unsure, until } = begun;
  const body = { ...document.parameters, action: document.action };
  const looks = automation.actions[document.action] ?? {};
  const request = { item: row.id, idempotencyKey: ledger.key, body, looks, repeated, until };
  const result = await traced(
    `destination ${document.destination}`,
    { itemId: row.id, action: document.action },
    () => call(destination, request),
  ).catch(async (answer: unknown) => {
    const error = unsure ? doubted(answer) : answer;
    const doubtful = unsure || mayHaveActed(error);
    // Only a destination that takes our key may be called again in doubt; otherwise the intent stands.
    const stands = mayHaveActed(error) && !repeatable;
    const waits = permit.probe && !hasWaitedLong(asked);
    const next = stands ? unknown(error) : nextTry(env, error, attempt, waits);
    const { message } = errorFacts(isFinal(next) ? next : error);
    if (isFinal(next)) {
      if (await ledger.ended(restOf(next), message, doubtful, stands)) await limits.giveBack();
      end.with = async () => false;
    } else await ledger.failed(message, doubtful);
    await reportAnswer(env.CONTROL_TABLE, destination, permit, answer);
    throw next;
  });
  await ledger.done(result);
  count('actionsDone', row.automation);
  await reportAnswer(env.CONTROL_TABLE, destination, permit);
  return 'acted';
}

/** What is to be done where there may be no call now. */
async function stood(ledger: Ledger, standing: Standing, destination: string): Promise<string> {
  if (standing.state === 'busy') throw new Wait('another delivery is acting', standing.seconds);
  if (standing.state === 'unknown')
    throw new ProcessingError(`a worker died while calling '${destination}': ask there whether it acted`);
  await ledger.done(standing.result);
  return 'acted before';
}

/** A refusal after a call without a clear answer does not say what became of that call. */
function doubted(error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  return new Unknown(`${error.message}, but after a try without an answer: ask there whether it acted`);
}

function unknown(error: unknown): unknown {
  return error instanceof TransientError ? new Unknown(error.message, { cause: error }) : error;
}
