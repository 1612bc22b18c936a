import { GetCommand, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { AwsClient } from 'aws4fetch';
import type { ApprovalRow, ApprovalTimes } from '../../lambdas/contract/approval.ts';
import { addressHash } from '../../lambdas/kit/digest.ts';
import type { AuditEntry } from '../../lambdas/tables/audit/audit.ts';
import { Account } from '../../local/account.ts';
import { outputs } from './app.ts';

/*
 * The desk behind its pages: its rows, its record, and its clock. Nobody waits eight hours for an escalation:
 * a time in a row is moved into the past instead, and the function that looks once a minute is called at
 * once.
 */

export const account = new Account(outputs.endpointUrl);

const names = new Map<string, Promise<string>>();

/** Physical name of something in the platform's stack. */
export function resource(logicalId: string): Promise<string> {
  const name = names.get(logicalId) ?? account.resource('platform', logicalId);
  names.set(logicalId, name);
  return name;
}

export async function approval(id: string): Promise<ApprovalRow> {
  const TableName = await resource('dataapprovals');
  const { Item } = await account.tables.send(
    new GetCommand({ TableName, Key: { id }, ConsistentRead: true }),
  );
  if (!Item) throw new Error(`there is no approval ${id}`);
  return Item as ApprovalRow;
}

/** Changes a row as its only writer would: somebody who has read the version before it has to read again. */
export async function rewrite(
  id: string,
  change: (row: ApprovalRow) => Partial<ApprovalRow>,
): Promise<ApprovalRow> {
  const row = await approval(id);
  const fields = Object.entries(change(row));
  const assignments = fields.map(([field]) => `#${field} = :${field}`);
  const { Attributes } = await account.tables.send(
    new UpdateCommand({
      TableName: await resource('dataapprovals'),
      Key: { id },
      UpdateExpression: `SET version = :next, ${assignments.join(', ')}`,
      ConditionExpression: 'version = :held',
      ExpressionAttributeNames: Object.fromEntries(fields.map(([field]) => [`#${field}`, field])),
      ExpressionAttributeValues: {
        ':held': row.version,
        ':next': row.version + 1,
        ...Object.fromEntries(fields.map(([field, value]) => [`:${field}`, value])),
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return Attributes as ApprovalRow;
}

/** Says of every link of a question that it was sent to somebody else. */
export async function relink(approvalId: string, email: string): Promise<void> {
  const TableName = await resource('datalinks');
  const { Items = [] } = await account.tables.send(
    new ScanCommand({
      TableName,
      FilterExpression: 'approvalId = :approvalId',
      ExpressionAttributeValues: { ':approvalId': approvalId },
      ConsistentRead: true,
    }),
  );
  for (const Item of Items)
    await account.tables.send(new PutCommand({ TableName, Item: { ...Item, email } }));
}

export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

/** Lets these times of a question have passed. */
export async function pass(id: string, ...passed: (keyof ApprovalTimes)[]): Promise<void> {
  const at = ago(1);
  await rewrite(id, ({ times }) => ({
    times: { ...times, ...Object.fromEntries(passed.map((time) => [time, at])) },
  }));
}

/** What the clock does once a minute, now. */
export function timekeeper(): Promise<void> {
  return tick('approvalsapprovetimekeeper');
}

/** What a function of the platform does by a schedule, now. @param id the beginning of its name in the template */
export async function tick(id: string, event: object = {}): Promise<void> {
  await invoke(await resource(id), event);
}

/** The same of any function, by its physical name. */
export async function invoke(name: string, event: object = {}): Promise<string> {
  const lambda = new AwsClient({ ...KEYS, service: 'lambda' });
  const path = `/2015-03-31/functions/${name}/invocations`;
  const response = await lambda.fetch(`${outputs.endpointUrl}${path}`, {
    ...{ method: 'POST', body: JSON.stringify(event) },
  });
  const answer = await response.text();
  if (!response.ok || response.headers.has('x-amz-function-error')) throw new Error(`${name}: ${answer}`);
  return answer;
}

const KEYS = { accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1' };

/** Stops the minute clock, for tests that count what it does; it runs on with `true`. */
export async function clockRuns(on: boolean): Promise<void> {
  const events = new AwsClient({ ...KEYS, service: 'events' });
  const response = await events.fetch(outputs.endpointUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSEvents.${on ? 'EnableRule' : 'DisableRule'}`,
    },
    body: JSON.stringify({ Name: await resource('approvalseachminute') }),
  });
  if (!response.ok) throw new Error(`the rule of the clock: ${await response.text()}`);
}

/** The audit entries of one approval, in their order. */
export async function audit(approvalId: string): Promise<AuditEntry[]> {
  const TableName = await resource('dataaudit');
  const found: AuditEntry[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await account.tables.send(
      new ScanCommand({
        TableName,
        ConsistentRead: true,
        FilterExpression: 'approvalId = :id',
        ExpressionAttributeValues: { ':id': approvalId },
        ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
      }),
    );
    found.push(...((page.Items ?? []) as AuditEntry[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found.toSorted((a, b) => (a.order < b.order ? -1 : 1));
}

/** Somebody is away for an hour and named a delegate; without one they are back. */
export async function away(email: string, delegate?: string): Promise<void> {
  const [from, until] = delegate ? [ago(60), ago(-3600)] : [ago(120), ago(60)];
  await account.tables.send(
    new PutCommand({
      TableName: await resource('datacontrol'),
      Item: {
        ...{ id: `away#${addressHash(email)}`, delegate: delegate ?? email, from, until },
        expiresAt: Math.floor(Date.now() / 1000) + 7200,
      },
    }),
  );
}

/** Looks until it is so. @throws Error with what was seen last when it takes longer than `seconds` */
export async function eventually<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  seconds = 150,
): Promise<T> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > until) throw new Error(`it did not come to it: ${JSON.stringify(seen, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** How often something was counted in the logs, by any function. */
export async function counted(metric: string): Promise<number> {
  const lines = Object.values(await account.logs()).flat();
  return lines.filter((line) => line.includes(`"${metric}"`)).length;
}
