import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signalbox } from '../cli/world.ts';
import {
  ask,
  callsFor,
  fresh,
  openPage,
  outputs,
  REFUND,
  reaches,
  request,
  say,
  story,
} from '../support/app.ts';
import { account, approval, audit, away, eventually, resource } from '../support/desk-clock.ts';

/*
 * "Restore what was lost" of the runbook, with its command. The emulator restores no table to a point in
 * time: a copy that is made before the loss stands in for the restored one.
 */

/** In the order of the runbook. */
const TABLES = ['idempotency', 'audit', 'links', 'control', 'items', 'approvals'];
const SESSIONS = 'session#,signin#,signin-mail#,oidc#';
const SOMEBODY = 'restore@example.com';
const REASON = { comment: 'seen the photo' };
const KEYS = { accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1' };
type Row = Record<string, unknown>;

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', KEYS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', KEYS.secretAccessKey);
  vi.stubEnv('AWS_REGION', KEYS.region);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await away(SOMEBODY);
});

async function rows(TableName: string): Promise<Row[]> {
  const found: Row[] = [];
  let ExclusiveStartKey: Record<string, never> | undefined;
  do {
    const scan = { TableName, ConsistentRead: true, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) };
    const page = await account.tables.send(new ScanCommand(scan));
    found.push(...(page.Items ?? []).map((row) => unmarshall(row)));
    ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (ExclusiveStartKey);
  return found;
}

async function copyOf(TableName: string): Promise<string> {
  const { Table } = await account.tables.send(new DescribeTableCommand({ TableName }));
  const keys = Table?.KeySchema ?? [];
  const copy = `${TableName}-restored-${crypto.randomUUID().slice(0, 8)}`;
  await account.tables.send(
    new CreateTableCommand({
      ...{ TableName: copy, KeySchema: keys, BillingMode: 'PAY_PER_REQUEST' },
      AttributeDefinitions: keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
    }),
  );
  const puts = (await rows(TableName)).map((row) => ({ PutRequest: { Item: marshall(row) } }));
  // As many as one call takes.
  for (let at = 0; at < puts.length; at += 25) {
    const RequestItems = { [copy]: puts.slice(at, at + 25) };
    const { UnprocessedItems = {} } = await account.tables.send(new BatchWriteItemCommand({ RequestItems }));
    expect(UnprocessedItems).toEqual({});
  }
  return copy;
}

const keyOf = ({ id, month, order }: Row) => (id === undefined ? { month, order } : { id });

async function restore(...argv: string[]): Promise<Record<string, number>> {
  const around = { env: { AWS_ENDPOINT_URL: outputs.endpointUrl }, now: Date.now };
  const { code, out, err } = await signalbox(['restore', ...argv, '--json'], around);
  expect(code, err).toBe(0);
  return JSON.parse(out) as Record<string, number>;
}

/** As its readers get it. */
async function recordOf(id: string, since: string): Promise<unknown[]> {
  const { status, body } = await request(`/v1/audit?from=${since}`);
  expect(status).toBe(200);
  return (body as { entries: { itemId?: string }[] }).entries.filter(({ itemId }) => itemId === id);
}

it('puts back what each table lost: an open question is decided by its mailed link and acts once', async () => {
  const since = new Date().toISOString();
  const open = await ask('refund-request', fresh(REFUND.large));
  const past = await ask('refund-request', fresh(REFUND.large));
  await say(past.of('ben'), 'approve', REASON);
  const before = await reaches(past.id, 'done');
  await away(SOMEBODY, SOMEBODY);
  const control = await resource('datacontrol');
  const session = { id: 'session#of-a-stolen-laptop', email: SOMEBODY, expiresAt: 9_999_999_999 };
  await account.tables.send(new PutCommand({ TableName: control, Item: session }));
  const entries = await eventually(
    () => audit(past.approvalId),
    (seen) => seen.some(({ event }) => event === 'decided'),
  );
  const record = await Promise.all([open.id, past.id].map((id) => recordOf(id, since)));

  for (const shown of record) expect(shown).not.toEqual([]);
  const ours = (row: Row) => [open.id, past.id, SOMEBODY].some((word) => JSON.stringify(row).includes(word));
  const tables = await Promise.all(
    TABLES.map(async (name) => {
      const live = await resource(`data${name}`);
      return { name, live, copy: await copyOf(live), lost: (await rows(live)).filter(ours) };
    }),
  );
  for (const { name, live, lost } of tables) {
    expect(lost.length, name).toBeGreaterThan(0);
    for (const row of lost)
      await account.tables.send(new DeleteCommand({ TableName: live, Key: keyOf(row) as Row }));
  }
  // Erased on time, and there in the backup all the same.
  const links = tables.find(({ name }) => name === 'links');
  const erased = { id: 'link#expired', approvalId: open.approvalId, email: SOMEBODY, expiresAt: 1 };
  await account.tables.send(new PutCommand({ TableName: links?.copy ?? '', Item: erased }));
  expect((await request(`/v1/items/${open.id}`)).status).toBe(404);
  expect(await audit(past.approvalId)).toEqual([]);
  expect((await openPage(open.of('anna'))).status).toBe(404);

  for (const { name, live, copy, lost } of tables) {
    const options = name === 'control' ? ['--leave-out', SESSIONS] : [];
    const back = lost.filter(({ id }) => id !== session.id);
    const seen = await restore(copy, live, ...options);
    expect(seen.missing, name).toBeGreaterThanOrEqual(back.length);
    expect(await rows(live), name).not.toContainEqual(back[0]);
    await restore(copy, live, ...options, '--confirm', live);
    const there = await rows(live);
    for (const row of back) expect(there, name).toContainEqual(row);
    expect((await restore(copy, live, ...options)).missing, name).toBe(0);
    await account.tables.send(new DeleteTableCommand({ TableName: copy }));
    if (name === 'links') expect(seen.expired).toBeGreaterThan(0);
    expect(there.map(({ id }) => id)).not.toContain(name === 'control' ? session.id : erased.id);
  }

  expect(await Promise.all([open.id, past.id].map((id) => recordOf(id, since)))).toEqual(record);
  expect(await audit(past.approvalId)).toEqual(entries);
  expect((await approval(open.approvalId)).status).toBe('pending');
  await say(open.of('anna'), 'approve', REASON);
  // By the token that its run waits under: without it a next generation would have to act.
  expect((await reaches(open.id, 'done')).generation).toBe(1);
  expect(await callsFor('refund-ledger', open.id)).toHaveLength(1);
  // What was decided and done before went through the streams once more.
  expect(await callsFor('refund-ledger', past.id)).toHaveLength(1);
  expect(await story(past.id)).toEqual(before);
});

describe('the archive of the audit', () => {
  it('has what was deleted from it as an older version', async () => {
    const bucket = await resource('dataauditarchive');
    const s3 = new AwsClient({ ...KEYS, service: 's3' });
    const at = `${outputs.endpointUrl}/${bucket}`;
    const text = async (path: string, init: RequestInit = {}) =>
      (await s3.fetch(`${at}${path}`, init)).text();
    const list = await eventually(
      () => text('?list-type=2'),
      (xml) => xml.includes('<Key>'),
      90,
    );
    const key = /<Key>([^<]+)<\/Key>/.exec(list)?.[1] ?? '';
    const was = await text(`/${key}`);
    await text(`/${key}`, { method: 'DELETE' });
    expect((await s3.fetch(`${at}/${key}`)).status).toBe(404);
    const versions = await text(`?versions=&prefix=${encodeURIComponent(key)}`);
    const marker = /<DeleteMarker>[\s\S]*?<VersionId>([^<]+)</.exec(versions)?.[1] ?? '';
    await text(`/${key}?versionId=${marker}`, { method: 'DELETE' });
    expect(await text(`/${key}`)).toBe(was);
  });
});
