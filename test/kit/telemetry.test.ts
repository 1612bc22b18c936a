import { SendMessageCommand } from '@aws-sdk/client-sqs';
import {
  BatchExecuteStatementCommand,
  BatchWriteCommand,
  GetCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LineageEntry } from '../../lambdas/contract/item/row.ts';
import { LOGGED_COUNTS, METRICS } from '../../lambdas/contract/metrics.ts';
import { dynamo, logAwsCall, sqs } from '../../lambdas/kit/aws.ts';
import { count, gauge, itemLogger, logger, modelCall } from '../../lambdas/kit/telemetry.ts';
import { ID } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';

const written: string[] = [];
let aws: Stub;

beforeEach(async () => {
  written.length = 0;
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, name).mockImplementation((line) => void written.push(String(line)));
  }
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => Boolean(written.push(String(line))));
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => Boolean(written.push(String(line))));
  logger.setLogLevel('DEBUG');
  aws = await stubServer({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: {},
  });
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'y');
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await aws.close();
});

const lines = () => written.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

describe('a log line', () => {
  it('says which item and stage it is about, also where two items run side by side', () => {
    const one = itemLogger({ itemId: 'item-1', stage: 'act', generation: 1 });
    const two = itemLogger({ itemId: 'item-2', stage: 'gate' });
    one.info('acted');
    two.info('gated');
    one.info('again');
    logger.info('nothing of an item');

    expect(lines().map(({ itemId, stage }) => [itemId, stage])).toEqual([
      ['item-1', 'act'],
      ['item-2', 'gate'],
      ['item-1', 'act'],
      [undefined, undefined],
    ]);
  });
});

describe('a call to AWS', () => {
  it('is recorded with its operation and its table, and without what it carries', async () => {
    await dynamo().send(new GetCommand({ TableName: 'items', Key: { id: 'card 4111' } }));
    await sqs()
      .send(new SendMessageCommand({ QueueUrl: `${aws.url}/work`, MessageBody: 'card 4111' }))
      .catch(() => {});

    expect(lines().map(({ awsCall }) => awsCall)).toMatchObject([
      { service: 'dynamodb', operation: 'GetItem', resource: ['items'] },
      { service: 'sqs', operation: 'SendMessage', resource: [`${aws.url}/work`] },
    ]);
    expect(written.join()).not.toContain('card 4111');
  });

  it('is recorded with the keys of the rows, each beside its table', async () => {
    // The client is that of the first test, whose server is gone: the line is written before the call.
    const get = new GetCommand({ TableName: 'control', Key: { id: 'demo_budget#2026-11-20' } });
    await dynamo()
      .send(get)
      .catch(() => {});
    const put = (TableName: string, id: string) => ({ Put: { TableName, Item: { id } } });
    const TransactItems = [put('items', ID), put('kept', 'demo_request#0')];
    await dynamo()
      .send(new TransactWriteCommand({ TransactItems }))
      .catch(() => {});
    const batch = ['demo_step#a', 'demo_step#b'].map((id) => ({ PutRequest: { Item: { id } } }));
    await dynamo()
      .send(new BatchWriteCommand({ RequestItems: { kept: batch } }))
      .catch(() => {});
    const Statements = ['a', 'b'].map((said) => ({
      ...{ Statement: `INSERT INTO "audit" VALUE {'month': ?}`, Parameters: [said] },
    }));
    await dynamo()
      .send(new BatchExecuteStatementCommand({ Statements }))
      .catch(() => {});

    expect(lines().map(({ awsCall }) => awsCall)).toMatchObject([
      { resource: ['control'], keys: ['demo_budget#2026-11-20'] },
      { resource: ['items', 'kept'], keys: [ID, 'demo_request#0'], within: ['PutItem', 'PutItem'] },
      { operation: 'BatchWriteItem', resource: ['kept', 'kept'], keys: ['demo_step#a', 'demo_step#b'] },
      {
        ...{ operation: 'BatchExecuteStatement', resource: ['audit', 'audit'], keys: ['', ''] },
        within: ['PartiQLInsert', 'PartiQLInsert'],
      },
    ]);
  });

  it('ends when nothing is heard: the SDK alone would only log that it takes long', async () => {
    await sqs()
      .send(new SendMessageCommand({ QueueUrl: `${aws.url}/work`, MessageBody: '{}' }))
      .catch(() => {});

    const { requestHandler } = sqs().config as { requestHandler: { httpHandlerConfigs?(): object } };
    expect(requestHandler.httpHandlerConfigs?.()).toMatchObject({
      ...{ requestTimeout: 6000, connectionTimeout: 2000, throwOnRequestTimeout: true },
    });
  });

  it('is put together for the log only where it is logged', async () => {
    logger.setLogLevel('INFO');
    const told = vi.spyOn(logger, 'debug');
    await dynamo()
      .send(new GetCommand({ TableName: 'items', Key: { id: 'x' } }))
      .catch(() => {});

    expect(told).not.toHaveBeenCalled();
  });

  it('is made through a client that is built once', () => {
    expect(dynamo()).toBe(dynamo());
    expect(sqs()).toBe(sqs());
  });

  it('can be told of by those who make it without the SDK', () => {
    logAwsCall('s3', 'PutObject', ['bucket/key']);

    expect(lines()[0]).toMatchObject({ level: 'DEBUG', awsCall: { service: 's3', operation: 'PutObject' } });
  });
});

describe('a count', () => {
  it('that an alarm reads is one line that CloudWatch reads as one metric of the environment', () => {
    count('auditChanged', 'demo', 3);

    const [metric] = lines();
    expect(metric).toMatchObject({ automation: 'demo', [METRICS.auditChanged]: 3 });
    expect(metric._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service']]);
    expect(metric._aws.CloudWatchMetrics[0].Metrics).toHaveLength(1);
  });

  it('that no alarm reads is a plain line: a metric costs by the month', () => {
    count('actionsDone', 'demo', 3);

    expect(lines()).toEqual([
      expect.objectContaining({ automation: 'demo', [LOGGED_COUNTS.actionsDone]: 3 }),
    ]);
    expect(lines()[0]._aws).toBeUndefined();
  });

  it('keeps two automations apart that are counted in one invocation', () => {
    count('auditChanged', 'demo');
    count('auditChanged', 'other');

    expect(lines().map(({ automation }) => automation)).toEqual(['demo', 'other']);
  });

  it('of what waits for people is nothing while nothing waits, and a count only where people are late', () => {
    gauge('demo', { approvalsOpen: 0, approvalsOldestSeconds: 0, approvalsLate: 0 });
    expect(lines()).toEqual([]);
    gauge('demo', { approvalsOpen: 2, approvalsOldestSeconds: 60, approvalsLate: 0 });
    expect(lines()).toEqual([expect.objectContaining({ automation: 'demo', ApprovalsOpen: 2 })]);
    gauge('demo', { approvalsOpen: 2, approvalsOldestSeconds: 60, approvalsLate: 1 });
    expect(lines().at(-1)).toMatchObject({ automation: 'demo', [LOGGED_COUNTS.approvalsLate]: 1 });
  });

  it('of a model call is no metric either', () => {
    modelCall('demo', {
      step: 'route',
      model: 'm',
      endpoint: 'e',
      costUsd: 0.1,
      milliseconds: 7,
      inputTokens: 1,
      outputTokens: 2,
    } as LineageEntry);

    expect(lines()[0]).toMatchObject({ automation: 'demo', ModelCalls: 1, ModelTokens: 3, ModelFailures: 0 });
    expect(lines()[0]._aws).toBeUndefined();
  });
});
