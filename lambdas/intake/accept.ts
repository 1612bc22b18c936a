import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { MailFacts } from '../contract/intake/mail.ts';
import type { Raw, Repair, RepairFacts } from '../contract/intake/repair.ts';
import type { MailThread } from '../contract/intake/thread.ts';
import type { WorkMessage } from '../contract/item/messages.ts';
import type { ItemRow } from '../contract/item/row.ts';
import type { Priority } from '../contract/item/status.ts';
import { clock, DAY_SECONDS, epochSeconds, isoNow, sleep } from '../kit/clock.ts';
import { digest, sha256 } from '../kit/digest.ts';
import { Problem } from '../kit/http.ts';
import { putContent, putSalted } from '../kit/objects.ts';
import { send } from '../kit/queue/send.ts';
import { count } from '../kit/telemetry.ts';
import { type Cause, DEFER_SECONDS } from '../tables/control/backlog.ts';
import {
  type Claim,
  claim,
  findClaim,
  isSameBody,
  putItem,
  type RequestKey,
  requestFor,
  withoutItem,
} from '../tables/idempotency/requests.ts';
import { getItem, event as timelineEvent } from '../tables/items/items.ts';
import { groupOf, toWork } from '../tables/items/lanes.ts';
import { referenceOf } from '../tables/items/reference.ts';
import { bodyKey, newItemId, newOrder, rawKey, repairsKey, threadKey } from '../tables/keys.ts';
import { firstLook } from '../tables/promises/promises.ts';
import { hashesOf } from '../tables/subjects/of-arrival.ts';
import { putSubjects } from '../tables/subjects/subjects.ts';
import { because, pressure, shed } from './back-pressure.ts';
import { bound, compared, type Named } from './documents.ts';

/** Within this time the item's own message is under way, or at work. */
const RESCUE_SECONDS = 60;

/** Between a claim and its item. */
const LITTLE_MS = 200;

/** A door in no need of an answer: it has nobody to turn away, so that low-priority work is kept for later. */
export type AcceptEnv = Pick<
  EnvFor<'intake/intake'> & EnvFor<'intake/doors'>,
  | 'ITEM_TABLE'
  | 'IDEMPOTENCY_TABLE'
  | 'CONTROL_TABLE'
  | 'CONTENT_BUCKET'
  | 'UPLOAD_BUCKET'
  | 'WORK_QUEUE_URL'
  | 'URGENT_QUEUE_URL'
  | 'READ_QUEUE_URL'
  | 'ITEM_DAYS'
  | 'SUBJECT_TABLE'
  | 'SUBJECT_SECRET'
>;

/** What a door has made of whatever came through it. */
export interface Arrival {
  /** Whose item it is: the client of a token, or the door itself, such as `@mail`. */
  client: string;
  /** Through which door it came, for the timeline. @default the API */
  door?: string;
  /** By which the same arrival is known when it comes again. @default its content, for ten minutes */
  key?: string | undefined;
  /**
   * Either it fits the schema of the automation, perhaps after a repair, or it is kept as it came, for `process` to repair or to
   * quarantine.
   */
  content: { body: unknown; mended?: Mended } | { raw: Raw };
  /** Whom it is about, as far as its door knows: the sender of a mail. @default who its body names */
  subjects?: readonly string[];
  /** Why what came was not even read, by name. Its content is raw, and nobody repairs it. */
  refused?: string;
  /** What is known of the mail that it came as. */
  mail?: MailFacts;
  /** What an answer to that mail needs. */
  thread?: MailThread;
  /** The items that it was forwarded from, its parent last. */
  ancestors?: readonly string[];
  /** Of its client's, where many send as one. */
  share?: number;
  /** What its door does once it is an item. It may be done again. */
  settled?(itemId: string): Promise<void>;
  /** References of uploads that it names. */
  documents: readonly string[];
  priority: Priority;
  callbackUrl?: string | undefined;
  /** Whoever sent it hears an answer, and can send it again: it may be turned away. @default it is kept in any case */
  answered?: {
    /** @returns how many seconds the sender is ahead of its rate; @throws Problem if it may not send now */
    admit(): Promise<number>;
  };
}

/** What a body was before it was repaired, and what was done. */
export interface Mended {
  original: Raw;
  repairs: readonly Repair[];
  facts: RepairFacts;
}

/** An item that was taken in now, or before by the same arrival. */
export interface Accepted {
  row: ItemRow;
  duplicate: boolean;
}

/**
 * Takes one item in: its claim and its content, then the item, then the message. A crash in between leaves a claim, whose item the
 * next delivery of the same arrival writes, or an item that it finds and queues again.
 * @throws Problem 400, 409 or 429; whoever answers nobody gets no 429
 */
export async function accept(arrival: Arrival, automation: Automation, env: AcceptEnv): Promise<Accepted> {
  const { content, documents: refs, answered } = arrival;
  const own = 'raw' in content ? { raw: sha256(content.raw.text) } : content.body;
  const said = digest(refs.length > 0 || 'raw' in content ? { body: own, documents: refs } : own);
  const key = await requestFor(env.SUBJECT_SECRET, arrival, automation.name, said);
  const asked: Asked = { key, arrival, env, hashes: () => hashesOf(automation, arrival, env) };
  const admitted = await (answered?.admit() ?? Promise.resolve(0)).then(
    (aheadSeconds) => ({ aheadSeconds }),
    (refusal: unknown) => ({ refusal }),
  );
  if ('refusal' in admitted) return answerKept(asked, admitted.refusal);
  const sender = { ...admitted, priority: arrival.priority, mayShed: answered !== undefined };
  const wanted = await pressure(env.CONTROL_TABLE, automation, sender);
  if (wanted.outcome === 'shed') return answerKept(asked, shed(wanted.cause));
  if (wanted.outcome === 'none') asked.delaySeconds = wanted.delaySeconds;
  const id = newItemId(automation.name);
  const reference = 'body' in content ? referenceOf(automation, content.body) : undefined;
  const plain = {
    ...newRow(id, automation, arrival, Number(env.ITEM_DAYS)),
    ...(reference ? { reference } : {}),
  };
  const row = wanted.outcome === 'none' ? plain : deferred(plain, wanted);
  if (refs.length > 0) {
    // What an earlier request has used is no fault of its repetition.
    const before = await findClaim(env.IDEMPOTENCY_TABLE, key);
    if (before) return again(asked, before, row);
    asked.named = await compared(refs, askingFor(asked, row));
  }
  const [first] = await Promise.all([claim(env.IDEMPOTENCY_TABLE, row, key), keep(asked, row)]);
  return first ? again(asked, first, row) : begin(asked, row);
}

/** One arrival, as far as it is understood. */
interface Asked {
  key: RequestKey;
  arrival: Arrival;
  /** What its documents are, once they have been looked at. */
  named?: Named[];
  /** Of whom it is about. */
  hashes(): Promise<readonly string[]>;
  /** What its client is ahead of others. @default 0 */
  delaySeconds?: number;
  env: AcceptEnv;
}

/** Everything that must be there before the item is: its content, and whose it is. */
async function keep(asked: Asked, row: ItemRow): Promise<void> {
  await Promise.all([
    keepContent(asked, row),
    putSubjects(asked.env.SUBJECT_TABLE, await asked.hashes(), row),
  ]);
}

/** Its body; of one that does not fit only what came, beside where the body would be. Of two that store it the first one's salt stays. */
async function keepContent(
  { arrival: { content, thread }, env }: Asked,
  { id, bodyKey: key }: ItemRow,
): Promise<void> {
  const bucket = env.CONTENT_BUCKET;
  if (thread) await putContent(bucket, threadKey(id), thread);
  if ('raw' in content) return putSalted(bucket, rawKey(id), content.raw);
  const { body, mended } = content;
  await Promise.all([
    putSalted(bucket, key, body),
    ...(mended
      ? [putContent(bucket, rawKey(id), mended.original), putContent(bucket, repairsKey(id), mended.repairs)]
      : []),
  ]);
}

/** The content is in the bucket. */
async function begin(asked: Asked, plain: ItemRow): Promise<Accepted> {
  const { env, arrival } = asked;
  const row = arrival.documents.length > 0 ? await withDocuments(asked, plain) : plain;
  const there = await putItem(env.ITEM_TABLE, row);
  if (there) return duplicate(asked, there);
  await enqueue(env, row, asked.delaySeconds);
  count('itemsAccepted', row.automation);
  return { row, duplicate: false };
}

/** The documents are the item's own from here on. */
async function withDocuments(asked: Asked, row: ItemRow): Promise<ItemRow> {
  const asking = askingFor(asked, row);
  const named = asked.named ?? (await compared(asked.arrival.documents, asking, row.id));
  return { ...row, documents: await bound(named, row.id, asking), unread: true };
}

const askingFor = ({ env, arrival: { client } }: Asked, { automation }: ItemRow) => ({
  ...{ env, automation, client },
});

/** An accepted request stays accepted, whatever the backlog or quota is now. @throws `refusal` for others */
async function answerKept(asked: Asked, refusal: unknown): Promise<Accepted> {
  const { key, env } = asked;
  const first = refusal instanceof Problem ? await findClaim(env.IDEMPOTENCY_TABLE, key) : undefined;
  if (first) return again(asked, first, undefined, refusal);
  throw refusal;
}

function newRow(id: string, automation: Automation, arrival: Arrival, days: number): ItemRow {
  const { name, privacy } = automation;
  const { client, priority, door, callbackUrl, content, mail, share, refused, ancestors } = arrival;
  const mended = 'raw' in content ? undefined : content.mended;
  const now = isoNow();
  return {
    id,
    automation: name,
    client,
    ...{ status: 'received' as const, generation: 1, priority },
    ...firstLook(automation, priority, Date.parse(now)),
    receivedAt: now,
    order: newOrder(now),
    updatedAt: now,
    expiresAt: epochSeconds(days * DAY_SECONDS),
    bodyKey: bodyKey(id),
    ...(privacy ? { private: true as const } : {}),
    ...('raw' in content ? { unfit: true as const } : {}),
    ...(refused ? { refused } : {}),
    ...(mail ? { mail } : {}),
    ...(ancestors ? { ancestors } : {}),
    ...(share === undefined ? {} : { share }),
    ...(callbackUrl ? { callbackUrl } : {}),
    ...(mended ? { repairs: mended.facts } : {}),
    timeline: [
      timelineEvent('received', {
        ...{ client, priority, ...(door ? { door } : {}), ...mail },
        ...(ancestors ? { parent: ancestors.at(-1) } : {}),
      }),
      ...(mended ? [timelineEvent('repaired', { ...mended.facts })] : []),
    ],
  };
}

function deferred(row: ItemRow, { until, cause }: { until: number; cause: Cause }): ItemRow {
  const deferredUntil = new Date(until).toISOString();
  const told = timelineEvent('deferred', { until: deferredUntil, reason: because(cause) });
  return { ...row, status: 'deferred', deferredUntil, timeline: [...row.timeline, told] };
}

/**
 * The arrival of an earlier one. Whose item is not there was left by a worker that died: this one writes it, if it is taken at all.
 * @throws `refusal` where it is not
 */
async function again(asked: Asked, first: Claim, row?: ItemRow, refusal?: unknown): Promise<Accepted> {
  const { key, env } = asked;
  const { itemId: id } = first;
  if (!isSameBody(first, key)) {
    const fault = "this 'Idempotency-Key' was used with another body: send the same body, or a new key";
    throw new Problem(409, fault, { id });
  }
  const there = await itemOf(first, env);
  if (there) return duplicate(asked, there);
  if (withoutItem(first) === 'gone')
    throw new Problem(409, "this 'Idempotency-Key' belongs to an item that is no longer kept");
  if (!row) throw refusal;
  const left = { ...row, id, bodyKey: bodyKey(id) };
  await keep(asked, left);
  return begin(asked, left);
}

/** The item of a claim. One that was claimed a moment ago is about to come. */
async function itemOf(first: Claim, env: AcceptEnv): Promise<ItemRow | undefined> {
  const there = await getItem(env.ITEM_TABLE, first.itemId);
  if (there || withoutItem(first) !== 'at work') return there;
  await sleep(LITTLE_MS);
  return getItem(env.ITEM_TABLE, first.itemId);
}

async function duplicate({ env }: Asked, row: ItemRow): Promise<Accepted> {
  // The first delivery may have died between its item and its message, and nobody may come again. A
  // message sent at once would run beside the first one; a later one finds the item further on, and ends.
  const age = (clock.now() - Date.parse(row.receivedAt)) / 1000;
  const untilRescue = Math.max(0, Math.min(RESCUE_SECONDS, Math.ceil(RESCUE_SECONDS - age)));
  if (row.status === 'received' || row.status === 'deferred') await enqueue(env, row, untilRescue);
  count('itemsDuplicate', row.automation);
  return { row, duplicate: true };
}

async function enqueue(env: AcceptEnv, row: ItemRow, afterSeconds = 0): Promise<void> {
  // Of a deferral that is over, only the message can be missing.
  const waits = row.deferredUntil !== undefined && Date.parse(row.deferredUntil) > clock.now();
  const delaySeconds = waits ? DEFER_SECONDS : afterSeconds;
  if (!row.unread) return toWork(env, row, { delaySeconds });
  const message: WorkMessage = { itemId: row.id, generation: row.generation };
  await send(env.READ_QUEUE_URL, message, delaySeconds, groupOf(row));
}
