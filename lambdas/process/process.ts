import type { SQSRecord } from 'aws-lambda';
import type { Automation } from '../contract/automation.ts';
import type { ReadDocument } from '../contract/document.ts';
import type { Gated, Received } from '../contract/item/envelope.ts';
import type { ActionMessage, WorkMessage } from '../contract/item/messages.ts';
import type { ErrorFacts } from '../contract/item/row.ts';
import { errorFacts, TransientError, where } from '../kit/errors.ts';
import { send } from '../kit/queue/send.ts';
import { comesAgainIn } from '../kit/queue/visibility.ts';
import { count, itemLogger } from '../kit/telemetry.ts';
import { senderOf } from '../models/similar/sender.ts';
import { withParent } from '../tables/items/family.ts';
import { getItem, restChange } from '../tables/items/items.ts';
import { Lease, Leased, leaseLeft } from '../tables/items/lease.ts';
import { witnessOf } from '../tables/receipts/witness.ts';
import { alone, stopped } from './alone.ts';
import { claim, type Found, isMeant, OPEN } from './claim.ts';
import { duplicateOf } from './duplicates.ts';
import { tellEarly } from './early.ts';
import { finish, start } from './finish.ts';
import { bodyOf } from './given/body.ts';
import { documentsOf } from './given/documents.ts';
import { readFeedback } from './given/feedback.ts';

import { stepsOf } from './given/steps.ts';
import type { ProcessOptions, Thinking } from './given/thinking.ts';
import { vaultOf } from './given/vault.ts';
import type { Viewing } from './given/vision.ts';
import { hintsFor } from './hinted.ts';
import { noteLate } from './lane/late.ts';
import { begun, type Progress, think } from './pipeline.ts';
import { takeBack } from './take-back.ts';
import { versionsOf, withVersions } from './versions/versions.ts';
import { hasWaited, orWait } from './waiting.ts';
import { endWork, giveBack } from './work.ts';

export type { ProcessOptions } from './given/thinking.ts';

/** How far a delivery has come. */
interface Told extends Progress {
  /** While the item is its own. */
  work?: Thinking | undefined;
}

/**
 * One message of the work queue. Returns when the message is done with: thought through, or at rest with its reason in the
 * table. @throws TransientError when it is to be delivered again
 */
export async function processRecord(record: SQSRecord, options: ProcessOptions): Promise<void> {
  const message = JSON.parse(record.body) as WorkMessage;
  const { env, automation } = options;
  const log = itemLogger({ ...message, automation: automation.name, stage: 'prepare' });
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  const told: Told = begun();
  try {
    const lease = new Lease(options.deadline);
    const found = await claim({ message, attempt, lease }, options);
    await noteLate(env, automation, record, found);
    const [outcome, more] = await goOn(found, lease, options, told);
    log.info(outcome, { attempt, stage: told.stage, ...more });
  } catch (error) {
    const { stage, work } = told;
    const facts = errorFacts(error);
    log.warn('not thought', { attempt, stage, error: facts.class, reason: facts.message, at: where(error) });
    const lost = work !== undefined && !work.lease.holds();
    const again = facts.class === 'TransientError' && attempt < Number(env.MAX_RECEIVES) - 1;
    const ends = !lost && !again && !(error instanceof Leased);
    if (ends && (await rest(env, message, facts, told, automation))) return;
    if (work) await giveBack(env, work, error);
    // The message that it waits with is under way.
    if (message.woken && !ends) return;
    // The message may be somebody else's by now.
    if (!lost) await comeBack(options.queueUrl ?? env.WORK_QUEUE_URL, record, attempt, error);
    throw error;
  }
}

/** @returns what is to be said of it */
async function goOn(
  found: Found,
  lease: Lease,
  options: ProcessOptions,
  told: Told,
): Promise<[string, object?]> {
  const { env, automation } = options;
  switch (found.to) {
    case 'leave':
      // Room that a delivery took and died: no action comes that would give it back.
      if (found.row?.status === 'withdrawn' || found.row?.status === 'refused')
        await stopped(env, found.row, automation);
      return ['stale message', { status: found.row?.status ?? 'absent, or in another generation' }];
    case 'wait':
      return ['waits', { status: found.row.status, outcome: found.outcome }];
    case 'read': {
      const { id: itemId, generation } = found.row;
      await send(env.READ_QUEUE_URL, { itemId, generation });
      return ['waits', { status: found.row.status, outcome: 'unread' }];
    }
    case 'wake': {
      const { id: itemId, generation } = found.row;
      const message: ActionMessage = { itemId, generation, woken: true };
      await send(env.ACTION_QUEUE_URL, message);
      return ['wakes its action'];
    }
    case 'start':
      await start(env, found.row, automation);
      return ['thought'];
    case 'think': {
      const work = { row: found.row, lease, fresh: found.fresh, calls: [] };
      told.work = work;
      options.whileAlive?.(() => lease.extend(env.ITEM_TABLE, work.row.id));
      const thinks = found.row.compensates ? takeBack : thinkThrough;
      const ended = await orWait(env, work, () => thinks(work, options, told));
      return [ended === 'waits' ? 'waits' : 'thought'];
    }
  }
}

async function thinkThrough(work: Thinking, options: ProcessOptions, told: Told): Promise<void> {
  const { env, automation, implementation, endpoints, sources = {}, prompts = {}, open, deadline } = options;
  const { lease, fresh } = work;
  const { value: body, beside } = await bodyOf(work, options);
  const { row } = work;
  const read = await documentsOf(env.CONTENT_BUCKET, row);
  const feedback = await readFeedback(env.APPROVAL_TABLE, row.sentBack);
  const vault = await vaultOf(env.CONTENT_BUCKET, row, automation);
  const versions = await versionsOf(row, body, automation, { table: env.CONTROL_TABLE, texts: prompts });
  let labelled: string | undefined;
  const steps = await stepsOf(
    {
      ...{ item: row, automation, body, endpoints, sources, lease, fresh, vault },
      ...{ impatient: hasWaited(row), local: env.STAGE === 'local', open },
      alike: {
        ...{ itemTable: env.ITEM_TABLE, by: senderOf(automation, body, row), label: () => labelled },
        audited: automation.audit !== undefined,
      },
      feedback: vault?.hide(feedback) ?? feedback,
      idempotencyTable: env.IDEMPOTENCY_TABLE,
      bucket: env.CONTENT_BUCKET,
      contentDays: Number(env.CONTENT_DAYS),
      controlTable: env.CONTROL_TABLE,
      batch: { bucket: env.CONTENT_BUCKET, receivedAt: row.receivedAt },
      ...(deadline === undefined ? {} : { deadline }),
    },
    () => import('./parts/seldom.ts'),
  );
  const step = withVersions(steps, versions, { texts: prompts, prompts: automation.prompts });
  const hints = hintsFor(env, automation, { documents: read, vault });
  const { id, generation, repairs: repaired } = row;
  let stable: Gated | undefined;
  let received: Received | undefined;
  const thinking = async () => {
    const documents = read && (await seen(read, { bucket: env.CONTENT_BUCKET, automation, step: steps }));
    if (vault?.policy.names) {
      const { learnNames } = await import('../privacy/seldom.ts');
      await learnNames(vault, { model: steps.modelInside }, [
        body,
        documents?.map(({ pages }) => pages.map(({ text }) => text)),
      ]);
    }
    received = {
      ...{ id, automation: automation.name, generation, body, feedback },
      ...(documents ? { documents } : {}),
      ...(row.mail ? { mail: row.mail } : {}),
      ...(repaired ? { repaired } : {}),
      ...withParent(row),
    };
    return think(
      received,
      {
        ...{ automation, implementation, vault },
        ...(hints ? { step: { ...step, hinted: hints.hinted }, hinted: hints.told } : { step }),
        ...{ asked: steps.asked, searched: steps.searched, found: steps.found, part: versions.part },
        early: (routed) => {
          labelled = routed.label;
          return tellEarly(env, work, routed, { automation, implementation });
        },
        alone: (gated) => {
          stable = gated;
          return alone(env, gated, automation, row);
        },
        duplicateOf: (prepared) => duplicateOf(prepared, row, automation, env),
      },
      told,
    );
  };
  const thought = await thinking().finally(async () => {
    await steps.close();
    work.calls = steps.calls();
  });
  count('verdicts', automation.name);
  const witness = witnessOf(row, body, beside);
  const judged = await finish(env, work, { ...thought, vault, agents: steps.traces, witness }, automation);
  // The write of the verdict has ended the work.
  told.work = undefined;
  if (judged) await start(env, judged, automation);
  const { shadow } = versions;
  if (shadow && stable && received && !stable.duplicate) {
    const { thinkBeside } = await import('./parts/seldom.ts');
    const beside = {
      row,
      received,
      documents: read,
      feedback,
      vault,
      versions: { ...versions, shadow },
      stable,
    };
    await thinkBeside(beside, options);
  }
}

/** A page is read by a model where OCR read it badly, and a model sees. */
async function seen(documents: readonly ReadDocument[], viewing: Viewing): Promise<readonly ReadDocument[]> {
  if (documents.length === 0 || !viewing.step.sees) return documents;
  const { withVision } = await import('./parts/seldom.ts');
  return withVision(documents, viewing);
}

/**
 * A wrong item is quarantined; a wrong world parks it. Either way it is in the table, with the reason. False where the message is to
 * come again all the same.
 */
async function rest(
  env: ProcessOptions['env'],
  message: WorkMessage,
  facts: ErrorFacts,
  { stage, events, work }: Told,
  automation: Automation,
): Promise<boolean> {
  const row = work?.row ?? (await getItem(env.ITEM_TABLE, message.itemId));
  if (!row || !isMeant(row, message)) return false;
  // What was sent on without an answer may be under way: the item is not parked under its action or its run.
  if (!work && (leaseLeft(row) > 0 || (row.verdict && facts.class === 'TransientError'))) return false;
  const status = facts.class === 'InputError' ? 'quarantined' : 'parked';
  const change = restChange(status, facts, stage, events);
  const { done, row: now } = await endWork(env, work ?? { row, calls: [] }, OPEN, change);
  if (done) await stopped(env, row, automation);
  // It was judged, and the answer to that write was lost: nothing else would send it on.
  else if (now && isMeant(now, message) && now.verdict && OPEN.includes(now.status))
    await start(env, now, automation);
  return true;
}

/** Seconds until the second, third … delivery; a longer `Retry-After` of the neighbour wins. */
const BACKOFF_SECONDS = [5, 30, 120, 300];

async function comeBack(queueUrl: string, record: SQSRecord, attempt: number, error: unknown): Promise<void> {
  const own = BACKOFF_SECONDS[Math.min(attempt, BACKOFF_SECONDS.length) - 1] ?? 300;
  const wished = error instanceof TransientError ? (error.retryAfterSeconds ?? 0) : 0;
  await comesAgainIn(Math.min(3600, Math.max(own, wished)), record, queueUrl);
}
