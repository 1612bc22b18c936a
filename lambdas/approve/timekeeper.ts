import { TIMEKEEPER } from '../contract/approval.ts';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ApprovalCommand } from '../contract/item/messages.ts';
import { clock, isoNow } from '../kit/clock.ts';
import { send } from '../kit/queue/send.ts';
import { gauge, logger } from '../kit/telemetry.ts';
import { tellAlarm } from '../tables/alarms/told.ts';
import { readApproval } from '../tables/approvals/approvals.ts';
import { allCarrying, allOpen } from '../tables/approvals/phases.ts';
import { clearBehind, readBehind, writeBehind } from '../tables/control/backlog.ts';
import type { ListedApproval } from '../tables/indexes.ts';
import { type AttentionCheckContext, follow } from './attention-checks.ts';
import { complete } from './completion.ts';
import { amend, expired } from './decision/amend.ts';
import { keepPromises } from './promises.ts';

type Env = EnvFor<'approve/timekeeper'>;

/** What the index holds of an approval: enough to know what is due. */
type Waiting = Pick<
  ListedApproval,
  'id' | 'automation' | 'createdAt' | 'times' | 'remindedAt' | 'escalatedAt' | 'undoUntil' | 'attentionCheck'
>;

/** With its declaration, where it promises something or puts attention checks: of most the name is enough. */
export type Timed = Automation | { name: string; promise?: never; approval?: never };

/**
 * Once a minute: reminders, escalations, expiries, what is overdue. Stateless; its commands may come twice.
 */
export async function timekeeper(
  { env, settings }: AttentionCheckContext,
  automations: readonly Timed[],
): Promise<void> {
  const waiting = await allOpen(env.APPROVAL_TABLE);
  const faults: unknown[] = [];
  // One failing approval must not hold up all that come after it, minute by minute.
  const each = (done: Promise<void>) => done.catch((error: unknown) => void faults.push(error));
  // The state is written first: it is needed most when there is too much to do.
  for (const { name } of automations) {
    const real = waiting.filter((it) => it.automation === name && !it.attentionCheck);
    await each(judge(env, name, real));
  }
  for (const automation of automations) {
    const own = waiting.filter((it) => it.automation === automation.name && !it.attentionCheck);
    await each(keepPromises(env, settings.calendars, automation, own));
  }
  const byName = new Map(automations.map((automation) => [automation.name, automation]));
  await together(waiting, (question) => {
    const automation = byName.get(question.automation);
    const tests = automation?.approval ? test({ env, settings }, question, automation) : Promise.resolve();
    return Promise.all([each(onTime(question, env)), each(tests)]);
  });
  await each(complete(env, waiting));
  await together(await allCarrying(env.APPROVAL_TABLE), (row) => each(carryOver(row, env)));
  if (faults.length > 0) throw faults[0];
}

/** Approvals at a time; the rest waits for the next minute. */
const AT_ONCE = 20;
const MOST_MS = 20_000;

async function together<T>(list: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const until = clock.now() + MOST_MS;
  for (let from = 0; from < list.length && clock.now() < until; from += AT_ONCE) {
    await Promise.all(list.slice(from, from + AT_ONCE).map(work));
  }
}

/** A decision that can no longer be undone, and whose command was late or lost. */
async function carryOver({ id, undoUntil = '' }: Waiting, env: Env): Promise<void> {
  const late = new Date(clock.now() - 60_000).toISOString();
  if (undoUntil < late) await command(env, { approvalId: id, command: 'carry' });
}

async function test(
  context: AttentionCheckContext,
  question: Waiting,
  automation: Automation,
): Promise<void> {
  const put = await follow(context, question, automation);
  if (put) await command(context.env, { approvalId: put, command: 'deliver' });
}

async function onTime({ id, times, remindedAt, escalatedAt }: Waiting, env: Env): Promise<void> {
  const now = isoNow();
  if (times.closesAt <= now) return expire(env.APPROVAL_TABLE, id);
  if (!escalatedAt && times.escalateAt <= now) {
    return command(env, { approvalId: id, command: 'escalate', by: TIMEKEEPER });
  }
  if (!escalatedAt && !remindedAt && times.remindAt <= now)
    return command(env, { approvalId: id, command: 'remind' });
}

/** Nobody decided in time. Never approves; the table's stream tells the run. */
async function expire(table: string, id: string): Promise<void> {
  const approval = await readApproval(table, id);
  if (!approval) return;
  const { changed } = await amend(table, approval, (row) =>
    row.status === 'pending' && row.times.closesAt <= isoNow() ? expired(row) : undefined,
  );
  if (changed) logger.info('expired', { approval: id });
}

/** Writes the state of an automation's approvals, for intake and for the graphs. */
async function judge(env: Env, automation: string, waiting: readonly Waiting[]): Promise<void> {
  const oldest = waiting.map(({ createdAt }) => createdAt).sort()[0];
  const ageSeconds = oldest ? Math.round((clock.now() - Date.parse(oldest)) / 1000) : 0;
  const broken = waiting.filter(({ times }) => times.promiseAt <= isoNow());
  gauge(automation, {
    approvalsOpen: waiting.length,
    approvalsOldestSeconds: ageSeconds,
    approvalsLate: broken.length,
  });
  if (broken.length > 0) await tellAlarm(env.CONTROL_TABLE, 'approvals/late', automation);
  if (oldest && broken.length > 0) await writeBehind(env.CONTROL_TABLE, automation, oldest);
  else if (await readBehind(env.CONTROL_TABLE, automation)) await clearBehind(env.CONTROL_TABLE, automation);
}

async function command(env: Env, message: ApprovalCommand): Promise<void> {
  await send(env.APPROVALS_QUEUE_URL, message);
}
