import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { NO_RESUME_CURSOR } from '../api/door/bodies.ts';
import { Cursors } from '../api/door/cursor.ts';
import type { Asked } from '../api/door/dispatch.ts';
import type { EnvFor } from '../contract/env.ts';
import { urgentQueueName, workQueueName } from '../contract/names.ts';
import type { RegistryEntry } from '../contract/registry.ts';
import { sqs } from '../kit/aws.ts';
import { clock } from '../kit/clock.ts';
import { errorFacts, Unanswered } from '../kit/errors.ts';
import { json, Problem, type Reply } from '../kit/http.ts';
import { wrongBody } from '../kit/request-body.ts';
import { logger } from '../kit/telemetry.ts';
import { holdCommand, recordCommand } from '../tables/audit/commands.ts';
import { budgetView, microUsd, raiseBudget, readBudget } from '../tables/control/budgets.ts';
import { holdView, readHold, releaseHold, stateOf } from '../tables/control/hold.ts';
import { getItem } from '../tables/items/items.ts';
import { type Lanes, toWork } from '../tables/items/lanes.ts';
import { suspendedAfter } from '../tables/items/lists.ts';
import { unknownActions } from './hold/caution.ts';

/** An answer must be there in thirty seconds; the caller asks again for the rest. */
const MOST_MS = 15_000;
/** Rows of the index looked at between two looks at the clock. */
const PAGE_ROWS = 1000;
const AT_ONCE = 10;
/** Before every item's place in time. */
const BEGINNING = '0';

/** Adds to today's budget if asked, ends what operators hold, and sends the suspended items to work, oldest first. */
export async function resumeReply(
  { caller, body, automation: { name, budget, lanes, actions: declared } }: Asked<'resume'>,
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const { addUsd = 0, addTokens = 0, cursor, reason, actions } = body;
  const adds = addUsd > 0 || addTokens > 0;
  if (adds && cursor !== undefined)
    throw wrongBody([
      { pointer: '/cursor', message: 'must come without more to add: that was added before' },
    ]);
  const faults = unknownActions(actions ?? [], declared);
  if (faults.length > 0) throw wrongBody(faults);
  const queues = await lanesOf({ name, lanes }, env.STAGE);
  const command = [holdCommand('resume', actions), adds && `addUsd=${addUsd} addTokens=${addTokens}`]
    .filter(Boolean)
    .join(' ');
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  if (cursor === undefined)
    await recordCommand(audit, { by: caller.name, command, automation: name, reason });
  const extra = { microUsd: microUsd(addUsd), tokens: addTokens };
  const row = adds
    ? await raiseBudget(env.CONTROL_TABLE, name, { ...extra, by: caller.name }).catch(notKnown(name))
    : await readBudget(env.CONTROL_TABLE, name);
  const cursors = new Cursors(env.CURSOR_KEYS, caller.name, 'resume');
  // What somebody has held since the first answer stays held.
  const hold =
    cursor === undefined
      ? await releaseHold(env.CONTROL_TABLE, name, actions)
      : await readHold(env.CONTROL_TABLE, name);
  const from = cursor === undefined ? BEGINNING : await cursors.open(cursor);
  if (from === undefined) throw wrongBody([{ pointer: '/cursor', message: NO_RESUME_CURSOR }]);
  const { queued, next } = await requeue(env.ITEM_TABLE, name, queues, from).catch((error: unknown) => {
    if (!adds) throw error;
    // An addition must be reported, or it would be repeated: the caller goes on without adding.
    logger.warn('not all resumed', { automation: name, reason: errorFacts(error).message });
    return { queued: 0, next: BEGINNING };
  });
  logger.info('resumed', { automation: name, by: caller.name, addUsd, addTokens, queued });
  const view = budgetView(budget, row);
  return json(200, {
    automation: name,
    queued,
    state: stateOf(hold, view),
    hold: holdView(hold, true),
    budget: view,
    ...(next === undefined ? {} : { cursor: await cursors.seal(next) }),
  });
}

/* What was asked for may have been done. "Try again later" would be the wrong advice. */
function notKnown(automation: string) {
  return (error: unknown): never => {
    if (!(error instanceof Unanswered)) throw error;
    logger.error('budget perhaps raised', { automation });
    throw new Problem(
      500,
      `nobody knows whether the budget of '${automation}' was raised: look at its extraUsd and extraTokens before adding again`,
    );
  };
}

/** The work queues of an automation. @throws Problem 409 where its stack is not deployed */
export async function lanesOf(
  { name, lanes }: { name: string; lanes?: RegistryEntry['lanes'] | undefined },
  stage: string,
): Promise<Lanes> {
  return {
    WORK_QUEUE_URL: await queueUrl(workQueueName(stage, name), name),
    URGENT_QUEUE_URL: lanes ? await queueUrl(urgentQueueName(stage, name), name) : 'none',
  };
}

const urls = new Map<string, string>();

async function queueUrl(QueueName: string, automation: string): Promise<string> {
  const known = urls.get(QueueName);
  if (known !== undefined) return known;
  try {
    const { QueueUrl = '' } = await sqs().send(new GetQueueUrlCommand({ QueueName }));
    urls.set(QueueName, QueueUrl);
    return QueueUrl;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'QueueDoesNotExist')) throw error;
    throw new Problem(
      409,
      `the automation '${automation}' has no queue '${QueueName}': deploy its stack first`,
    );
  }
}

async function requeue(
  table: string,
  automation: string,
  queues: Lanes,
  after: string,
): Promise<{ queued: number; next: string | undefined }> {
  const until = clock.now() + MOST_MS;
  let queued = 0;
  let place = after;
  for (;;) {
    const page = await suspendedAfter(table, automation, place, PAGE_ROWS);
    for (let from = 0; from < page.ids.length; from += AT_ONCE) {
      const sent = page.ids.slice(from, from + AT_ONCE).map((id) => sendAgain(table, id, queues));
      queued += (await Promise.all(sent)).filter(Boolean).length;
    }
    if (page.next === undefined) return { queued, next: undefined };
    place = page.next;
    if (clock.now() >= until) return { queued, next: place };
  }
}

/** The index is a little behind, and does not hold the generation that a message is about. */
async function sendAgain(table: string, id: string, queues: Lanes): Promise<boolean> {
  const row = await getItem(table, id);
  if (row?.status !== 'suspended') return false;
  await toWork(queues, row);
  return true;
}
