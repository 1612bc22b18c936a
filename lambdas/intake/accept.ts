import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Automation } from '../shared/automation.ts';
import { dynamo, sqs } from '../shared/clients.ts';
import { clock, DAY_SECONDS, epochSeconds, isoNow, sleep } from '../shared/clock.ts';
import { putContent } from '../shared/content.ts';
import { digest, newItemId, sha256 } from '../shared/digest.ts';
import type { EnvFor } from '../shared/env.ts';
import { type ApiEvent, type Caller, json, Problem, type Reply } from '../shared/http.ts';
import { type ItemRow, RESTING, type WorkMessage } from '../shared/item.ts';
import { getItem, event as timelineEvent } from '../shared/items.ts';
import { count } from '../shared/telemetry.ts';
import { fullView, itemView, waitForRest } from '../shared/view.ts';
import { type Options, readBody, readOptions } from './request.ts';

/** Without an `Idempotency-Key` the same body from the same client within this time is the same item. */
const DEDUPE_SECONDS = 10 * 60;

interface Claim {
  itemId: string;
  bodyHash: string;
}

/**
 * Takes one item in: content to the bucket, then claim and item in one transaction, then the message. A crash before the
 * transaction leaves nothing; a crash after it leaves an item that the caller's retry finds and queues again.
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
  const body = readBody(event, automation.schema);
  const bodyHash = digest(body);
  const id = newItemId();
  const row = newRow(id, automation.name, caller.name, options, Number(env.ITEM_DAYS));
  await putContent(env.CONTENT_BUCKET, row.bodyKey, body);
  const existing = await claim(env, row, requestKey(row, options, bodyHash), bodyHash, options);
  if (existing) return duplicate(existing, bodyHash, options, env);
  await enqueue(env.WORK_QUEUE_URL, { itemId: id, generation: 1 });
  count('itemsAccepted', automation.name);
  return answer(202, row, options, env);
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
    order: `${now}#${id}`,
    updatedAt: now,
    expiresAt: epochSeconds(days * DAY_SECONDS),
    bodyKey: `items/${id}/body.json`,
    ...(options.callbackUrl ? { callbackUrl: options.callbackUrl } : {}),
    timeline: [timelineEvent('received', { client, priority: options.priority })],
  };
}

function requestKey(row: ItemRow, options: Options, bodyHash: string): string {
  const part = options.idempotencyKey === undefined ? `content|${bodyHash}` : `key|${options.idempotencyKey}`;
  return `request#${sha256(`${row.client}|${row.automation}|${part}`)}`;
}

/** Writes claim and item together, or returns the claim that was there first. */
async function claim(
  env: EnvFor<'intake/intake'>,
  row: ItemRow,
  id: string,
  bodyHash: string,
  options: Options,
): Promise<Claim | undefined> {
  const expiresAt = options.idempotencyKey === undefined ? epochSeconds(DEDUPE_SECONDS) : row.expiresAt;
  const write = new TransactWriteCommand({
    TransactItems: [
      {
        Put: {
          TableName: env.IDEMPOTENCY_TABLE,
          Item: { id, itemId: row.id, bodyHash, expiresAt },
          // A row past its time may stay for days before DynamoDB removes it.
          ConditionExpression: 'attribute_not_exists(id) OR expiresAt < :now',
          ExpressionAttributeValues: { ':now': Math.floor(clock.now() / 1000) },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      { Put: { TableName: env.ITEM_TABLE, Item: row, ConditionExpression: 'attribute_not_exists(id)' } },
    ],
  });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await dynamo().send(write);
      return undefined;
    } catch (error) {
      const existing = cancelledBy(error);
      if (existing) return existing;
      // Two requests with one key met in the middle; the SDK does not try again by itself.
      if (attempt === 4 || !inTheWay(error)) throw error;
      await sleep(50 * attempt);
    }
  }
}

function inTheWay(error: unknown): boolean {
  const { CancellationReasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
  return CancellationReasons.some(({ Code }) => Code === 'TransactionConflict');
}

function cancelledBy(error: unknown): Claim | undefined {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return undefined;
  const { CancellationReasons } = error as {
    CancellationReasons?: { Item?: Parameters<typeof unmarshall>[0] }[];
  };
  const item = CancellationReasons?.[0]?.Item;
  return item ? (unmarshall(item) as Claim) : undefined;
}

async function duplicate(
  claim: Claim,
  bodyHash: string,
  options: Options,
  env: EnvFor<'intake/intake'>,
): Promise<Reply> {
  if (claim.bodyHash !== bodyHash) {
    throw new Problem(
      409,
      "this 'Idempotency-Key' was used with another body: send the same body, or a new key",
      {
        id: claim.itemId,
      },
    );
  }
  const row = await getItem(env.ITEM_TABLE, claim.itemId);
  if (!row) throw new Problem(409, "this 'Idempotency-Key' belongs to an item that is no longer kept");
  // The first request may have died between its transaction and its message; a second message is harmless.
  if (row.status === 'received')
    await enqueue(env.WORK_QUEUE_URL, { itemId: row.id, generation: row.generation });
  count('itemsDuplicate', row.automation);
  return answer(200, row, options, env, { duplicate: true });
}

async function enqueue(queueUrl: string, message: WorkMessage): Promise<void> {
  await sqs().send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }));
}

async function answer(
  statusCode: number,
  row: ItemRow,
  options: Options,
  env: EnvFor<'intake/intake'>,
  extra: object = {},
): Promise<Reply> {
  const settled =
    options.waitSeconds > 0 ? await waitForRest(env.ITEM_TABLE, row.id, options.waitSeconds) : undefined;
  if (settled && RESTING.includes(settled.status)) {
    const story = await fullView(settled, { approvalTable: env.APPROVAL_TABLE, bucket: env.CONTENT_BUCKET });
    return json(200, { ...story, ...extra });
  }
  const { id, automation, status, links } = itemView(settled ?? row, {});
  return json(statusCode, { id, automation, status, links, ...extra });
}
