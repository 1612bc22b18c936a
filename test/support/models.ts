import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { WorkMessage } from '../../lambdas/contract/item/messages.ts';
import type { BreakerView } from '../../lambdas/tables/control/breakers.ts';
import type { BudgetRow } from '../../lambdas/tables/control/budgets.ts';
import { budgetKey, neighbourKey } from '../../lambdas/tables/keys.ts';
import { Account } from '../../local/account.ts';
import { sdkOptions } from '../../local/emulator.ts';
import { fresh, MODEL_SERVERS, type ModelServer, modelFault, outputs, post, REFUND, request } from './app.ts';

/*
 * The model plane behind the API: its rows, its secrets, and the work queue. Nobody waits five minutes for a
 * breaker: a time in a row is moved instead, and the message that would come then is sent at once.
 */

export const account = new Account(outputs.endpointUrl);

export const ENDPOINTS = Object.keys(MODEL_SERVERS) as ModelServer[];

/**
 * Both servers answer, their keys are right, and nothing is known of what was before: no failure, nothing
 * spent or raised.
 */
export async function calm(): Promise<void> {
  await modelFault('ok');
  const TableName = await account.resource('platform', 'datacontrol');
  for (const endpoint of ENDPOINTS) await fillSecret(endpoint, 'sandbox');
  for (const id of [...ENDPOINTS.map((name) => neighbourKey('endpoint', name)), budgetKey('refund-request')])
    await account.tables.send(new DeleteCommand({ TableName, Key: { id } }));
}

export async function breaker(endpoint: ModelServer): Promise<BreakerView> {
  const { breakers } = (await request('/v1/breakers')).body as { breakers: BreakerView[] };
  const found = breakers.find((one) => one.endpoint === endpoint);
  if (!found) throw new Error(`there is no breaker of '${endpoint}'`);
  return found;
}

export async function force(endpoint: ModelServer, state: 'open' | 'closed' | 'auto', reason: string) {
  const body = JSON.stringify({ state, reason });
  const { status } = await request(`/v1/breakers/${endpoint}`, { method: 'POST', body });
  if (status !== 200) throw new Error(`the breaker was not forced: ${status}`);
  // Calls are held back at once; to let them through again, a refusal is remembered for a second.
  if (state !== 'open') await new Promise((resolve) => setTimeout(resolve, 1200));
}

export async function fillSecret(endpoint: ModelServer, apiKey: string): Promise<void> {
  const client = new SecretsManagerClient(sdkOptions(outputs.endpointUrl));
  const SecretId = `signalbox/local/endpoints/${endpoint}`;
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify({ apiKey }) }));
}

export async function budgetRow(automation = 'refund-request'): Promise<BudgetRow> {
  const TableName = await account.resource('platform', 'datacontrol');
  const get = new GetCommand({ TableName, Key: { id: budgetKey(automation) }, ConsistentRead: true });
  return (await account.tables.send(get)).Item as BudgetRow;
}

/** Leaves this much of today's budget, as if the rest of it had been spent. */
export async function leaveOfBudget(microUsd: number, perDayUsd: number): Promise<void> {
  await account.tables.send(
    new UpdateCommand({
      TableName: await account.resource('platform', 'datacontrol'),
      Key: { id: budgetKey('refund-request') },
      UpdateExpression: 'SET spentMicroUsd = :spent',
      ExpressionAttributeValues: { ':spent': perDayUsd * 1_000_000 - microUsd },
    }),
  );
}

export async function sendWork(message: WorkMessage): Promise<void> {
  const QueueUrl = await account.resource('refund-request', 'workqueue');
  await account.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
}

export async function deadLetters(): Promise<number> {
  const QueueUrl = await account.resource('refund-request', 'deadletters');
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await account.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes?.ApproximateNumberOfMessages);
}

/** The highest receive count that any message of these items had, as the processor's log says it. */
export async function mostReceives(ids: readonly string[]): Promise<number> {
  const lines = Object.values(await account.logs()).flat();
  const attempts = lines.flatMap((line) =>
    line.includes('"attempt"') && ids.some((id) => line.includes(id))
      ? [Number(/"attempt":(\d+)/.exec(line)?.[1])]
      : [],
  );
  return Math.max(0, ...attempts);
}

/**
 * Posts so many small refunds at once; each is an item of its own. Like any good caller, it posts again where
 * nobody answered.
 */
export function postMany(count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const body = fresh(REFUND.small);
      for (let attempt = 1; ; attempt += 1) {
        const answer = await post('refund-request', body, headers);
        if (answer.status === 202 || (attempt > 1 && answer.status === 200)) return answer.body.id;
        if (answer.status < 500 || attempt === 3) throw new Error(`not accepted: ${answer.status}`);
        console.log(`    answered ${answer.status}, posted again with the same key`);
      }
    }),
  );
}

/** Statuses of items, read from the table: a poll of fifty must not keep the API from its work. */
export async function statuses(ids: readonly string[]): Promise<string[]> {
  return Promise.all(ids.map(async (id) => (await account.item(id))?.status ?? 'lost'));
}

/** Waits until every item has one of these statuses. @throws Error with the counts when it takes longer */
export async function allReach(ids: readonly string[], wanted: readonly string[], seconds: number) {
  for (const until = Date.now() + seconds * 1000; ; ) {
    const now = await statuses(ids);
    if (now.every((status) => wanted.includes(status))) return now;
    if (Date.now() > until) throw new Error(`not all became ${wanted}: ${now.join(' ')}`);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}
