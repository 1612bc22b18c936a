import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Automation, Implementation } from '../contract/automation.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import type { EnvFor } from '../contract/env.ts';
import type { WorkMessage } from '../contract/item/messages.ts';
import type { ErrorFacts, ItemRow } from '../contract/item/row.ts';
import type { ItemStatus } from '../contract/item/status.ts';
import { sqs } from '../kit/aws.ts';
import { errorFacts, TransientError, where } from '../kit/errors.ts';
import { getContent } from '../kit/objects.ts';
import { count, itemLogger } from '../kit/telemetry.ts';
import { stepRunner } from '../models/step.ts';
import { changeItem, getItem, restChange } from '../tables/items/items.ts';
import { nextGeneration } from './again.ts';
import { alone, stopped } from './alone.ts';
import { stillDeferred } from './defer.ts';
import { readFeedback } from './feedback.ts';
import { finish, keepCalls, start } from './finish.ts';
import { begun, type Progress, think } from './pipeline.ts';
import { goingOn, orWait, stillWaits } from './waiting.ts';

export interface ProcessOptions {
  env: EnvFor<'process/process'>;
  automation: Automation;
  implementation: Implementation;
  endpoints: readonly Endpoint[];
  /** When the function ends (milliseconds since 1970). @default never */
  deadline?: number;
}

/** What may be thought about (again): everything before the verdict, and what an operator resumed. */
const OPEN: readonly ItemStatus[] = ['received', 'processing', 'deferred', 'suspended'];

/**
 * One message of the work queue. Returns when the message is done with: thought through, or at rest with its reason in the
 * table. @throws TransientError when it is to be delivered again
 */
export async function processRecord(record: SQSRecord, options: ProcessOptions): Promise<void> {
  const message = JSON.parse(record.body) as WorkMessage;
  const { env, automation } = options;
  const log = itemLogger({ ...message, automation: automation.name, stage: 'prepare' });
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  const row = await itemOf(message, env.ITEM_TABLE);
  if (!row || !OPEN.includes(row.status)) {
    log.info('stale message', { status: row?.status ?? 'absent, or in another generation' });
    // Withdrawn after a delivery that took room and died: no run, and so no action, would give it back.
    if (row?.status === 'withdrawn') await stopped(env, row, automation);
    return;
  }
  const progress = begun();
  try {
    const held =
      (await stillDeferred(env, row, message)) || (await stillWaits(env, row, automation, message));
    if (held) return log.info('waits', { status: row.status, outcome: held });
    // A crash between the verdict and the start of the run left only the start to do.
    if (row.verdict) await start(env, row, automation);
    else if ((await orWait(env, row, () => work(row, attempt, options, progress))) === 'waits')
      return log.info('waits', { attempt });
    log.info('thought', { attempt, stage: progress.stage });
  } catch (error) {
    const facts = errorFacts(error);
    const { stage } = progress;
    log.warn('not thought', { attempt, stage, error: facts.class, reason: facts.message, at: where(error) });
    const last = attempt >= Number(env.MAX_RECEIVES) - 1;
    if (facts.class !== 'TransientError' || (last && !(await judged(env, row))))
      return rest(env, row, facts, progress, automation);
    await comeBack(env, record, attempt, error);
    throw error;
  }
}

/** The item in the message's generation; undefined if it went on without this message. */
async function itemOf(message: WorkMessage, table: string): Promise<ItemRow | undefined> {
  const row = await getItem(table, message.itemId);
  if (row && message.again) return nextGeneration(table, row, message.generation);
  return row?.generation === message.generation ? row : undefined;
}

/* A start without an answer may have started: not parked under its run, but redelivered. */
async function judged(env: ProcessOptions['env'], { id }: ItemRow): Promise<boolean> {
  return Boolean((await getItem(env.ITEM_TABLE, id))?.verdict);
}

async function work(
  row: ItemRow,
  attempt: number,
  { env, automation, implementation, endpoints, deadline }: ProcessOptions,
  progress: Progress,
): Promise<void> {
  const open = await changeItem(env.ITEM_TABLE, row, OPEN, {
    status: 'processing',
    ...goingOn(row, attempt),
  });
  if (!open) return;
  const body = await getContent<unknown>(env.CONTENT_BUCKET, row.bodyKey);
  const feedback = await readFeedback(env.APPROVAL_TABLE, row.sentBack);
  const step = stepRunner({
    item: row,
    feedback,
    automation,
    body,
    endpoints,
    idempotencyTable: env.IDEMPOTENCY_TABLE,
    contentDays: Number(env.CONTENT_DAYS),
    controlTable: env.CONTROL_TABLE,
    ...(deadline === undefined ? {} : { deadline }),
  });
  const { id, generation } = row;
  const thought = await think(
    { id, automation: automation.name, generation, body, feedback },
    { automation, implementation, step, alone: (gated) => alone(env, gated, automation) },
    progress,
  ).catch(async (error: unknown) => {
    await step.close();
    await keepCalls(env, row, [...step.lost, ...step.lineage]);
    throw error;
  });
  await step.close();
  count('verdicts', automation.name);
  const written = await finish(env, row, thought, automation, [...step.lost, ...step.lineage]);
  if (!written) await overtaken(env, row, automation);
}

/** The item moved on meanwhile. If another delivery wrote the verdict, the room belongs to that one. */
async function overtaken(env: ProcessOptions['env'], row: ItemRow, automation: Automation): Promise<void> {
  if (!(await judged(env, row))) await stopped(env, row, automation);
}

/* A wrong item is quarantined; a wrong world parks it. Either way it is in the table, with the reason. */
async function rest(
  env: ProcessOptions['env'],
  row: ItemRow,
  facts: ErrorFacts,
  { stage, events }: Progress,
  automation: Automation,
): Promise<void> {
  const status = facts.class === 'InputError' ? 'quarantined' : 'parked';
  if (await changeItem(env.ITEM_TABLE, row, OPEN, restChange(status, facts, stage, events)))
    await stopped(env, row, automation);
}

/** Seconds until the second, third … delivery; a longer `Retry-After` of the neighbour wins. */
const BACKOFF_SECONDS = [5, 30, 120, 300];

async function comeBack(
  env: ProcessOptions['env'],
  record: SQSRecord,
  attempt: number,
  error: unknown,
): Promise<void> {
  const own = BACKOFF_SECONDS[Math.min(attempt, BACKOFF_SECONDS.length) - 1] ?? 300;
  const wished = error instanceof TransientError ? (error.retryAfterSeconds ?? 0) : 0;
  await sqs().send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: env.WORK_QUEUE_URL,
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: Math.min(3600, Math.max(own, Math.ceil(wished))),
    }),
  );
}
