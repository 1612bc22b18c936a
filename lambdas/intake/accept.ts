import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { WorkMessage } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { RESTING } from '../contract/item/status.ts';
import { clock, DAY_SECONDS, epochSeconds, isoNow } from '../kit/clock.ts';
import { digest } from '../kit/digest.ts';
import { type ApiEvent, type Caller, json, Problem, type Reply } from '../kit/http.ts';
import { putContent } from '../kit/objects.ts';
import { send } from '../kit/queue/send.ts';
import { readBody } from '../kit/request-body.ts';
import { count } from '../kit/telemetry.ts';
import { DEFER_SECONDS } from '../tables/control/backlog.ts';
import { inWaitSlot } from '../tables/control/waits.ts';
import {
  claimedEarlier,
  type Earlier,
  findEarlier,
  identify,
  type Request,
  take,
} from '../tables/idempotency/requests.ts';
import { getItem, event as timelineEvent } from '../tables/items/items.ts';
import { fullView, itemView, waitForRest } from '../tables/items/view.ts';
import { newOrder } from '../tables/keys.ts';
import { pressure, shed } from './back-pressure.ts';
import { admitPost } from './client-rate.ts';
import { type Options, readOptions } from './request.ts';

/** Within this time the item's own message is under way, or at work. */
const RESCUE_SECONDS = 60;

/**
 * Takes one item in: content to the bucket, then the item, which is its own claim or is written with one, then the message. A crash
 * before the item leaves nothing; a crash after it leaves an item that the caller's retry finds and queues again.
 */
export async function accept(
  event: ApiEvent,
  caller: Caller,
  automation: Automation,
  env: EnvFor<'intake/intake'>,
): Promise<Reply> {
  if (!caller.may(automation.name)) {
    throw new Problem(403, `this token may not use the automation '${automation.name}'`);
  }
  const options = readOptions(event.headers, env.STAGE);
  if (options.callbackUrl !== undefined && !caller.callbacks) {
    const fault = `'Signalbox-Callback-Url' needs a 'callbackKey' in the entry of the client '${caller.name}', which signs its callbacks`;
    throw new Problem(400, fault);
  }
  const body = readBody(event, automation.schema);
  const posted = { ...{ client: caller.name, automation: automation.name }, bodyHash: digest(body) };
  const days = Number(env.ITEM_DAYS);
  const request = await identify(env, { ...posted, idempotencyKey: options.idempotencyKey }, days);
  const kept = (refusal: unknown) => answerKept(request, options, caller, env, refusal);
  const refusal = await admitPost(env.CONTROL_TABLE, caller).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refusal) return kept(refusal);
  const wanted = await pressure(env.CONTROL_TABLE, automation, options.priority);
  if (wanted === 'shed') return kept(shed());
  const plain = newRow(request, automation.name, caller.name, options, days);
  const row = wanted === 'defer' ? deferred(plain) : plain;
  const [claimed] = await Promise.all([
    request.byContent ? undefined : claimedEarlier(env, request),
    putContent(env.CONTENT_BUCKET, row.bodyKey, body),
  ]);
  const earlier = claimed ?? (await take(env, row, request));
  if (earlier) return duplicate(earlier, options, caller, env);
  await enqueue(env.WORK_QUEUE_URL, row);
  count('itemsAccepted', automation.name);
  return answer(202, row, options, caller, env);
}

/** An accepted request stays accepted, whatever the backlog or quota is now. @throws `refusal` for others */
async function answerKept(
  request: Request,
  options: Options,
  caller: Caller,
  env: EnvFor<'intake/intake'>,
  refusal: unknown,
): Promise<Reply> {
  const earlier = refusal instanceof Problem ? await findEarlier(env, request) : undefined;
  if (earlier) return duplicate(earlier, options, caller, env);
  throw refusal;
}

function newRow(
  { itemId: id, bodyKey }: Request,
  automation: string,
  client: string,
  options: Options,
  days: number,
): ItemRow {
  const now = isoNow();
  return {
    id,
    automation,
    client,
    status: 'received',
    generation: 1,
    priority: options.priority,
    receivedAt: now,
    order: newOrder(now),
    updatedAt: now,
    expiresAt: epochSeconds(days * DAY_SECONDS),
    bodyKey,
    ...(options.callbackUrl ? { callbackUrl: options.callbackUrl } : {}),
    timeline: [timelineEvent('received', { client, priority: options.priority })],
  };
}

function deferred(row: ItemRow): ItemRow {
  const deferredUntil = new Date(clock.now() + DEFER_SECONDS * 1000).toISOString();
  const told = timelineEvent('deferred', { until: deferredUntil, reason: 'the approvers are behind' });
  return { ...row, status: 'deferred', deferredUntil, timeline: [...row.timeline, told] };
}

async function duplicate(
  earlier: Earlier,
  options: Options,
  caller: Caller,
  env: EnvFor<'intake/intake'>,
): Promise<Reply> {
  if (!earlier.sameBody) {
    throw new Problem(
      409,
      "this 'Idempotency-Key' was used with another body: send the same body, or a new key",
      { id: earlier.itemId },
    );
  }
  const row = earlier.row ?? (await getItem(env.ITEM_TABLE, earlier.itemId));
  if (!row) throw new Problem(409, "this 'Idempotency-Key' belongs to an item that is no longer kept");
  // The first request may have died between its item and its message, and nobody may retry again. A
  // message sent at once would run beside the first one; a later one finds the item further on, and ends.
  const age = (clock.now() - Date.parse(row.receivedAt)) / 1000;
  const untilRescue = Math.max(0, Math.min(RESCUE_SECONDS, Math.ceil(RESCUE_SECONDS - age)));
  if (row.status === 'received' || row.status === 'deferred')
    await enqueue(env.WORK_QUEUE_URL, row, untilRescue);
  count('itemsDuplicate', row.automation);
  return answer(200, row, options, caller, env, { duplicate: true });
}

async function enqueue(queueUrl: string, row: ItemRow, afterSeconds = 0): Promise<void> {
  const message: WorkMessage = { itemId: row.id, generation: row.generation };
  // Of a deferral that is over, only the message can be missing.
  const waits = row.deferredUntil !== undefined && Date.parse(row.deferredUntil) > clock.now();
  const seconds = waits ? DEFER_SECONDS : afterSeconds;
  await send(queueUrl, message, seconds);
}

async function answer(
  statusCode: number,
  row: ItemRow,
  options: Options,
  caller: Caller,
  env: EnvFor<'intake/intake'>,
  extra: object = {},
): Promise<Reply> {
  // Deferred work has no result while a caller waits.
  const waits = options.waitSeconds > 0 && (statusCode === 200 || row.status !== 'deferred');
  const slot = { client: caller.name, slots: Number(env.WAITS_AT_MOST) };
  const settled = waits
    ? await inWaitSlot(env.CONTROL_TABLE, slot, () =>
        waitForRest(env.ITEM_TABLE, row.id, options.waitSeconds, row),
      )
    : undefined;
  if (settled && RESTING.includes(settled.status)) {
    const story = await fullView(settled, { approvalTable: env.APPROVAL_TABLE, bucket: env.CONTENT_BUCKET });
    return json(200, { ...story, ...extra });
  }
  const { id, automation, status, deferredUntil, links } = itemView(settled ?? row, {});
  return json(statusCode, { id, automation, status, deferredUntil, links, ...extra });
}
