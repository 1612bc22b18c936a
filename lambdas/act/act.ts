import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ActionMessage } from '../contract/item/messages.ts';
import type { ActionRecord, ItemRow } from '../contract/item/row.ts';
import type { Destination } from '../contract/neighbour.ts';
import { sqs } from '../kit/aws.ts';
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
import { type Beginning, Ledger } from '../tables/idempotency/ledger.ts';
import { changeItem, event, getItem, restChange } from '../tables/items/items.ts';
import { isRunning, SUPERSEDED, startClaimed, taskFailed, wakeOrResume } from '../tables/items/runs.ts';
import { type CallResult, mayHaveActed, Unknown } from './answer.ts';
import { counted, uncounted } from './counted.ts';
import { call, enterDestination, reportAnswer } from './destination.ts';
import { permitted } from './permission.ts';
import { hasWaitedLong, OPEN, waitAnew } from './waiting.ts';

type Env = EnvFor<'act/act'>;

/** One message of the action queue: does the action once, then answers the execution that waits for it. */
export async function actOn(record: SQSRecord, env: Env, automation: Automation): Promise<void> {
  const message = JSON.parse(record.body) as ActionMessage;
  const { itemId, generation } = message;
  const log = itemLogger({ itemId, generation, stage: 'act' });
  const row = await getItem(env.ITEM_TABLE, itemId);
  if (!row || row.generation !== generation || !OPEN.includes(row.status)) {
    log.info('stale message', { status: row?.status ?? 'absent' });
    if (row && row.generation > generation && OPEN.includes(row.status))
      await startClaimed(row, decisionOf(row));
    if (row?.generation === generation && row.status === 'withdrawn') await uncounted(env, row, automation);
    // Whoever waits under this token waits in vain.
    await taskFailed(message.taskToken, SUPERSEDED);
    return;
  }
  // Minutes have passed since the run asked: it may have been stopped meanwhile.
  const waited = message.waitingSince !== undefined || Number(record.attributes.ApproximateReceiveCount) > 1;
  try {
    const result = await actOnce(row, env, automation, message);
    count('actionsDone', row.automation);
    const woken = await wakeOrResume(env.ITEM_TABLE, row, message.taskToken, result, decisionOf(row), waited);
    log.info('acted', { status: result.status, execution: woken });
  } catch (error) {
    if (error instanceof Waiting) {
      await waitAnew(env, row, message, error);
      log.info('waits', { reason: error.message });
      return;
    }
    const facts = errorFacts(error);
    log.warn('not acted', { error: facts.class, reason: facts.message, at: where(error) });
    if (error instanceof Wait) {
      count('actionRetries', row.automation);
      await comeBack(env, record, error.seconds);
      throw error;
    }
    // A neighbour inside AWS faltered: the message comes again, and the ledger knows what was done.
    if (!isFinal(error)) throw error;
    const there = !waited || (row.executionArn && (await isRunning(row.executionArn)));
    if (there && (await taskFailed(message.taskToken, facts))) return;
    await changeItem(env.ITEM_TABLE, row, OPEN, restChange('parked', facts, 'act'));
  }
}

function decisionOf(row: ItemRow): 'none' | 'approve' {
  return row.verdict === 'ask' ? 'approve' : 'none';
}

async function actOnce(row: ItemRow, env: Env, automation: Automation, asked: ActionMessage) {
  const { document, digest: shown } = await permitted(env, row, automation);
  const destination = (JSON.parse(env.DESTINATIONS) as Record<string, Destination>)[document.destination];
  if (!destination) throw new SystemError(`this function may not call '${document.destination}'`);

  // The same proposal of the same item is the same action, in whichever generation it is carried out.
  const key = `${row.id}-${shown.slice(0, 16)}`;
  const action: ActionRecord = { name: document.action, status: 'acting', idempotencyKey: key };
  const ledger = new Ledger<CallResult>(env.IDEMPOTENCY_TABLE);
  const permit = await enterDestination(env.CONTROL_TABLE, destination, row).catch(async (error: unknown) => {
    if (!(error instanceof Waiting)) throw error;
    const { result, doubtful } = await ledger.look(key);
    // What is done needs nobody any more.
    if (result) return { result };
    if (!hasWaitedLong(asked)) throw error;
    if (!doubtful) await uncounted(env, row, automation);
    throw new GaveUp(error.message);
  });
  if ('result' in permit) return acted(env, row, action, permit.result);
  const limits = await counted(env, row, document, automation);
  const beginning = await ledger.begin(key, row.generation, destination.idempotent);
  if (beginning.state === 'done') return acted(env, row, action, beginning.result);
  if (beginning.state === 'busy') throw new Wait('another delivery is acting', beginning.seconds);
  if (beginning.state === 'unknown') {
    throw new ProcessingError(
      `a worker died while calling '${document.destination}': ask there whether it acted`,
    );
  }
  const { attempt, repeated, unsure } = beginning;
  const open = await changeItem(env.ITEM_TABLE, row, OPEN, {
    status: 'acting',
    set: { action },
    events: [event('acting', { ...attempted(beginning), action: document.action, idempotencyKey: key })],
  });
  if (!open) {
    await ledger.failed(key, 'not called', unsure);
    if (!unsure) await limits.giveBack();
    throw new SystemError('the item went on without this action');
  }
  const body = { ...document.parameters, action: document.action };
  const looks = automation.actions[document.action] ?? {};
  const result = await traced(
    `destination ${document.destination}`,
    { itemId: row.id, action: document.action },
    () => call(destination, { item: row.id, idempotencyKey: key, body, looks, repeated }),
  ).catch(async (answer: unknown) => {
    const error = unsure ? doubted(answer) : answer;
    const doubtful = unsure || mayHaveActed(error);
    // Only a destination that takes our key may be called again in doubt; otherwise the intent stands.
    const stands = mayHaveActed(error) && !destination.idempotent;
    if (!stands) await ledger.failed(key, errorFacts(error).message, doubtful);
    await reportAnswer(env.CONTROL_TABLE, destination, permit, answer);
    const next = stands
      ? unknown(error)
      : nextTry(env, error, attempt, permit.probe && !hasWaitedLong(asked));
    if (isFinal(next) && !doubtful) await limits.giveBack();
    if (isFinal(next)) await failed(env, row, action, next);
    throw next;
  });
  await ledger.done(key, result);
  await reportAnswer(env.CONTROL_TABLE, destination, permit);
  return acted(env, row, action, result);
}

/** A refusal after a call without a clear answer does not say what became of that call. */
function doubted(error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  return new Unknown(`${error.message}, but after a try without an answer: ask there whether it acted`);
}

/** From the second attempt on with the reason for it. */
function attempted({ attempt, after }: Extract<Beginning<CallResult>, { state: 'begun' }>) {
  return { attempt, ...(after === undefined ? {} : { reason: after }) };
}

async function acted(env: Env, row: ItemRow, action: ActionRecord, result: CallResult): Promise<CallResult> {
  await changeItem(env.ITEM_TABLE, row, OPEN, {
    status: 'acting',
    set: { action: { ...action, status: 'done', result } },
    events: [event('acted', { action: action.name, ...result })],
  });
  return result;
}

async function failed(env: Env, row: ItemRow, action: ActionRecord, error: unknown): Promise<void> {
  await changeItem(env.ITEM_TABLE, row, OPEN, {
    set: { action: { ...action, status: 'failed' } },
    events: [event('not_acted', { action: action.name, reason: errorFacts(error).message })],
  });
}

/** The message is to come again after this long; its execution goes on waiting. */
class Wait extends TransientError {
  readonly seconds: number;
  constructor(message: string, seconds: number) {
    super(message);
    this.seconds = seconds;
  }
}

/** The retry schedule or the longest wait is over: the item is parked until the destination is well again. */
class GaveUp extends TransientError {}

/** No delivery of this message will try again: neither the retry schedule nor the queue brings it back. */
function isFinal(error: unknown): boolean {
  return error instanceof GaveUp || errorFacts(error).class !== 'TransientError';
}

function unknown(error: unknown): unknown {
  return error instanceof TransientError ? new Unknown(error.message, { cause: error }) : error;
}

function nextTry(env: Env, error: unknown, attempt: number, waits: boolean): unknown {
  if (!(error instanceof TransientError)) return error;
  const own = (JSON.parse(env.RETRY_SCHEDULE_SECONDS) as number[])[attempt - 1];
  if (own !== undefined) return new Wait(error.message, Math.max(own, error.retryAfterSeconds ?? 0));
  // The failure of a probe speaks of the destination: the item goes on waiting for it, and is not given up.
  if (waits) return new Waiting(error.message, error.retryAfterSeconds ?? Number.POSITIVE_INFINITY);
  return new GaveUp(`${error.message}, after ${attempt} tries`);
}

async function comeBack(env: Env, { receiptHandle }: SQSRecord, seconds: number): Promise<void> {
  // The run waits for twelve hours in all: two at a time leave room for every later try.
  const VisibilityTimeout = Math.min(7200, Math.ceil(seconds));
  await sqs().send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: env.ACTION_QUEUE_URL,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout,
    }),
  );
}
