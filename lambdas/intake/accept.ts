import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { WorkMessage } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import { RESTING } from '../contract/item/status.ts';
import { clock, DAY_SECONDS, epochSeconds, isoNow, sleep } from '../kit/clock.ts';
import { digest } from '../kit/digest.ts';
import { type ApiEvent, type Caller, json, Problem, type Reply } from '../kit/http.ts';
import { putContent } from '../kit/objects.ts';
import { send } from '../kit/queue/send.ts';
import { count } from '../kit/telemetry.ts';
import { DEFER_SECONDS } from '../tables/control/backlog.ts';
import { inWaitSlot } from '../tables/control/waits.ts';
import {
  type Claim,
  claim,
  findClaim,
  putItem,
  type RequestKey,
  requestKey,
  withoutItem,
} from '../tables/idempotency/requests.ts';
import { getItem, event as timelineEvent } from '../tables/items/items.ts';
import { fullView, itemView, waitForRest } from '../tables/items/view.ts';
import { bodyKey, newItemId, newOrder, referenceHash } from '../tables/keys.ts';
import { pressure, shed } from './back-pressure.ts';
import { admitPost } from './client-rate.ts';
import { bound, compared, type Named, readItem } from './documents.ts';
import { type Options, readOptions } from './request.ts';

/** Within this time the item's own message is under way, or at work. */
const RESCUE_SECONDS = 60;

/** Between a claim and its item. */
const LITTLE_MS = 200;

/**
 * Takes one item in: its claim and its content, then the item, then the message. A crash in between leaves a claim, whose item the
 * caller's retry writes, or an item that it finds and queues again.
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
  const { body, refs } = readItem(event, automation);
  const bodyHash = digest(refs.length > 0 ? { body, documents: refs } : body);
  const key = requestKey(caller.name, automation.name, options.idempotencyKey, bodyHash);
  const refusal = await admitPost(env.CONTROL_TABLE, caller).then(
    () => undefined,
    (error: unknown) => error,
  );
  const asked: Asked = { key, body, refs, options, caller, env };
  if (refusal) return answerKept(asked, refusal);
  const wanted = await pressure(env.CONTROL_TABLE, automation, options.priority);
  if (wanted === 'shed') return answerKept(asked, shed());
  const id = newItemId(automation.name);
  const reference = referenceOf(automation, body);
  const plain = {
    ...newRow(id, automation.name, caller.name, options, Number(env.ITEM_DAYS)),
    ...(reference ? { reference } : {}),
  };
  const row = wanted === 'defer' ? deferred(plain) : plain;
  if (refs.length > 0) {
    // What an earlier request has used is no fault of its repetition.
    const before = await findClaim(env.IDEMPOTENCY_TABLE, key);
    if (before) return again(asked, before, row);
    asked.named = await compared(refs, askingFor(asked, row));
  }
  const [first] = await Promise.all([
    claim(env.IDEMPOTENCY_TABLE, row, key),
    putContent(env.CONTENT_BUCKET, row.bodyKey, body),
  ]);
  return first ? again(asked, first, row) : begin(asked, row);
}

/** One request, as far as it is understood. */
interface Asked {
  key: RequestKey;
  body: unknown;
  /** The documents that it names, and what they are once they have been looked at. */
  refs: readonly string[];
  named?: Named[];
  options: Options;
  caller: Caller;
  env: EnvFor<'intake/intake'>;
}

/** The content is in the bucket. */
async function begin(asked: Asked, plain: ItemRow): Promise<Reply> {
  const { options, caller, env } = asked;
  const row = asked.refs.length > 0 ? await withDocuments(asked, plain) : plain;
  const there = await putItem(env.ITEM_TABLE, row);
  if (there) return duplicate(asked, there);
  await enqueue(env, row);
  count('itemsAccepted', row.automation);
  return answer(202, row, options, caller, env);
}

/** The documents are the item's own from here on. */
async function withDocuments(asked: Asked, row: ItemRow): Promise<ItemRow> {
  const asking = askingFor(asked, row);
  const named = asked.named ?? (await compared(asked.refs, asking, row.id));
  return { ...row, documents: await bound(named, row.id, asking), unread: true };
}

const askingFor = ({ env, caller }: Asked, { automation }: ItemRow) => ({
  ...{ env, automation, client: caller.name },
});

/** An accepted request stays accepted, whatever the backlog or quota is now. @throws `refusal` for others */
async function answerKept(asked: Asked, refusal: unknown): Promise<Reply> {
  const { key, env } = asked;
  const first = refusal instanceof Problem ? await findClaim(env.IDEMPOTENCY_TABLE, key) : undefined;
  if (first) return again(asked, first, undefined, refusal);
  throw refusal;
}

function newRow(id: string, automation: string, client: string, options: Options, days: number): ItemRow {
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
    bodyKey: bodyKey(id),
    ...(options.callbackUrl ? { callbackUrl: options.callbackUrl } : {}),
    timeline: [timelineEvent('received', { client, priority: options.priority })],
  };
}

function referenceOf({ name, reference = '' }: Automation, body: unknown): string | undefined {
  const value = typeof body === 'object' && body !== null && new Map(Object.entries(body)).get(reference);
  return typeof value === 'string' && value !== '' ? referenceHash(name, value) : undefined;
}

function deferred(row: ItemRow): ItemRow {
  const deferredUntil = new Date(clock.now() + DEFER_SECONDS * 1000).toISOString();
  const told = timelineEvent('deferred', { until: deferredUntil, reason: 'the approvers are behind' });
  return { ...row, status: 'deferred', deferredUntil, timeline: [...row.timeline, told] };
}

/**
 * The request of an earlier one. Whose item is not there was left by a worker that died: this request writes it, if it is taken at all.
 * @throws `refusal` where it is not
 */
async function again(asked: Asked, first: Claim, row?: ItemRow, refusal?: unknown): Promise<Reply> {
  const { key, body, env } = asked;
  const { itemId: id, bodyHash } = first;
  if (bodyHash !== key.bodyHash) {
    const fault = "this 'Idempotency-Key' was used with another body: send the same body, or a new key";
    throw new Problem(409, fault, { id });
  }
  const there = await itemOf(first, env);
  if (there) return duplicate(asked, there);
  if (withoutItem(first) === 'gone')
    throw new Problem(409, "this 'Idempotency-Key' belongs to an item that is no longer kept");
  if (!row) throw refusal;
  const left = { ...row, id, bodyKey: bodyKey(id) };
  await putContent(env.CONTENT_BUCKET, left.bodyKey, body);
  return begin(asked, left);
}

/** The item of a claim. One that was claimed a moment ago is about to come. */
async function itemOf(first: Claim, env: EnvFor<'intake/intake'>): Promise<ItemRow | undefined> {
  const there = await getItem(env.ITEM_TABLE, first.itemId);
  if (there || withoutItem(first) !== 'at work') return there;
  await sleep(LITTLE_MS);
  return getItem(env.ITEM_TABLE, first.itemId);
}

async function duplicate({ options, caller, env }: Asked, row: ItemRow): Promise<Reply> {
  // The first request may have died between its item and its message, and nobody may retry again. A
  // message sent at once would run beside the first one; a later one finds the item further on, and ends.
  const age = (clock.now() - Date.parse(row.receivedAt)) / 1000;
  const untilRescue = Math.max(0, Math.min(RESCUE_SECONDS, Math.ceil(RESCUE_SECONDS - age)));
  if (row.status === 'received' || row.status === 'deferred') await enqueue(env, row, untilRescue);
  count('itemsDuplicate', row.automation);
  return answer(200, row, options, caller, env, { duplicate: true });
}

async function enqueue(env: EnvFor<'intake/intake'>, row: ItemRow, afterSeconds = 0): Promise<void> {
  const message: WorkMessage = { itemId: row.id, generation: row.generation };
  // Of a deferral that is over, only the message can be missing.
  const waits = row.deferredUntil !== undefined && Date.parse(row.deferredUntil) > clock.now();
  const seconds = waits ? DEFER_SECONDS : afterSeconds;
  await send(row.unread ? env.READ_QUEUE_URL : env.WORK_QUEUE_URL, message, seconds);
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
